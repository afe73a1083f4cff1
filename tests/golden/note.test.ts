/** How a note reads: one in which much can hurt, and one of a first stand-up that policies stop. */
import { renderNote } from "../../review/note/render";
import { change, danger, diff, links, record } from "../review/note/records";
import { expectGolden } from "./golden";

const policy = '{"Version":"2012-10-17","Statement":[]}';

test("what can hurt, over four environments", () => {
  const postgres = change("aws", "aws:rds/instance:Instance", "data-postgres", {
    operation: "replace",
    stateful: true,
    components: ["data", "data-postgres"],
    properties: [
      diff("storageEncrypted", true, false, true),
      diff("tags.owner", "infrastructure", "platform"),
    ],
  });
  const lfs = change("aws", "aws:s3/bucket:Bucket", "objects-lfs", {
    operation: "delete",
    stateful: true,
    components: ["objects"],
    properties: [diff("bucket", "gitlab-aws-lfs", undefined)],
  });
  const rule = change(
    "aws",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "edge-ssh",
    {
      components: ["edge"],
      properties: [diff("cidrIpv4", "10.0.0.0/8", "0.0.0.0/0")],
    },
  );
  const role = change("aws", "aws:iam/role:Role", "objects-reader", {
    operation: "create",
    components: ["objects"],
    properties: [diff("assumeRolePolicy", undefined, policy)],
  });
  const machine = change("ops", "gcp:compute/instance:Instance", "gitlab-machine", {
    components: ["gitlab"],
    properties: [
      diff(
        "metadata.user-data",
        "#cloud-config\npackages: [jq]\n",
        "#cloud-config\npackages: [jq, nftables]\n",
      ),
    ],
  });
  const exempted = {
    stack: "aws",
    rule: "gitlab-git-data-not-on-nfs",
    urn: "urn:pulumi:aws::gitlab::aws:efs/fileSystem:FileSystem::git-files-files",
    state: "exempted" as const,
    mandatory: false,
    message:
      "Git data stands where GitLab supports it\nexempted until 2027-10-31 (infrastructure): it is on EFS. The original keeps Git data on EFS.",
  };
  const { body } = renderNote({
    links,
    run: 4711,
    records: [
      record("aws", {
        changes: [postgres, lfs, rule, role],
        dangers: [
          danger("stateful-deleted", lfs, "the bucket and all objects in it are deleted"),
          danger("stateful-replaced", postgres, "a new, empty instance takes its place"),
          danger("exposure-widened", rule, "port 22 is opened to 0.0.0.0/0"),
        ],
        policies: { rules: 85, results: [exempted] },
      }),
      record("dev", {
        status: "failed",
        errors: ["gitlab:azure.zone: found 4; allowed: 1, 2 or 3"],
        policies: { rules: 0, results: [] },
        drift: undefined,
        digest: undefined,
      }),
      record("ops", { changes: [machine] }),
      record("version"),
    ],
  });
  expectGolden("note-dangers.md", body);
});

test("a first stand-up that breaks a policy, and an environment that has drifted", () => {
  const bucket = change("dev", "aws:s3/bucket:Bucket", "backup-archives", {
    operation: "create",
    stateful: true,
    components: ["backup"],
    properties: [
      diff("bucket", undefined, "gitlab-dev-backups"),
      diff("objectLockEnabled", undefined, true),
    ],
  });
  const group = change("version", "gcp:compute/firewall:Firewall", "web", {
    properties: [diff("sourceRanges", ["130.211.0.0/22"], ["0.0.0.0/0"])],
  });
  const broken = {
    stack: "dev",
    rule: "buckets-encrypted",
    urn: bucket.urn,
    state: "failed" as const,
    mandatory: true,
    message:
      "What lies in a bucket can't be read off a disk\nserverSideEncryption is missing. Give the bucket a key.",
  };
  const { body } = renderNote({
    links: {},
    records: [
      record("dev", {
        mode: "sandbox",
        base: "nothing",
        changes: [bucket],
        policies: { rules: 60, results: [broken] },
        drift: undefined,
        digest: undefined,
      }),
      record("version", { drift: { status: "looked", errors: [], changes: [group] } }),
    ],
  });
  expectGolden("note-first.md", body);
});
