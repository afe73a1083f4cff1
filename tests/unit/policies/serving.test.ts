/** What the pack serves, against what the SDK itself answers with the same policies. */
import type * as Grpc from "@grpc/grpc-js";
import type * as Server from "@pulumi/policy/server";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Plain, planned } from "../../policies/support/planned";

type Rpc = (
  call: { request: unknown },
  callback: (error: unknown, answer: unknown) => void,
) => void;
type Handlers = Readonly<Record<"analyze" | "analyzeStack" | "remediate" | "configure", Rpc>>;
type Service = Readonly<
  Record<string, { requestDeserialize(b: Buffer): unknown; responseSerialize(a: unknown): Buffer }>
>;

interface Served {
  service: Service;
  handlers: Handlers;
}

/** The pack as it hands itself to the server: with what it does about it, or as the SDK alone would. */
function load(alone: boolean): Served {
  let served: Served | undefined;
  jest.isolateModules(() => {
    const grpc = jest.requireActual<typeof Grpc>("@grpc/grpc-js");
    const prototype = grpc.Server.prototype as unknown as Record<string, unknown>;
    prototype.bindAsync = () => undefined;
    prototype.addService = (service: Service, handlers: Handlers) => {
      served = { service, handlers };
    };
    if (alone) {
      const server = jest.requireActual<typeof Server>("@pulumi/policy/server");
      const { serve } = server as { serve: unknown };
      Object.defineProperty(server, "serve", { get: () => serve, set: () => undefined });
    }
    jest.requireActual("../../../policies/pack");
  });
  if (served === undefined) throw new Error("the pack did not load");
  return served;
}

interface Message {
  serializeBinary(): Uint8Array;
}

/** As the engine asks: with bytes, for bytes. */
function ask({ service, handlers }: Served, method: keyof Handlers, message: Message) {
  const definition = service[method];
  if (definition === undefined) throw new Error(method);
  const request = definition.requestDeserialize(Buffer.from(message.serializeBinary()));
  return new Promise<string>((resolve, reject) => {
    handlers[method]({ request }, (error, answer) => {
      if (error === null || error === undefined)
        resolve(definition.responseSerialize(answer).toString("base64"));
      else reject(error instanceof Error ? error : new Error(JSON.stringify(error)));
    });
  });
}

function fill<M extends analyzer.AnalyzeRequest | analyzer.AnalyzerResource>(
  message: M,
  { type, name, urn, props, protect, parent }: Plain,
): M {
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
  return message;
}

/** All answers to one run: each resource, and the stack, of which the engine knows what nobody has seen as well. */
async function run(served: Served, resources: readonly Plain[], configured: Message) {
  const answers = [await ask(served, "configure", configured)];
  for (const resource of resources.slice(0, -1)) {
    const request = fill(new analyzer.AnalyzeRequest(), resource);
    answers.push(await ask(served, "remediate", request), await ask(served, "analyze", request));
  }
  const stack = new analyzer.AnalyzeStackRequest();
  stack.setResourcesList(
    resources.map((resource) => {
      const message = fill(new analyzer.AnalyzerResource(), resource);
      message.setParent(resource.parent ?? "");
      message.setDependenciesList([...resource.dependencies, "urn:of:another:stack"]);
      return message;
    }),
  );
  answers.push(await ask(served, "analyzeStack", stack));
  return answers;
}

function configuration(levels: Readonly<Record<string, number>>): Message {
  const request = new analyzer.ConfigureAnalyzerRequest();
  for (const [policy, level] of Object.entries(levels)) {
    const config = new analyzer.PolicyConfig();
    config.setEnforcementlevel(level);
    config.setProperties(Struct.fromJavaScript({}));
    request.getPolicyconfigMap().set(policy, config);
  }
  return request;
}

const { DISABLED, REMEDIATE } = analyzer.EnforcementLevel as unknown as Record<string, number>;

test.each([
  ["as they stand", {}],
  [
    "with levels of the user's",
    { "stateful-protected": DISABLED ?? -1, "gitlab-postgres-supported": REMEDIATE ?? -1 },
  ],
])("every answer is the SDK's own, byte by byte, with policies %s", async (_how, levels) => {
  // One breaks rules.
  const resources = planned("ops").map((one) =>
    one.type === "gcp:sql/databaseInstance:DatabaseInstance"
      ? { ...one, protect: false, props: { ...one.props, databaseVersion: "POSTGRES_14" } }
      : one,
  );
  const configured = configuration(levels);
  const own = await run(load(true), resources, configured);
  const served = load(false);
  // The pack's own way is taken: it does not as much as read what it is asked to mend.
  const asked = Buffer.from("");
  expect(served.service.remediate?.requestDeserialize(asked)).toBe(asked);
  expect(await run(served, resources, configured)).toEqual(own);
  expect(new Set(own).size).toBeGreaterThan(10);
});
