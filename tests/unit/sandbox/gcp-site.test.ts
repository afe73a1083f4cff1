/** What Cloud Armor, Cloud SQL, Cloud DNS and Cloud Monitoring refuse of a site. */
import { gcp } from "../../../sandbox/models/gcp";
import { Bench, urnOf, type Connection, type Known, type Wire } from "./support/client";

const ARMOR = "gcp:compute/securityPolicy:SecurityPolicy";
const TLS = "gcp:compute/sSLPolicy:SSLPolicy";
const CERTIFICATE = "gcp:compute/managedSslCertificate:ManagedSslCertificate";
const NETWORK = "gcp:compute/network:Network";
const ZONE = "gcp:dns/managedZone:ManagedZone";
const INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
const USER = "gcp:sql/user:User";
const ACCOUNT = "gcp:serviceaccount/account:Account";
const ALERT = "gcp:monitoring/alertPolicy:AlertPolicy";

let bench: Bench;
let google: Connection;
const make = (type: string, name: string, news: Wire) => google.make(urnOf(type, name), news);

// Refusals leave nothing behind, and what is made has a name of its own.
beforeAll(async () => {
  bench = await Bench.start([gcp]);
  google = await bench.connect("gcp", { project: "gitlab-tests", region: "us-east1" });
  for (const api of ["compute", "dns", "iam", "sqladmin"]) {
    await make("gcp:projects/service:Service", api, { service: `${api}.googleapis.com` });
  }
});
afterAll(() => bench.stop());

describe("Cloud Armor", () => {
  const everybody: Wire = { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } };
  const last: Wire = { priority: 2147483647, action: "allow", match: everybody };
  const expression = (text: string): Wire => ({ expr: { expression: text } });
  const limit: Wire = {
    conformAction: "allow",
    exceedAction: "deny(429)",
    enforceOnKey: "IP",
    rateLimitThreshold: { count: 100, intervalSec: 60 },
  };
  const rule = (more: Wire): Wire => ({
    priority: 1,
    action: "deny(403)",
    match: everybody,
    ...more,
  });

  test("takes limits, bans, Google's rule sets and a last rule for everybody", async () => {
    const rules = [
      rule({ match: expression("evaluatePreconfiguredWaf('xss-v33-stable', {'sensitivity': 1})") }),
      rule({ priority: 2, action: "throttle", rateLimitOptions: limit }),
      rule({
        priority: 3,
        action: "rate_based_ban",
        rateLimitOptions: {
          ...limit,
          banDurationSec: 600,
          banThreshold: { count: 1000, intervalSec: 60 },
        },
      }),
      last,
    ];
    const made = await make(ARMOR, "all", { rules });
    const reordered = await google.check(made.urn, { rules: [...rules].reverse() }, made.inputs);
    expect((await google.diff(made, reordered.inputs)).detailed).toEqual({});
  });

  test.each<[string, Wire[], string]>([
    ["two rules of one priority", [rule({}), rule({ action: "allow" }), last], "same priority"],
    ["no last rule", [rule({})], "must have the default rule"],
    [
      "a rule that matches in two ways",
      [rule({ match: { ...everybody, ...expression("true") } }), last],
      "one of `expr` and `versionedExpr`",
    ],
    ["a limit without an action for it", [rule({ rateLimitOptions: limit }), last], "throttle"],
    ["a throttle without a limit", [rule({ action: "throttle" }), last], "rateLimitOptions"],
    [
      "a throttle with a ban",
      [rule({ action: "throttle", rateLimitOptions: { ...limit, banDurationSec: 60 } }), last],
      "banDurationSec",
    ],
    [
      "a ban without an end",
      [rule({ action: "rate_based_ban", rateLimitOptions: limit }), last],
      "banDurationSec",
    ],
    [
      "a rule set that Google does not have",
      [rule({ match: expression("evaluatePreconfiguredWaf('sqlinjection')") }), last],
      "preconfigured rule set",
    ],
    [
      "a sensitivity of 5",
      [
        rule({
          match: expression("evaluatePreconfiguredWaf('xss-v33-stable', {'sensitivity': 5})"),
        }),
        last,
      ],
      "from 0 to 4",
    ],
  ])("refuses %s", async (_, rules, message) => {
    await expect(make(ARMOR, "armor", { rules })).rejects.toThrow(message);
  });
});

