import { join } from "node:path";
import { fork, type ChildProcess } from "node:child_process";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  type CheckResponse,
  type DiffResponse,
  type ProviderHandshakeResponse,
  CallRequest,
  ConstructRequest,
  DiffRequest,
  ErrorResourceInitFailed,
  GetMappingRequest,
  GetSchemaRequest,
  InvokeRequest,
  ListRequest,
  ParameterizeRequest,
  ProviderHandshakeRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { PluginAttach, type PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { ServiceError } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
  Bench,
  checkRequest,
  diffed,
  secret,
  urnOf,
  type Connection,
  type Known,
  type Wire,
} from "./support/client";
import { HOST, NETWORK, fixture } from "./support/fixture";
import { typescript } from "../../support/typescript";

let bench: Bench;
let provider: Connection;
let network: Known;

beforeEach(async () => {
  bench = await Bench.start([fixture]);
  provider = await bench.dial("test", { region: "eu-west-1" });
  network = await provider.make(urnOf(NETWORK, "net"), { cidr: "10.0.0.0/16" });
});
afterEach(() => bench.stop());

const hostInputs = async (news: Wire = {}) =>
  (await provider.check(urnOf(HOST, "web"), { networkId: network.id, ...news })).inputs;
const failure = async (call: Promise<unknown>): Promise<ServiceError> => {
  try {
    await call;
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error("it did not fail");
};

describe("the provider itself", () => {
  test("it has the SDK's version and takes secrets, and no resources or outputs", async () => {
    const { client } = provider;
    const info = await provider.call<PluginInfo>((done) => client.getPluginInfo(new Empty(), done));
    expect(info.getVersion()).toBe("1.2.3");
    await provider.call<Empty>((done) => client.attach(new PluginAttach(), done));
    const hands = await provider.call<ProviderHandshakeResponse>((done) =>
      client.handshake(new ProviderHandshakeRequest(), done),
    );
    expect(hands.toObject()).toMatchObject({
      acceptSecrets: true,
      acceptResources: false,
      acceptOutputs: false,
      supportsAutonamingConfiguration: true,
    });
  });

  test("every RPC of the protocol is answered, those without meaning here by an error that names them", async () => {
    const { client } = provider;
    const invoke = new InvokeRequest();
    invoke.setTok("test:net/getNetwork:getNetwork");
    const calls: Record<string, Promise<unknown>> = {
      getNetwork: provider.call<unknown>((done) => client.invoke(invoke, done)),
      Call: provider.call<unknown>((done) => client.call(new CallRequest(), done)),
      Construct: provider.call<unknown>((done) => client.construct(new ConstructRequest(), done)),
      Parameterize: provider.call<unknown>((done) =>
        client.parameterize(new ParameterizeRequest(), done),
      ),
      GetSchema: provider.call<unknown>((done) => client.getSchema(new GetSchemaRequest(), done)),
      GetMapping: provider.call<unknown>((done) =>
        client.getMapping(new GetMappingRequest(), done),
      ),
      List: new Promise((resolve, reject) => {
        client.list(new ListRequest()).on("error", reject).on("end", resolve);
      }),
    };
    for (const [name, call] of Object.entries(calls)) {
      expect(await failure(call)).toMatchObject({
        code: 12,
        details: expect.stringContaining(name) as string,
      });
    }
    expect(Object.keys(ResourceProviderService)).toHaveLength(21);
  });

  test("CheckConfig finds unknown keys, wrong types and what is missing, all at once", async () => {
    const { client } = provider;
    const request = checkRequest(
      urnOf("pulumi:providers:test", "p"),
      { regoin: "x", allowedAccountIds: '["12"]', version: "1.2.3" },
      {},
      "",
    );
    const response = await provider.call<CheckResponse>((done) =>
      client.checkConfig(request, done),
    );
    expect(
      response
        .getFailuresList()
        .map((item) => item.getProperty())
        .sort(),
    ).toEqual(["allowedAccountIds[0]", "region", "regoin"]);
  });

  test("DiffConfig replaces for what the model says, and for nothing that is unknown yet", async () => {
    const { client } = provider;
    const diffConfig = async (olds: Wire, news: Wire) => {
      const request = new DiffRequest();
      request.setOldInputs(Struct.fromJavaScript(olds));
      request.setNews(Struct.fromJavaScript(news));
      return diffed(await provider.call<DiffResponse>((done) => client.diffConfig(request, done)));
    };
    const old = { region: "a", defaultTags: '{"tags":{"x":"1"}}' };
    expect((await diffConfig(old, { ...old, defaultTags: '{ "tags": {"x": "1"} }' })).changes).toBe(
      "none",
    );
    expect(await diffConfig(old, { ...old, region: "b" })).toMatchObject({
      detailed: { region: "update-replace" },
      replaces: ["region"],
    });
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect((await diffConfig(old, { ...old, region: unknown })).replaces).toEqual([]);
  });

  test("a connection that is not configured can do nothing", async () => {
    const bare = await bench.dial("test");
    await expect(bare.check(urnOf(NETWORK, "n"), {})).rejects.toThrow(/not configured/);
  });

  test("an account that is not allowed is refused at Configure", async () => {
    const args = {
      region: "eu-west-1",
      allowedAccountIds: '["111111111111"]',
      assumeRoles: '[{"roleArn":"arn:aws:iam::222222222222:role/r"}]',
    };
    await expect(bench.dial("test", args)).rejects.toThrow(/account ID not allowed: 222222222222/);
  });
});

describe("secrets", () => {
  test("no secret stands in the ledger or in an error", async () => {
    const hidden = "correct-horse-battery";
    await provider.create(
      urnOf(HOST, "web"),
      await hostInputs({ password: secret(hidden), steps: [secret("s3cr3t")] }),
    );
    const calls = failure(provider.make(urnOf(HOST, "w2"), { networkId: hidden }));
    expect((await calls).details).toContain('"[secret]"');
    const dump = JSON.stringify([bench.sandbox.objects({}), bench.sandbox.calls({ since: 0 })]);
    expect(dump).not.toContain(hidden);
    expect(dump).not.toContain("s3cr3t");
    expect(dump).toContain("[secret]");
  });

  test("a secret in the provider's default tags is secret in every object's tags", async () => {
    const tagged = await bench.dial("test", {
      region: "eu-west-1",
      defaultTags: secret('{"tags":{"key":"hidden-value"}}'),
    });
    const made = await tagged.make(urnOf(NETWORK, "n2"), { cidr: "10.0.0.0/16" });
    expect(made.outputs["tagsAll"]).toEqual(secret({ key: "hidden-value" }));
  });
});

describe("faults", () => {
  test("an error strikes before anything happened, as often as ordered", async () => {
    bench.sandbox.fault({
      rpc: "Create",
      urn: "::web$",
      kind: "error",
      message: "Throttling",
      times: 2,
    });
    const inputs = await hostInputs();
    await expect(provider.create(urnOf(HOST, "web"), inputs)).rejects.toThrow("Throttling");
    await expect(provider.create(urnOf(HOST, "web"), inputs)).rejects.toThrow("Throttling");
    expect(bench.sandbox.objects({ type: HOST })).toEqual([]);
    await provider.create(urnOf(HOST, "web"), inputs);
  });

  test("faults that were cleared strike nobody", async () => {
    bench.sandbox.fault({ rpc: "Create", urn: "", kind: "error" });
    bench.sandbox.clearFaults();
    await provider.create(urnOf(HOST, "web"), await hostInputs());
  });

  test("a lost answer leaves the object behind", async () => {
    bench.sandbox.fault({ rpc: "Create", urn: "web", kind: "lost" });
    const error = await failure(provider.create(urnOf(HOST, "web"), await hostInputs()));
    expect(error.code).toBe(14);
    expect(bench.sandbox.objects({ type: HOST })).toHaveLength(1);
  });

  test("an object that is not ready is an error with its id, inputs and outputs", async () => {
    bench.sandbox.fault({ rpc: "Create", urn: "web", kind: "init", message: "0 of 2 ready" });
    const error = await failure(provider.create(urnOf(HOST, "web"), await hostInputs()));
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    const detail = Status.deserializeBinary(bytes as Buffer).getDetailsList()[0];
    expect(detail?.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
    const init = ErrorResourceInitFailed.deserializeBinary(
      detail?.getValue_asU8() ?? new Uint8Array(),
    );
    expect(init.getId()).toBe(bench.sandbox.objects({ type: HOST })[0]?.id);
    expect(init.getReasonsList()).toEqual(["0 of 2 ready"]);
    expect(init.getProperties()?.toJavaScript()).toMatchObject({ size: 2 });
  });

  test("a call that hangs ends with Cancel, on its own connection only", async () => {
    const other = await bench.dial("test", { region: "eu-west-1" });
    bench.sandbox.fault({ rpc: "Create", urn: "web", kind: "hang" });
    const call = failure(provider.create(urnOf(HOST, "web"), await hostInputs()));
    await other.cancel();
    const early = await Promise.race([
      call,
      new Promise((resolve) => setTimeout(resolve, 100, "open")),
    ]);
    expect(early).toBe("open");
    await provider.cancel();
    expect((await call).code).toBe(1);
    expect(bench.sandbox.objects({ type: HOST })).toEqual([]);
  });

  test("a delayed call is answered later", async () => {
    bench.sandbox.fault({ rpc: "Read", urn: "net", kind: "delay", delayMs: 150 });
    const start = Date.now();
    await provider.read(network);
    expect(Date.now() - start).toBeGreaterThanOrEqual(140);
  });

  test("a fault strikes no call of another kind or URN", async () => {
    bench.sandbox.fault({ rpc: "Delete", urn: "web", kind: "error" });
    await provider.create(urnOf(HOST, "web"), await hostInputs());
  });
});

test("latency makes what is slow on the real cloud slow here, to scale", async () => {
  bench.sandbox.latency({ scale: 50 });
  const inputs = await hostInputs();
  const start = Date.now();
  await provider.create(urnOf(HOST, "web"), inputs, true);
  expect(Date.now() - start).toBeLessThan(150);
  await provider.create(urnOf(HOST, "web"), inputs);
  expect(Date.now() - start).toBeGreaterThanOrEqual(190);
});

test("the ledger holds every call in order, with previews and errors", async () => {
  const inputs = await hostInputs();
  const since = bench.sandbox.calls({ since: 0 }).length;
  await provider.create(urnOf(HOST, "web"), inputs, true);
  await failure(provider.create(urnOf(HOST, "web"), { ...inputs, networkId: "net-0" }));
  await provider.create(urnOf(HOST, "web"), inputs);
  const calls = bench.sandbox.calls({ since });
  expect(calls.map(({ sequence, rpc, preview }) => ({ sequence, rpc, preview }))).toEqual([
    { sequence: since + 1, rpc: "Create", preview: true },
    { sequence: since + 2, rpc: "Create", preview: false },
    { sequence: since + 3, rpc: "Create", preview: false },
  ]);
  expect(calls[1]?.error).toMatch(/there is no test:net\/network:Network/);
  expect(calls[0]).toMatchObject({ package: "test", type: HOST, urn: urnOf(HOST, "web") });
  expect(bench.sandbox.calls({ since, mutating: true })).toHaveLength(2);
});

describe("drift", () => {
  const drift = { id: "net-0", type: NETWORK };

  test("an object, property or value that no cloud has is refused", () => {
    const at = { id: network.id, type: NETWORK };
    expect(() => bench.sandbox.drift({ kind: "delete", ...drift })).toThrow(
      /no test:net\/network:Network has the id/,
    );
    expect(() => bench.sandbox.drift({ kind: "set", ...at, property: "zoen", value: "x" })).toThrow(
      /did you mean "zone"/,
    );
    expect(() => bench.sandbox.drift({ kind: "set", ...at, property: "zone", value: "x" })).toThrow(
      /must be one of/,
    );
    expect(() => bench.sandbox.drift({ kind: "output", ...at, property: "dns", value: 1 })).toThrow(
      /no output dns/,
    );
  });

  test("a tag set by hand stands in the tags and in the merged ones", () => {
    const after = bench.sandbox.drift({
      kind: "tag",
      id: network.id,
      type: NETWORK,
      key: "k",
      value: "v",
    });
    expect(after?.outputs).toMatchObject({ tags: { k: "v" }, tagsAll: { k: "v" } });
  });
});

describe("the process", () => {
  const start = (...args: string[]): ChildProcess =>
    fork(join(__dirname, "../../../sandbox/main.ts"), args, {
      execArgv: [...typescript],
      cwd: join(__dirname, "../../.."),
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
  const ask = (child: ChildProcess, method: string, params: unknown = {}) =>
    new Promise<{ result?: unknown; error?: string }>((resolve) => {
      child.once("message", (message) => resolve(message as { result?: unknown; error?: string }));
      child.send({ id: 1, method, params });
    });
  const exit = (child: ChildProcess) => new Promise((resolve) => child.once("exit", resolve));

  test("it answers the control channel, says what it does not know, and stops when told", async () => {
    const child = start();
    expect(await ask(child, "ports")).toMatchObject({
      result: { aws: expect.any(Number) as number },
    });
    expect(await ask(child, "objects")).toMatchObject({ result: [] });
    expect(await ask(child, "clearFaults")).toMatchObject({ result: null });
    expect((await ask(child, "explode")).error).toBe("the sandbox has no method explode");
    const gone = exit(child);
    await ask(child, "stop");
    expect(await gone).toBe(0);
  });

  test("it ends when its parent's channel closes, and ignores Ctrl-C until then", async () => {
    const child = start();
    await ask(child, "ports");
    child.kill("SIGINT");
    expect(await ask(child, "leftOver")).toMatchObject({ result: [] });
    const gone = exit(child);
    child.disconnect();
    expect(await gone).toBe(0);
  });
});
