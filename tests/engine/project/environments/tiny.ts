import { Provider } from "@pulumi/aws/provider";
import { SecurityGroup, Subnet, Vpc } from "@pulumi/aws/ec2";
import { Key } from "@pulumi/aws/kms";
import { Bucket, BucketVersioning } from "@pulumi/aws/s3";
import { Secret, SecretVersion } from "@pulumi/aws/secretsmanager";
import type { ConfigMapArgs } from "@pulumi/kubernetes/core/v1/configMap";
import * as pulumi from "@pulumi/pulumi";
import {
  SettingsError,
  type EnvironmentRehearsal,
  type StackConfig,
} from "../../../../engine/environment";

/** Settings keys that are secret. */
export const secrets = ["databasePassword", "rootPassword"];

export const rehearsal: EnvironmentRehearsal = {
  day2: [
    { name: "release 18.10 to 18.11", set: { release: "18.11" } },
    { name: "release 18.11 to 18.12", set: { release: "18.12" } },
  ],
  unprotect: { set: { protect: false } },
  madeUp: (key, marker) => (key.endsWith("rootPassword") ? `Root-${marker}!` : marker),
};

const known = [
  "release",
  "network",
  "databasePassword",
  "rootPassword",
  "protect",
  "misbehave",
  "readsTiny",
];

interface Settings {
  readonly release: string;
  readonly protect: boolean;
  readonly misbehave: string;
  readonly readsTiny: boolean;
  readonly network: { readonly cidr: string; readonly zones: readonly string[] };
}

export function parse(config: StackConfig): Settings {
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith("gitlab:"))
    .map(([key, value]) => [key.slice("gitlab:".length), value] as const);
  const problems = own
    .filter(([key]) => !known.includes(key))
    .map(([key, found]) => ({ key, found, allowed: `no such key; known are ${known.join(", ")}` }));
  const values = Object.fromEntries(own);
  const release = values.release ?? "nothing";
  if (!/^18\.\d+$/.test(release))
    problems.push({ key: "release", found: release, allowed: "18.x" });
  if (problems.length > 0) throw new SettingsError("tiny", problems);
  return {
    release,
    protect: values.protect !== "false",
    misbehave: values.misbehave ?? "",
    readsTiny: values.readsTiny === "true",
    network: JSON.parse(values.network ?? "{}") as Settings["network"],
  };
}

class Network extends pulumi.ComponentResource {
  readonly vpc: Vpc;

  constructor(name: string, settings: Settings, opts: pulumi.ComponentResourceOptions) {
    super("gitlab:test:Network", name, { release: settings.release }, opts);
    const parent = { parent: this };
    this.vpc = new Vpc(
      name,
      { cidrBlock: settings.network.cidr, tags: { Release: settings.release } },
      parent,
    );
    settings.network.zones.forEach((availabilityZone, index) => {
      const cidrBlock = settings.network.cidr.replace(/\.0\.0\/16$/, `.${index}.0/24`);
      new Subnet(`${name}-${index}`, { vpcId: this.vpc.id, cidrBlock, availabilityZone }, parent);
    });
    new SecurityGroup(`${name}-web`, { vpcId: this.vpc.id, description: "web" }, parent);
    this.registerOutputs({});
  }
}

/** What the misbehaving programs of the driver's tests do; the settings say which. */
function misbehave(kind: string, parent: pulumi.Resource, secret: pulumi.Output<string>): unknown {
  if (kind === "differs" && !pulumi.runtime.isDryRun()) {
    new Key("unforetold", { description: "only at up" }, { parent });
  }
  if (kind === "throws") throw new Error("the program broke off");
  if (kind === "forgets-provider") new Key("stray", { description: "no provider" });
  if (kind === "leaks") return pulumi.unsecret(secret);
  if (kind === "leaks-packed") {
    return pulumi
      .unsecret(secret)
      .apply((text) => Buffer.from(`password: ${text}`).toString("base64"));
  }
  return undefined;
}

/** An object for a cluster that nobody knows yet: the engine sends it to no provider. */
async function misspell(server: pulumi.Input<string>): Promise<void> {
  const [{ Provider: Kubernetes }, { ConfigMap }] = await Promise.all([
    import("@pulumi/kubernetes/provider.js"),
    import("@pulumi/kubernetes/core/v1/configMap.js"),
  ]);
  const provider = new Kubernetes("cluster", { kubeconfig: server });
  const args = { metadata: { name: "map", label: { app: "map" } }, data: { key: 1 } };
  new ConfigMap("map", args as unknown as ConfigMapArgs, { provider });
}

export async function program(): Promise<Record<string, unknown>> {
  const settings = parse(pulumi.runtime.allConfig());
  const config = new pulumi.Config();
  const password = config.requireSecret("databasePassword");
  const provider = new Provider("aws", {
    region: "us-east-1",
    defaultTags: { tags: { environment: pulumi.getStack() } },
  });
  const options = { providers: [provider] };
  const protect = settings.protect;
  const network = new Network("network", settings, options);
  const key = new Key(
    "key",
    { description: `for ${settings.release}`, deletionWindowInDays: 7, enableKeyRotation: true },
    { provider, protect },
  );
  const bucket = new Bucket(
    "data",
    { bucket: `gitlab-${pulumi.getStack()}-data` },
    { provider, protect },
  );
  new BucketVersioning(
    "data",
    { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
    { provider },
  );
  const secret = new Secret("database", { kmsKeyId: key.arn }, { provider });
  new SecretVersion("database", { secretId: secret.id, secretString: password }, { provider });
  if (settings.misbehave === "misspells") await misspell(key.arn);
  const extra = misbehave(settings.misbehave, network, password);
  const tiny = settings.readsTiny
    ? new pulumi.StackReference(`${pulumi.getOrganization()}/${pulumi.getProject()}/tiny`)
    : undefined;
  await Promise.resolve();
  return {
    vpcId: network.vpc.id,
    zones: settings.network.zones,
    rootPassword: config.requireSecret("rootPassword"),
    tinyVpcId: tiny?.requireOutput("vpcId"),
    extra,
  };
}
