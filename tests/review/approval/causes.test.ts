import { causes } from "../../../review/approval/causes";
import { pendingOperations } from "../../../review/approval/pending";

const urn = "urn:pulumi:aws::gitlab::gitlab:network:Network$aws:ec2/subnet:Subnet::network-0";
const rest = [
  `network-0 (aws:ec2/subnet:Subnet): expected resource operations for ${urn} but none were seen`,
  `database (aws:rds/instance:Instance): expected resource operations for ${urn}b but none were seen`,
];

test("an up that failed in the middle is told by its cause, not by all that it did not come to", () => {
  const cause = "key (aws:kms/key:Key): try later";
  expect(causes([...rest, cause], false)).toEqual([cause]);
});

test("a program that leaves out at up what it asked for at preview is told of each", () => {
  expect(causes(rest, false)).toEqual(rest);
});

test("one that was stopped has no other cause", () => {
  expect(causes(rest, true)).toEqual([]);
});

test("what a crash left in flight is named by what was done to which resource", () => {
  const state = {
    deployment: { pending_operations: [{ type: "creating", resource: { urn } }] },
  };
  expect(pendingOperations(state)).toEqual(["creating network-0 (aws:ec2/subnet:Subnet)"]);
  expect(pendingOperations({ deployment: {} })).toEqual([]);
  expect(pendingOperations({ deployment: null })).toEqual([]);
});
