/** The pack as the engine meets it: through the SDK's own server, with the messages that the engine sends. */
import type * as Server from "@pulumi/policy/server";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { unknownString } from "../../policies/reader";
import { exemptionsRule, rules } from "../../policies/rules";
import { type Plain, planned } from "./support/planned";

interface Diagnostic {
  getPolicyname(): string;
  getMessage(): string;
  getEnforcementlevel(): number;
  getUrn(): string;
}

interface Answer {
  getDiagnosticsList(): Diagnostic[];
  getNotApplicableList(): { getPolicyName(): string }[];
}

type Rpc = (call: { request: unknown }, callback: (error: unknown, answer: Answer) => void) => void;

interface Internals {
  serve: (
    name: string,
    version: string,
    level: string,
    args: { policies: { name: string; url?: string }[] },
  ) => void;
  makeAnalyzeRpcFun: (...args: unknown[]) => Rpc;
  makeAnalyzeStackRpcFun: (...args: unknown[]) => Rpc;
}

/** A pack of its own for each test: one process judges one run. */
function load(): { server: Internals; policies: { name: string; url?: string }[] } {
  let policies: { name: string; url?: string }[] = [];
  let server: Internals | undefined;
  jest.isolateModules(() => {
    server = jest.requireActual<typeof Server>("@pulumi/policy/server") as unknown as Internals;
    server.serve = (_name, _version, _level, args) => {
      policies = args.policies;
    };
    jest.requireActual("../../policies/pack");
  });
  if (server === undefined) throw new Error("the pack did not load");
  return { server, policies };
}

function fill(
  message: analyzer.AnalyzeRequest | analyzer.AnalyzerResource,
  { type, name, urn, props, protect, parent }: Plain,
): void {
  message.setType(type);
  message.setName(name);
  message.setUrn(urn);
  message.setProperties(
    Struct.fromJavaScript(props as Parameters<typeof Struct.fromJavaScript>[0]),
  );
  const options = new analyzer.AnalyzerResourceOptions();
  options.setProtect(protect);
  options.setParent(parent ?? "");
  message.setOptions(options);
}

/** What the pack answers to a whole stack: all resources at once, then the stack. */
async function run(
  resources: readonly Plain[],
): Promise<{ found: Diagnostic[]; answers: Map<string, Answer>; whole: Answer }> {
  const { server, policies } = load();
  const ask = (rpc: Rpc, request: unknown) =>
    new Promise<Answer>((resolve, reject) => {
      rpc({ request }, (error, answer) => {
        if (error === null || error === undefined) resolve(answer);
        else reject(error instanceof Error ? error : new Error(JSON.stringify(error)));
      });
    });
  const one = server.makeAnalyzeRpcFun("gitlab-environments", "0.1.0", "advisory", policies);
  const answers = new Map(
    await Promise.all(
      resources.map(async (resource) => {
        const request = new analyzer.AnalyzeRequest();
        fill(request, resource);
        return [resource.urn, await ask(one, request)] as const;
      }),
    ),
  );
  const all = server.makeAnalyzeStackRpcFun("gitlab-environments", "0.1.0", "advisory", policies);
  const request = new analyzer.AnalyzeStackRequest();
  const byUrn = new Set(resources.map(({ urn }) => urn));
  request.setResourcesList(
    resources.map((resource) => {
      const message = new analyzer.AnalyzerResource();
      // As the engine does it: outputs, of which a component has none.
      fill(message, resource.type.startsWith("gitlab:") ? { ...resource, props: {} } : resource);
      message.setParent(resource.parent ?? "");
      message.setDependenciesList(resource.dependencies.filter((urn) => byUrn.has(urn)));
      return message;
    }),
  );
  const whole = await ask(all, request);
  const found = [...answers.values(), whole].flatMap((answer) => answer.getDiagnosticsList());
  return { found, answers, whole };
}

