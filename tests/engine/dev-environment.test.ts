/**
 * What must be true of the dev environment as it stands after an up, read from the sandbox's own objects and from the
 * stack's state: rules over every object, so that a new resource is held to them too.
 */
import { gunzipSync } from "node:zlib";
import type { LedgerObject } from "../../sandbox/control";
import type { TestStack } from "./support/stack";
import { nameOf, standing, type StateResource } from "./support/standing";

let stack: TestStack;
let objects: LedgerObject[];
let state: Map<string, StateResource>;
let outputs: Record<string, unknown>;

beforeAll(async () => {
  ({ stack, objects, state } = await standing("dev"));
  const own = [...state.values()].find(({ type }) => type === "pulumi:pulumi:Stack");
  outputs = own?.outputs ?? {};
}, 300_000);

afterAll(async () => {
  await stack.end();
});

const ofType = (...types: string[]) => objects.filter(({ type }) => types.includes(type));
const azure = (...types: string[]) => ofType(...types.map((type) => `azure-native:${type}`));

/** Types that hold data which can't be made again. */
const statefulTypes = [
  "aws:kms/key:Key",
  "aws:s3/bucket:Bucket",
  "azure-native:compute:Disk",
  "azure-native:dataprotection:BackupVault",
  "azure-native:keyvault:Vault",
  "azure-native:resources:ResourceGroup",
  "gcp:storage/bucket:Bucket",
];
/** Objects of those types that hold nothing of the kind, and one of another type that does. */
const replaceable = [/^runners-/];
const alsoStateful = [/^gitlab-store-recovery-secret$/];

test("everything that holds data is protected, and nothing else is", () => {
  const wanted = objects
    .filter(
      (object) =>
        (statefulTypes.includes(object.type) &&
          !replaceable.some((pattern) => pattern.test(nameOf(object)))) ||
        alsoStateful.some((pattern) => pattern.test(nameOf(object))),
    )
    .map(nameOf)
    .sort();
  const found = [...state.values()]
    .filter(({ protect }) => protect === true)
    .map(nameOf)
    .sort();
  expect(found).toEqual(wanted);
  expect(found.length).toBeGreaterThan(15);
});

test("whatever takes tags says whose it is and which part of the program made it", () => {
  const tagged = objects.filter(
    ({ type, outputs: own }) => type.startsWith("azure-native:") && "tags" in own,
  );
  expect(tagged.length).toBeGreaterThan(40);
  const untagged = tagged.filter(({ outputs: own }) => {
    const tags = (own["tags"] ?? {}) as Record<string, string>;
    return ["Environment", "Owner", "Stack", "Component", "Resource"].some((key) => !tags[key]);
  });
  expect(untagged.map(nameOf)).toEqual([]);
});

test("the machine waits for rules, ways out, names, secrets, rights, objects and backups", () => {
  const [machine] = azure("compute:VirtualMachine").filter((one) =>
    nameOf(one).startsWith("gitlab-"),
  );
  const before = new Set<string>();
  const reach = (urn: string): void => {
    for (const next of state.get(urn)?.dependencies ?? []) {
      if (before.has(next)) continue;
      before.add(next);
      reach(next);
    }
  };
  reach(machine?.urn ?? "");
  for (const type of [
    "azure-native:network:NetworkSecurityGroup",
    "azure-native:network:NatGateway",
    "azure-native:dns:RecordSet",
    "azure-native:compute:Disk",
    "azure-native:keyvault:Secret",
    "azure-native:authorization:RoleAssignment",
    "gcp:storage/bucketIAMMember:BucketIAMMember",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:iam/userPolicy:UserPolicy",
  ]) {
    expect([type, [...before].some((urn) => urn.includes(type))]).toEqual([type, true]);
  }
});

test("machines are of trusted launch, encrypted at their host, without passwords and with pinned images", () => {
  const machines = azure("compute:VirtualMachine");
  expect(machines).toHaveLength(2);
  for (const { outputs: own } of machines) {
    expect(own).toMatchObject({
      securityProfile: { securityType: "TrustedLaunch", encryptionAtHost: true },
      osProfile: { linuxConfiguration: { disablePasswordAuthentication: true } },
      storageProfile: { imageReference: { version: "24.04.202505280" } },
    });
    expect(own["osProfile"]).not.toHaveProperty("adminPassword");
  }
});

test("the machine's disks go on when it goes, and its files are a bundle that it can unpack", () => {
  const [machine] = azure("compute:VirtualMachine").filter((one) =>
    nameOf(one).startsWith("gitlab-"),
  );
  expect(machine?.outputs).toMatchObject({
    storageProfile: {
      dataDisks: [
        { lun: 0, createOption: "Attach", deleteOption: "Detach" },
        { lun: 1, createOption: "Attach", deleteOption: "Detach" },
      ],
    },
    networkProfile: { networkInterfaces: [{ deleteOption: "Detach" }] },
  });
  const userData = machine?.inputs["userData"] as string;
  expect(userData.length).toBeLessThanOrEqual(64 * 1024);
  const bundle = gunzipSync(Buffer.from(userData, "base64")).toString("utf8");
  expect(bundle).toMatch(/^[0-9a-f]{64} 0[0-7]{3} \d+ \//);
  expect(bundle).toContain("dev.gitlab.example.com");
  expect(bundle).toContain("nightly");
});

test("nobody has a right on the vault as a whole, and machines read single secrets only", () => {
  const rights = azure("authorization:RoleAssignment");
  const scopes = rights.map(({ inputs }) => (inputs["scope"] as string).toLowerCase());
  expect(
    scopes.filter((scope) => /\/vaults\/[^/]+$/.test(scope) && scope.includes("keyvault")),
  ).toEqual([]);
  expect(scopes.filter((scope) => scope.includes("/secrets/")).length).toBeGreaterThan(5);
  expect(scopes.filter((scope) => /^\/subscriptions\/[^/]+$/.test(scope))).toEqual([]);
});

test("addresses outlive a zone, and the only ones are the site's, the NAT gateway's and Bastion's", () => {
  const addresses = azure("network:PublicIPAddress");
  expect(addresses).toHaveLength(3);
  for (const { outputs: own } of addresses) {
    expect(own["zones"]).toEqual(["1", "2", "3"]);
  }
});

test("OAuth clients leave the stack: ids plainly, secrets as secrets only", () => {
  expect(Object.keys(outputs["oauthClientIds"] as object).sort()).toEqual(["sentry", "version"]);
  expect(JSON.stringify(outputs["oauthClientIds"])).toMatch(/[0-9a-f]{64}/);
  // In the state a secret is an object with ciphertext and nothing else.
  expect(outputs["oauthClientSecrets"]).toHaveProperty("ciphertext");
  expect(JSON.stringify(outputs)).not.toContain("gloas-");
});
