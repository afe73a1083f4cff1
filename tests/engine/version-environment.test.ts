/**
 * What must be true of the version environment as it stands after an up, read from the sandbox's own objects and from
 * the stack's state; and what its everyday changes may touch. Losing a zone is in tests/unit/zone-loss.test.ts.
 */
import { changed, nameOf as urnName } from "../../engine/facts";
import { checkout } from "../../engine/isolation";
import type { LedgerObject } from "../../sandbox/control";
import { devOutputs, putDev } from "./support/dev-outputs";
import { testStack, well, type TestStack } from "./support/stack";
import { nameOf, standing, type StateResource, waitsFor } from "./support/standing";

let stack: TestStack;
let objects: LedgerObject[];
let state: Map<string, StateResource>;

beforeAll(async () => {
  ({ stack, objects, state } = await standing("version", ({ scratch }) => {
    putDev(scratch, devOutputs());
  }));
}, 300_000);

afterAll(async () => {
  await stack.end();
});

const ofType = (type: string) => objects.filter((one) => one.type === type);
const field = <T>(object: LedgerObject | undefined, key: string): T => object?.outputs[key] as T;
const kube = () => objects.filter(({ type }) => type.startsWith("kubernetes:"));

/** Types that hold data which can't be made again, and the cluster, in which the deployer's work is. */
const guardedTypes = [
  "gcp:container/cluster:Cluster",
  "gcp:redis/instance:Instance",
  "gcp:sql/database:Database",
  "gcp:sql/databaseInstance:DatabaseInstance",
  "gcp:storage/bucket:Bucket",
];

describe("size", () => {
  test("the environment is no larger than a reader can hold", () => {
    expect(objects.length).toBeLessThan(150);
  });
});

describe("protection", () => {
  test("everything that holds data is protected, with the cluster, and nothing else is", () => {
    const wanted = guardedTypes
      .flatMap(ofType)
      .map(({ urn }) => urn)
      .sort();
    const found = [...state.values()]
      .filter(({ protect }) => protect === true)
      .map(({ urn }) => urn)
      .sort();
    expect(found).toEqual(wanted);
    expect(found).toHaveLength(7);
  });

  test("what Google can protect from deletion is protected there too", () => {
    for (const type of guardedTypes.slice(0, 2)) {
      for (const one of ofType(type)) {
        expect([nameOf(one), field(one, "deletionProtection")]).toEqual([nameOf(one), true]);
      }
    }
    for (const one of ofType("gcp:sql/databaseInstance:DatabaseInstance")) {
      expect(one.outputs).toMatchObject({
        deletionProtection: true,
        settings: { deletionProtectionEnabled: true },
      });
    }
  });
});

describe("labels", () => {
  test("every Kubernetes object says whose it is, which part made it, and its name in the program", () => {
    expect(kube().length).toBeGreaterThan(20);
    for (const one of kube()) {
      const { labels } = field<{ labels: Record<string, string> }>(one, "metadata");
      expect([nameOf(one), labels]).toEqual([
        nameOf(one),
        expect.objectContaining({
          environment: "version",
          owner: "infrastructure",
          stack: "version",
          component: expect.any(String) as string,
          resource: expect.any(String) as string,
        }),
      ]);
    }
  });

  test("whatever takes Google's labels says which part of the program made it", () => {
    const labelled = objects.filter(({ outputs }) => "effectiveLabels" in outputs);
    expect(labelled.length).toBeGreaterThan(4);
    for (const one of labelled) {
      const labels =
        field<Record<string, string> | undefined>(one, "resourceLabels") ??
        field<Record<string, string> | undefined>(one, "labels");
      expect([nameOf(one), Object.keys(labels ?? {})]).toEqual([
        nameOf(one),
        expect.arrayContaining(["component", "resource"]),
      ]);
    }
  });
});

describe("ways in", () => {
  test("nothing has an address of its own but the load balancer", () => {
    const external = objects.filter(
      ({ type, outputs }) =>
        type.startsWith("gcp:compute/") && outputs["addressType"] === "EXTERNAL",
    );
    expect(external.map(nameOf)).toEqual(["edge-address"]);
    const [cluster] = ofType("gcp:container/cluster:Cluster");
    expect(cluster?.outputs).toMatchObject({
      controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false } },
      privateClusterConfig: { enablePrivateNodes: true },
    });
    for (const one of ofType("gcp:sql/databaseInstance:DatabaseInstance")) {
      expect(one.outputs).toMatchObject({ settings: { ipConfiguration: { ipv4Enabled: false } } });
    }
  });

  test("pods are closed both ways but for what policies say, and only the load balancer reaches them", () => {
    const policies = ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(
      (one) => one.outputs["spec"] as { podSelector: object; ingress?: { from?: unknown }[] },
    );
    expect(policies).toContainEqual(
      expect.objectContaining({ podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
    );
    const sources = policies.flatMap(({ ingress = [] }) => ingress.map(({ from }) => from));
    expect(sources).toEqual([
      [{ ipBlock: { cidr: "35.191.0.0/16" } }, { ipBlock: { cidr: "130.211.0.0/22" } }],
    ]);
  });
});