describe("TLS", () => {
  test("a profile's ciphers come with it", async () => {
    const made = await make(TLS, "tls", { profile: "RESTRICTED", minTlsVersion: "TLS_1_2" });
    expect(made.outputs["enabledFeatures"]).not.toContain("TLS_RSA_WITH_AES_128_CBC_SHA");
    const news = { ...made.inputs, profile: "COMPATIBLE" };
    const changed = await google.update(made, news);
    expect(changed.outputs["enabledFeatures"]).toContain("TLS_RSA_WITH_AES_128_CBC_SHA");
  });

  test("ciphers are named with the custom profile alone, and TLS 1.3 alone needs the restricted one", async () => {
    const customFeatures = ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"];
    await expect(make(TLS, "t", { profile: "MODERN", customFeatures })).rejects.toThrow("CUSTOM");
    await expect(make(TLS, "t", { profile: "CUSTOM" })).rejects.toThrow("customFeatures");
    await expect(make(TLS, "t", { profile: "MODERN", minTlsVersion: "TLS_1_3" })).rejects.toThrow(
      "RESTRICTED",
    );
  });

  test("a managed certificate has plain names, and is another one for other names", async () => {
    await expect(
      make(CERTIFICATE, "c", { managed: { domains: ["*.example.com"] } }),
    ).rejects.toThrow("managed.domains[0]");
    const made = await make(CERTIFICATE, "c", { managed: { domains: ["version.example.com"] } });
    const news = { ...made.inputs, managed: { domains: ["other.example.com"] } };
    expect((await google.diff(made, news)).replaces).toEqual(["managed"]);
  });
});

describe("a private zone", () => {
  test("is answered by Google's private servers, and its name is taken in the networks that see it", async () => {
    const network = await make(NETWORK, "seen", { autoCreateSubnetworks: false });
    const zone: Wire = {
      dnsName: "googleapis.com.",
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: network.id }] },
    };
    const made = await make(ZONE, "apis", zone);
    expect(made.outputs["nameServers"]).toEqual(["ns-gcp-private.googledomains.com."]);
    await expect(make(ZONE, "again", zone)).rejects.toThrow("dnsName");
    await expect(make(ZONE, "more", { ...zone, dnsName: "pkg.dev." })).resolves.toBeDefined();
  });
});

