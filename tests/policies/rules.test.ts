/** Every rule: that it holds for what is planned, breaks where it should, and decides nothing that it cannot know. */
import { unknownString } from "../../policies/reader";
import { judge, judgeStack, type Rule, type Verdict } from "../../policies/rule";
import { exemptionsRule, rules } from "../../policies/rules";
import { type Case, cases, type Place, special } from "./support/cases";
import { changed, type Change } from "./support/change";
import { nextTypes } from "./support/next-types";
import { type Plain, planned, plantedSecret, stackOf, viewOf } from "./support/planned";

const stacks: Readonly<Record<Place, readonly Plain[]>> = {
  aws: planned("aws"),
  dev: planned("dev"),
  ops: planned("ops"),
  version: planned("version"),
};
const byId = new Map(rules.map((rule) => [rule.id, rule]));

function ruleOf(id: string): Rule {
  const rule = byId.get(id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  return rule;
}

function resourceOf({ place, type, name }: Case): Plain {
  const found = stacks[place].filter((one) => one.name === name && one.type.endsWith(`:${type}`));
  const [one] = found;
  if (found.length !== 1 || one === undefined)
    throw new Error(`${place}: ${found.length} of ${name} (${type})`);
  return one;
}

function verdictOf(rule: Rule, resources: readonly Plain[], urn: string): Verdict | undefined {
  if (rule.kind === "stack") return judgeStack(rule, stackOf(resources));
  const one = resources.find((resource) => resource.urn === urn);
  return one && judge(rule, viewOf(one));
}

function after(one: Case, change: Change): Verdict | undefined {
  const { urn } = resourceOf(one);
  return verdictOf(ruleOf(one.rule), changed(stacks[one.place], urn, change), urn);
}

const titled = cases.flatMap((one) =>
  one.changes.map((change, index) => ({
    title: `${one.rule} (${one.name} ${change[0]} ${index + 1})`,
    one,
    change,
  })),
);

describe("the list of rules", () => {
  const all = [...rules, exemptionsRule];

  test("has each id once, and more than the sixty that were asked for", () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(rules.length).toBeGreaterThanOrEqual(60);
  });

  test.each(all)("$id says what it protects, where it comes from and how to mend it", (rule) => {
    expect(rule.id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/);
    expect(rule.id).not.toBe("all");
    for (const text of [rule.protects, rule.source, rule.fix])
      expect(text.length).toBeGreaterThan(10);
    expect(rule.source).toMatch(/https:\/\/|docs\/|policies\//);
    expect(rule.types.length).toBeGreaterThan(0);
  });

  test("is tried as a whole by the cases below", () => {
    const tried = new Set([...[...cases, ...nextTypes].map(({ rule }) => rule), ...special]);
    expect(rules.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
  });
});

describe("a rule holds for what is planned", () => {
  const once = [...new Map(cases.map((one) => [`${one.rule} on ${one.place}: ${one.name}`, one]))];

  test.each(once)("%s", (_, one) => {
    const found = verdictOf(ruleOf(one.rule), stacks[one.place], resourceOf(one).urn);
    expect(found?.broken.map(({ message }) => message)).toEqual([]);
  });
});

describe("a rule is broken by", () => {
  test.each(titled)("$title", ({ one, change }) => {
    expect(after(one, change)?.state).toBe("failed");
  });
});

describe("a rule is not decided by what cannot be known yet", () => {
  const properties = titled.filter(({ change: [path] }) => !path.startsWith("@"));

  test.each(properties)("$title", ({ one, change: [path] }) => {
    expect(after(one, [path, unknownString])?.broken.map(({ message }) => message)).toEqual([]);
  });
});

describe("rules about what must not be there", () => {
  const added = (place: Place, resource: Partial<Plain>): Plain[] => [
    ...stacks[place],
    {
      urn: "urn:pulumi:x::gitlab::x::added",
      type: "",
      name: "added",
      props: {},
      protect: false,
      dependencies: [],
      ...resource,
    },
  ];

  test.each([
    ["gitlab-no-aurora", "aws:rds/cluster:Cluster"],
    ["gcp-no-account-keys", "gcp:serviceaccount/key:Key"],
    ["iam-no-users", "aws:iam/user:User"],
    ["iam-no-users", "aws:iam/accessKey:AccessKey"],
  ])("%s finds a %s", (id, type) => {
    const resources = added("ops", { type });
    expect(verdictOf(ruleOf(id), resources, "urn:pulumi:x::gitlab::x::added")?.state).toBe(
      "failed",
    );
  });

  test("iam-no-users lets the writer of backups be", () => {
    const urn = stacks.dev.find(({ type }) => type === "aws:iam/user:User")?.urn ?? "";
    expect(verdictOf(ruleOf("iam-no-users"), stacks.dev, urn)?.state).toBe("passed");
  });

  test("network-no-ssh-to-hosts finds a machine in a group that is open to the internet", () => {
    const group = stacks.aws.find(({ name }) => name === "firewall-web-balancer")?.urn ?? "";
    const resources = stacks.aws.map((one) =>
      one.name === "gitlab-gitaly-template"
        ? { ...one, dependencies: [...one.dependencies, group] }
        : one,
    );
    expect(verdictOf(ruleOf("network-no-ssh-to-hosts"), stacks.aws, "")?.state).toBe("passed");
    expect(verdictOf(ruleOf("network-no-ssh-to-hosts"), resources, "")?.state).toBe("failed");
  });

  test("gcp-disk-snapshots asks nothing of a policy by which machines stand near to each other", () => {
    const policy = {
      type: "gcp:compute/resourcePolicy:ResourcePolicy",
      props: { groupPlacementPolicy: { collocation: "COLLOCATED" } },
    };
    expect(verdictOf(ruleOf("gcp-disk-snapshots"), added("ops", policy), "")?.state).toBe("passed");
  });

  test("balancer-redirects-clear takes a map that only redirects, of the proxy's own", () => {
    const map = (props: Plain["props"]): Plain => ({
      ...{ urn: "urn:pulumi:x::gitlab::x::map", type: "gcp:compute/uRLMap:URLMap", name: "map" },
      ...{ props, protect: false, dependencies: [] },
    });
    const state = (props: Plain["props"], dependencies = [map(props).urn]): string | undefined => {
      const proxy = { type: "gcp:compute/targetHttpProxy:TargetHttpProxy", dependencies };
      const resources = [...added("ops", proxy), map(props)];
      return verdictOf(ruleOf("balancer-redirects-clear"), resources, "")?.state;
    };
    const redirect = { defaultUrlRedirect: { httpsRedirect: true, stripQuery: false } };
    expect([
      state(redirect),
      state(redirect, []),
      state({ defaultService: "web" }),
      state({ ...redirect, pathMatchers: [{ name: "api", defaultService: "web" }] }),
    ]).toEqual(["passed", "failed", "failed", "failed"]);
  });

  test("namespaces-closed takes two policies, one each way, for one that closes both", () => {
    const closing = stacks.version.find(({ name }) => name === "namespace-deny-all");
    if (closing === undefined) throw new Error("no policy closes the namespace");
    const way = (kind: string): Plain => ({
      ...closing,
      urn: `${closing.urn}-${kind}`,
      props: { ...closing.props, spec: { podSelector: {}, policyTypes: [kind] } },
    });
    const others = stacks.version.filter((one) => one !== closing);
    const rule = ruleOf("namespaces-closed");
    const state = (...kinds: string[]): string | undefined =>
      verdictOf(rule, [...others, ...kinds.map(way)], "")?.state;
    expect([state("Ingress", "Egress"), state("Ingress"), state("Egress")]).toEqual([
      "passed",
      "failed",
      "failed",
    ]);
  });

  test.each(Object.keys(stacks) as Place[])(
    "types-classified knows every type of %s, and neither a new service nor a known one by a version of its own",
    (place) => {
      const rule = ruleOf("types-classified");
      const state = (type: string): string | undefined =>
        verdictOf(rule, added(place, { type }), "")?.state;
      expect(verdictOf(rule, stacks[place], "")?.state).toBe("passed");
      expect(state("gcp:spanner/instance:Instance")).toBe("failed");
      expect(state("azure-native_network_v20240701:network:NetworkSecurityGroup")).toBe("failed");
    },
  );

  test("gitlab-git-data-not-on-nfs finds Git data on EFS, and lets other files be", () => {
    const rule = ruleOf("gitlab-git-data-not-on-nfs");
    expect(verdictOf(rule, stacks.aws, "")?.state).toBe("failed");
    const component =
      stacks.aws.find(({ type }) => type === "gitlab:managedData:AwsFiles")?.urn ?? "";
    expect(verdictOf(rule, changed(stacks.aws, component, ["purpose", "shared"]), "")?.state).toBe(
      "passed",
    );
  });
});

describe("protection that is lifted as a whole", () => {
  const bare = stacks.aws.map((one) => ({ ...one, protect: false }));

  test("is said, and breaks no rule about single resources", () => {
    expect(verdictOf(ruleOf("protection-lifted"), stacks.aws, "")?.state).toBe("passed");
    expect(verdictOf(ruleOf("protection-lifted"), bare, "")?.state).toBe("failed");
    expect(verdictOf(ruleOf("stateful-protected"), bare, "")?.state).toBe("passed");
  });
});

describe("a message", () => {
  test("quotes no value, which could be a secret", () => {
    const messages = titled.flatMap(({ one, change }) => {
      const [path, value] = change;
      const secret = typeof value === "string" ? `${value}${plantedSecret}` : value;
      return [after(one, change), after(one, [path, secret])].flatMap((found) => [
        ...(found?.broken ?? []).map(({ message }) => message),
        ...(found?.open ?? []).map(({ holds }) => holds.path),
      ]);
    });
    expect(messages.length).toBeGreaterThan(titled.length);
    expect(messages.filter((text) => text.includes(plantedSecret))).toEqual([]);
  });
});