const ADVISORY: number = analyzer.EnforcementLevel.ADVISORY;
const MANDATORY: number = analyzer.EnforcementLevel.MANDATORY;
const undecided = (one: Diagnostic): boolean => one.getMessage().startsWith("can't run policy");

describe("the pack", () => {
  test("registers every rule as a policy of its own, and the one about exemptions last", () => {
    const { policies } = load();
    expect(policies.map(({ name }) => name)).toEqual(
      [...rules, exemptionsRule].map(({ id }) => id),
    );
    expect(policies.filter(({ url }) => url !== undefined && !url.startsWith("https://"))).toEqual(
      [],
    );
  });

  test.each([
    ["aws", ["gitlab-git-data-not-on-nfs"]],
    ["dev", ["gcp-no-account-keys", "gcp-no-account-keys", "runners-not-privileged"]],
    ["ops", []],
    ["version", ["cluster-no-lasting-tokens"]],
  ])("lets %s pass, with its exemptions as advice", async (stack, exempted) => {
    const { found } = await run(planned(stack));
    const said = found.filter((one) => !undecided(one));
    expect(said.map((one) => one.getPolicyname()).sort()).toEqual(exempted);
    expect(said.filter((one) => one.getEnforcementlevel() !== ADVISORY)).toEqual([]);
    expect(said.filter((one) => !one.getMessage().includes("exempted until"))).toEqual([]);
  });

  test("says of each rule whether it looked at a resource", async () => {
    const resources = planned("ops");
    const { answers, whole } = await run(resources);
    for (const { urn, type } of resources) {
      const passedOver = new Set(
        answers
          .get(urn)
          ?.getNotApplicableList()
          .map((one) => one.getPolicyName()),
      );
      const looked = rules.filter(({ kind, id }) => kind === "resource" && !passedOver.has(id));
      expect(looked.map(({ id }) => id)).toEqual(
        rules
          .filter(({ kind, types }) => kind === "resource" && types.includes(type))
          .map(({ id }) => id),
      );
    }
    const there = new Set(resources.map(({ type }) => type));
    const passedOver = new Set(whole.getNotApplicableList().map((one) => one.getPolicyName()));
    const stackRules = rules.filter(({ kind }) => kind === "stack");
    expect(stackRules.filter(({ id }) => !passedOver.has(id)).map(({ id }) => id)).toEqual(
      stackRules.filter(({ types }) => types.some((type) => there.has(type))).map(({ id }) => id),
    );
  });

  test("breaks mandatory rules at the resource, for single ones and for the stack", async () => {
    const resources = planned("ops").map((one) =>
      one.type === "gcp:sql/databaseInstance:DatabaseInstance"
        ? { ...one, protect: false, props: { ...one.props, databaseVersion: "POSTGRES_14" } }
        : one,
    );
    const { found } = await run(resources);
    const broken = found.filter((one) => one.getEnforcementlevel() === MANDATORY);
    expect(broken.map((one) => one.getPolicyname()).sort()).toEqual([
      "gitlab-postgres-supported",
      "stateful-protected",
    ]);
    expect(
      broken
        .filter((one) => one.getUrn() !== "")
        .every((one) => one.getUrn().endsWith("::data-database-postgres")),
    ).toBe(true);
  });

  test("lists a rule that hangs on what is not known as one that could not run, and what is known as broken", async () => {
    const resources = planned("ops").map((one) =>
      one.type === "gcp:redis/instance:Instance"
        ? {
            ...one,
            props: {
              ...one.props,
              tier: unknownString,
              authEnabled: unknownString,
              transitEncryptionMode: "DISABLED",
            },
          }
        : one,
    );
    const { found } = await run(resources);
    const of = (id: string): Diagnostic[] => found.filter((one) => one.getPolicyname() === id);
    expect(of("memorystore-failover").map(undecided)).toEqual([true]);
    expect(
      of("memorystore-private-tls-auth").map((one) => [undecided(one), one.getEnforcementlevel()]),
    ).toEqual([
      [false, MANDATORY],
      [true, ADVISORY],
    ]);
  });
});
