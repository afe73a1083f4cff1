import { gunzipSync } from "node:zlib";
import { declared, ofType, only, type Declared } from "../../support/cloud-mocks";
import * as pulumi from "@pulumi/pulumi";
import {
  GcpGitLabInstance,
  GcpInstanceDisks,
  GcpInstanceStore,
  type GcpGitLabInstanceArgs,
} from "../../../components/gitlab-instance/gcp";
import { GcpMachineIdentity } from "../../../components/identity/gcp";
import type { GcpManagedData } from "../../../components/managed-data/gcp";
import { objectTypes, type GcsBuckets } from "../../../components/object-storage/contract";
import { roleTokens } from "../../../environments/ops/role";

const site = {
  prefix: "gitlab-test",
  environment: "ops",
  protection: true,
  runbooks: "https://example.com/runbooks",
};
const ca = pulumi.output("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
const reference = { store: "gcp-secret-manager" as const, id: pulumi.output("id") };
const data: Pick<GcpManagedData, "postgres" | "redis" | "secretNames" | "ready"> = {
  postgres: {
    host: pulumi.output("10.41.0.2"),
    port: 5432,
    database: "gitlabhq_production",
    username: "gitlab",
    password: reference,
    sslMode: "verify-ca",
    serverCa: ca,
    major: 17,
  },
  redis: {
    host: pulumi.output("10.41.0.3"),
    port: 6378,
    token: reference,
    serverCa: ca,
    clientCommand: false,
  },
  secretNames: { databasePassword: "database-password", redisAuth: "redis-auth" },
  ready: [],
};
const buckets = Object.fromEntries(objectTypes.map((type) => [type, `b-${type}`])) as GcsBuckets;

const build = (changes: Partial<GcpGitLabInstanceArgs> = {}, protection = true) =>
  declared((opts) => {
    const here = { ...site, protection };
    const identity = new GcpMachineIdentity(
      "identity",
      { site: here, project: "project", machine: "gitlab", description: "GitLab" },
      opts,
    );
    const disks = new GcpInstanceDisks(
      "disks",
      { site: here, zone: "us-east1-c", type: "pd-ssd", repositoriesGiB: 512, stateGiB: 256 },
      opts,
    );
    const store = new GcpInstanceStore(
      "store",
      {
        site: here,
        machine: identity.member,
        initialRootPassword: "the-first-password",
        roleTokens: "{}",
      },
      opts,
    );
    return new GcpGitLabInstance(
      "gitlab",
      {
        site: here,
        project: "gitlab-ops-project",
        region: "us-east1",
        zone: "us-east1-c",
        machine: {
          type: "n2-standard-8",
          image: "projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20260906",
          ubuntu: "noble",
          bootDiskGiB: 50,
          bootDiskType: "pd-balanced",
        },
        identity,
        network: {
          networkId: pulumi.output("n"),
          networkSelfLink: pulumi.output("n"),
          subnetIds: { machine: pulumi.output("subnet") },
          subnetCidrs: { machine: "10.40.0.0/24" },
          servicesRange: pulumi.output("services"),
          ready: [],
          servicesReady: [],
        },
        disks,
        store,
        data: data as GcpManagedData,
        buckets,
        backup: { kind: "gcs", archiveBucket: "archives", secretsBucket: "secrets" },
        hosts: {
          web: "ops.example.com",
          registry: "registry.ops.example.com",
          ssh: "ops.example.com",
        },
        dnsZone: { name: "example-com", project: "dns-project" },
        letsEncryptContact: "infrastructure@example.com",
        monitoringCidrs: [],
        hostSshPort: 2022,
        upgrade: {
          cron: "30 3 * * *",
          timezone: "UTC",
          major: 19,
          firstVersion: null,
          headroomGiB: 20,
          readyTimeoutSeconds: 1800,
        },
        role: {
          adminEmails: ["admin@example.com"],
          mirrors: [
            {
              name: "runbooks",
              direction: "push",
              project: "infrastructure/runbooks",
              url: "https://dev.example.com/infrastructure/runbooks.git",
              username: "oauth2",
            },
          ],
        },
        runners: [],
        access: [{ name: "engineering-manager", group: "ops-admins@example.com", level: "admin" }],
        ready: [],
        ...changes,
      },
      opts,
    );
  });

const machine = (resources: readonly Declared[]) => only(resources, "gcp:compute/instance").inputs;
const metadata = (resources: readonly Declared[]) =>
  machine(resources)["metadata"] as Record<string, string>;

describe("the machine", () => {
  test("is shielded, has its own account, and takes no keys from the project", async () => {
    const { resources } = await build();
    expect(machine(resources)).toMatchObject({
      shieldedInstanceConfig: {
        enableSecureBoot: true,
        enableVtpm: true,
        enableIntegrityMonitoring: true,
      },
      serviceAccount: {
        email: "gitlab-test-gitlab@project.iam.gserviceaccount.com",
        scopes: ["https://www.googleapis.com/auth/cloud-platform"],
      },
      deletionProtection: false,
      allowStoppingForUpdate: true,
    });
    expect(metadata(resources)).toMatchObject({
      "enable-oslogin": "TRUE",
      "block-project-ssh-keys": "TRUE",
      "serial-port-enable": "FALSE",
    });
  });

  test("finds each disk under the name that it was attached by", async () => {
    const { resources } = await build();
    const attached = machine(resources)["attachedDisks"] as { deviceName: string }[];
    const files = gunzipSync(
      Buffer.from(metadata(resources)["gitlab-node-files"] ?? "", "base64"),
    ).toString("utf8");
    for (const { deviceName } of attached) {
      expect(files).toContain(`/dev/disk/by-id/google-${deviceName}`);
    }
    expect(attached).toHaveLength(2);
  });

  test("carries its files in metadata within Google's limit, and no secret in them", async () => {
    const { resources } = await build();
    const packed = metadata(resources)["gitlab-node-files"] ?? "";
    expect(packed.length).toBeGreaterThan(1000);
    expect(packed.length).toBeLessThan(256 * 1024);
    const files = gunzipSync(Buffer.from(packed, "base64")).toString("utf8");
    expect(files).toContain("gitlab-test-initial-root-password");
    expect(files).not.toContain("the-first-password");
  });

  test("starts from the same user data whatever the settings say", async () => {
    const one = metadata((await build()).resources)["user-data"];
    const other = metadata((await build({ hostSshPort: 2200 })).resources)["user-data"];
    expect(other).toBe(one);
    expect(one).toMatch(/^#cloud-config\n/);
  });

  test("takes a certificate from Let's Encrypt or from the settings, and exactly one of them", async () => {
    await expect(build({ letsEncryptContact: undefined })).rejects.toThrow(/contact for Let's/);
  });
});

test("every host name leads to the static address, once", async () => {
  const { resources } = await build();
  expect(
    ofType(resources, "gcp:dns/recordSet").map(({ inputs }) => [
      inputs["project"],
      inputs["name"],
      inputs["rrdatas"],
    ]),
  ).toEqual([
    ["dns-project", "ops.example.com.", ["203.0.113.10"]],
    ["dns-project", "registry.ops.example.com.", ["203.0.113.10"]],
  ]);
});

test("administrators get onto this machine alone, through the tunnel to its sshd, as a group", async () => {
  const { resources } = await build();
  expect(only(resources, "gcp:iap/tunnelInstanceIAMMember").inputs).toMatchObject({
    instance: "gitlab-test",
    member: "group:ops-admins@example.com",
    role: "roles/iap.tunnelResourceAccessor",
    condition: { expression: "destination.port == 2022" },
  });
  expect(only(resources, "gcp:compute/instanceIAMMember").inputs).toMatchObject({
    instanceName: "gitlab-test",
    role: "roles/compute.osAdminLogin",
  });
  const project = ofType(resources, "gcp:projects/iAMMember");
  expect(project.filter(({ inputs }) => String(inputs["member"]).startsWith("group:"))).toEqual([]);
});

test.each([true, false])(
  "disks and secrets are protected, and nothing of the machine is: %s",
  async (on) => {
    const { resources } = await build({}, on);
    const types = new Set(resources.filter(({ protect }) => protect).map(({ type }) => type));
    expect([...types].sort()).toEqual(
      on ? ["gcp:compute/disk:Disk", "gcp:secretmanager/secret:Secret"] : [],
    );
    for (const { inputs } of ofType(resources, "gcp:compute/disk")) {
      expect(inputs["createSnapshotBeforeDestroy"]).toBe(on);
    }
  },
);

describe("the role's tokens", () => {
  const secret = (key: string) => pulumi.secret(`value of ${key}`);
  const mirror = { project: "a/b", url: "https://x.example/a/b.git", username: "oauth2" };

  test("each mirror has that of its direction, Slack its own, in one secret document", async () => {
    const tokens = roleTokens(
      {
        mirrors: [
          { ...mirror, name: "out", direction: "push" },
          { ...mirror, name: "in", direction: "pull" },
        ],
        slack: { group: "a", channel: "#a" },
      },
      secret,
    );
    expect(await pulumi.isSecret(tokens ?? pulumi.output(""))).toBe(true);
    const text = await new Promise<string>((resolve) => tokens?.apply(resolve));
    expect(JSON.parse(text)).toEqual({
      slackWebhook: "value of slackWebhook",
      mirrorTokens: { out: "value of pushMirrorToken", in: "value of pullMirrorToken" },
    });
  });

  test("there is none where nothing needs one", () => {
    expect(roleTokens({ mirrors: [], slack: undefined }, secret)).toBeUndefined();
  });
});