describe("Cloud SQL", () => {
  const flags = (...list: [string, string][]): Wire => ({
    databaseFlags: list.map(([name, value]) => ({ name, value })),
  });
  const settings = (more: Wire = {}): Wire => ({
    tier: "db-custom-2-7680",
    edition: "ENTERPRISE",
    ...flags(["cloudsql.iam_authentication", "on"], ["max_connections", "200"]),
    ...more,
  });
  const backupConfiguration = { enabled: true, pointInTimeRecoveryEnabled: true };
  const instance = (more: Wire = {}): Wire => ({
    databaseVersion: "POSTGRES_17",
    deletionProtection: false,
    settings: settings({ diskSize: 50, backupConfiguration }),
    ...more,
  });
  let primary: Known;
  let login: Known;
  const replica = (more: Wire = {}): Wire => ({
    ...instance({ settings: settings() }),
    masterInstanceName: primary.outputs["name"] as string,
    ...more,
  });
  const user = (more: Wire = {}): Wire => ({
    instance: primary.outputs["name"] as string,
    name: (login.outputs["email"] as string).replace(".gserviceaccount.com", ""),
    type: "CLOUD_IAM_SERVICE_ACCOUNT",
    databaseRoles: ["cloudsqlsuperuser"],
    ...more,
  });

  beforeAll(async () => {
    primary = await make(INSTANCE, "primary", instance());
    login = await make(ACCOUNT, "app", { accountId: "version-app" });
  });

  test("a primary is not deleted before its replicas", async () => {
    const first = await make(INSTANCE, "first", instance());
    const masterInstanceName = first.outputs["name"] as string;
    const copy = await make(INSTANCE, "copy", replica({ masterInstanceName }));
    expect(copy.outputs).toMatchObject({ instanceType: "READ_REPLICA_INSTANCE" });
    await expect(google.delete(first)).rejects.toThrow(copy.id);
    await google.delete(copy);
    await expect(google.delete(first)).resolves.toBeUndefined();
  });

  test.each<[string, Wire, string]>([
    ["a primary that is not there", { masterInstanceName: "nowhere" }, "nowhere"],
    ["another version", { databaseVersion: "POSTGRES_16" }, "databaseVersion"],
    ["backups of its own", { settings: settings({ backupConfiguration }) }, "backups"],
    ["a smaller disk", { settings: settings({ diskSize: 20 }) }, "settings.diskSize"],
    [
      "fewer connections",
      { settings: settings(flags(["max_connections", "50"])) },
      "max_connections",
    ],
  ])("a replica is refused with %s", async (_, more, message) => {
    await expect(make(INSTANCE, "replica", replica(more))).rejects.toThrow(message);
  });

  test("an identity logs in without a password, called as its email without the end", async () => {
    await expect(make(USER, "identity", user())).resolves.toBeDefined();
  });

  test.each<[string, Wire, string]>([
    ["a password", { password: "secret" }, "password"],
    ["its whole email", { name: "version-app@gitlab-tests.iam.gserviceaccount.com" }, "name"],
    ["the name of its account alone", { name: "version-app" }, "ACCOUNT@PROJECT.iam"],
    ["an account that is not there", { name: "nobody@gitlab-tests.iam" }, "no service account"],
  ])("an identity is refused with %s", async (_, more, message) => {
    await expect(make(USER, "refused", user(more))).rejects.toThrow(message);
  });

  test("an identity is refused where the instance does not let identities log in", async () => {
    const settled = settings({ backupConfiguration, ...flags(["max_connections", "200"]) });
    const closed = await make(INSTANCE, "closed", instance({ settings: settled }));
    const news = user({ instance: closed.outputs["name"] as string });
    await expect(make(USER, "refused", news)).rejects.toThrow("cloudsql.iam_authentication");
  });
});

describe("an alert policy", () => {
  const alert = (filter: string): Wire => ({
    displayName: "alarm",
    combiner: "OR",
    conditions: [
      {
        displayName: "alarm",
        conditionThreshold: {
          filter,
          comparison: "COMPARISON_GT",
          duration: "300s",
          thresholdValue: 1,
        },
      },
    ],
  });
  const of = (resource: string, metric: string) =>
    alert(`resource.type = "${resource}" AND metric.type = "${metric}"`);

  test.each([
    ["k8s_container", "kubernetes.io/container/restart_count"],
    ["k8s_node", "kubernetes.io/node/memory/allocatable_utilization"],
    ["prometheus_target", "prometheus.googleapis.com/kube_job_status_failed/gauge"],
    ["cloudsql_database", "cloudsql.googleapis.com/database/replication/replica_lag"],
  ])("watches %s by what is measured of it", async (resource, metric) => {
    await expect(make(ALERT, resource, of(resource, metric))).resolves.toBeDefined();
  });

  test.each([
    ["k8s_pod", "kubernetes.io/container/restart_count", "k8s_container"],
    ["k8s_container", "prometheus.googleapis.com/up/gauge", "prometheus_target"],
    ["gce_instance", "cloudsql.googleapis.com/database/up", "cloudsql_database"],
    ["k8s_containers", "custom.example/metric", "unknown"],
  ])("of %s and %s is refused", async (resource, metric, message) => {
    await expect(make(ALERT, "alarm", of(resource, metric))).rejects.toThrow(message);
  });
});