describe("rights", () => {
  test("nobody is owner, editor or administrator, nobody is everybody, and no account has a key", () => {
    const members = objects.filter(({ type }) => /I(AM|am)Member$/.test(type));
    expect(members.length).toBeGreaterThan(10);
    for (const member of members) {
      const role = field<string>(member, "role");
      expect([nameOf(member), /^roles\/(owner|editor|viewer)$|[aA]dmin$/.test(role)]).toEqual([
        nameOf(member),
        false,
      ]);
      expect(field<string>(member, "member")).toMatch(/^(serviceAccount|group):/);
    }
    expect(ofType("gcp:serviceaccount/key:Key")).toEqual([]);
  });

  test("exports can be made, and neither read nor deleted", () => {
    const rights = ofType("gcp:storage/bucketIAMMember:BucketIAMMember");
    expect(rights.map((one) => field(one, "role"))).toEqual(["roles/storage.objectCreator"]);
  });
});

describe("order", () => {
  const urnOf = (name: string) =>
    [...state.keys()].find((urn) => urn.endsWith(`::${name}`)) ?? `no ${name}`;
  const before = (name: string) => [...waitsFor(state, urnOf(name))].map(urnName);

  test("an export comes before every change of the database, and before a migration, and that before pods", () => {
    for (const name of ["data-database-postgres", "data-database-postgres-replica-c"]) {
      expect(before(name)).toContain("export-before-change");
    }
    expect(before("workload-migration")).toContain("export-before-change");
    expect(before("workload-deployment")).toContain("workload-migration");
  });

  test("pods wait for nodes, names, policies, secrets, the database's user and their own rights", () => {
    expect(before("workload-deployment")).toEqual(
      expect.arrayContaining([
        "cluster-app",
        "network-nat",
        "google-apis-googleapis-com-names",
        "namespace-deny-all",
        "namespace-app",
        "app-secret",
        "data-database-user",
        "data-database-client",
        "data-cache-redis",
        "app-account-pods",
      ]),
    );
  });
});

describe("changes", () => {
  test("a changed setting of the cluster shows the cluster changed, and not one of its objects", async () => {
    stack.driver.set({ "cluster.channel": "STABLE" });
    const { facts } = well(await stack.driver.preview());
    const touched = changed(facts).filter(({ custom }) => custom);
    expect(touched.map(({ urn, operation }) => [urnName(urn), operation])).toEqual([
      ["cluster-cluster", "update"],
    ]);
    stack.driver.set({ "cluster.channel": "REGULAR" });
  });

  test("handing the rollout to Auto DevOps deletes nothing in the cluster: what leaves the program stays", async () => {
    const workload = () =>
      stack.sandbox
        .call("objects", {})
        .then((all) => all.filter(({ urn }) => urn.includes("VersionWorkload")).map(nameOf));
    const standing = await workload();
    expect(standing.sort()).toEqual([
      "workload-autoscaler",
      "workload-deployment",
      "workload-migration",
      "workload-service",
    ]);
    const last = (await stack.sandbox.call("calls", { since: 0 })).at(-1)?.sequence ?? 0;
    stack.driver.set({ "app.deployment": "auto-devops" });
    const preview = well(await stack.driver.preview());
    const up = well(await stack.driver.up(preview, { bound: true }));
    const left = changed(up.facts).filter(({ operation }) => operation === "delete");
    expect(left.map(({ urn }) => urnName(urn)).sort()).toEqual(
      expect.arrayContaining(standing.sort()),
    );
    const calls = await stack.sandbox.call("calls", { since: last });
    expect(calls.filter(({ rpc }) => rpc === "Delete")).toEqual([]);
    expect((await workload()).sort()).toEqual(standing);
  }, 120_000);
});

describe("sign-in through dev", () => {
  const said = async (outputs: Parameters<typeof putDev>[1] | undefined) => {
    const other = await testStack({}, { project: checkout, stack: "version" });
    try {
      if (outputs !== undefined) putDev(other.scratch, outputs);
      const { succeeded, errors } = await other.driver.preview();
      expect(succeeded).toBe(false);
      return errors;
    } finally {
      await other.end();
    }
  };

  test("without dev there is one error, said once, that names the stack and the outputs", async () => {
    const errors = await said(undefined);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/organization\/gitlab\/dev/);
    expect(errors[0]).toMatch(/oauthClientIds.*oauthClientSecrets/);
    expect(errors[0]).toMatch(/pulumi up -s dev/);
  }, 60_000);

  test("where dev lacks the application, the error names stack, output and setting", async () => {
    const errors = await said(devOutputs("sentry"));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/oauthClientIds\.version, oauthClientSecrets\.version/);
    expect(errors[0]).toMatch(/organization\/gitlab\/dev/);
    expect(errors[0]).toMatch(/oauthApplications/);
  }, 60_000);
});
