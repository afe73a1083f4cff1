/** The engine's side of the provider protocol, for tests that need no engine. */
import { credentials, type ServiceError, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  type CheckResponse,
  type ConfigureResponse,
  type CreateResponse,
  type ReadResponse,
  type UpdateResponse,
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  ErrorResourceInitFailed,
  type DiffResponse,
  type PropertyDiff,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { PackageModel } from "../../../../sandbox/model";
import { Sandbox } from "../../../../sandbox/sandbox";
import { direct } from "./direct";
import type { SandboxOptions } from "../../../../sandbox/world";

/** Properties as they stand on the wire. */
export type Wire = Record<string, JavaScriptValue>;

/** The wire form of an unknown text. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Wraps a secret as the engine does. */
export function secret(value: JavaScriptValue): JavaScriptValue {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

/** What Check answered. */
export interface Checked {
  readonly inputs: Wire;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

/** What Diff answered, in words. */
export interface Diffed {
  readonly changes: "none" | "some" | "unknown";
  readonly detailed: Readonly<Record<string, string>>;
  readonly hasDetailed: boolean;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** An object as the engine knows it. */
export interface Known {
  readonly urn: string;
  readonly id: string;
  readonly inputs: Wire;
  readonly outputs: Wire;
}

/** A URN of a type in a made-up stack. */
export function urnOf(type: string, name: string): string {
  return `urn:pulumi:test::sandbox::${type}::${name}`;
}

type Done<Response> = (error: ServiceError | null, response: Response) => void;

/** One connection to one provider: one provider instance. */
export class Connection {
  private constructor(readonly client: ResourceProviderClient) {}

  /** Connects without a connection: what is said passes as bytes, and nothing of HTTP is in between. */
  static within(methods: UntypedServiceImplementation): Connection {
    return new Connection(direct(methods));
  }

  /** Connects without configuring. */
  static open(port: number): Connection {
    return new Connection(
      new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
        // Connections to one address share a channel otherwise, and with it the instance.
        "grpc.use_local_subchannel_pool": 1,
      }),
    );
  }

  /** Makes a call: `call<Answer>((done) => client.method(request, done))`. */
  call<Response>(start: (done: Done<Response>) => unknown): Promise<Response> {
    return new Promise((resolve, reject) => {
      start((error, response) => (error ? reject(error) : resolve(response)));
    });
  }

  async configure(args: Wire, name = "main"): Promise<void> {
    const request = new ConfigureRequest();
    request.setUrn(urnOf("pulumi:providers:test", name));
    request.setArgs(Struct.fromJavaScript(args));
    request.setAcceptsecrets(true);
    await this.call<ConfigureResponse>((done) => this.client.configure(request, done));
  }

  async check(urn: string, news: Wire, olds: Wire = {}, seed = "seed"): Promise<Checked> {
    const request = checkRequest(urn, news, olds, seed);
    const response = await this.call<CheckResponse>((done) => this.client.check(request, done));
    return {
      inputs: wire(response.getInputs()),
      failures: response
        .getFailuresList()
        .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
    };
  }

  async diff(known: Known, news: Wire, ignoreChanges: string[] = []): Promise<Diffed> {
    const request = new DiffRequest();
    request.setUrn(known.urn);
    request.setId(known.id);
    request.setOlds(Struct.fromJavaScript(known.outputs));
    request.setOldInputs(Struct.fromJavaScript(known.inputs));
    request.setNews(Struct.fromJavaScript(news));
    request.setIgnorechangesList(ignoreChanges);
    return diffed(await this.call<DiffResponse>((done) => this.client.diff(request, done)));
  }

  async create(urn: string, inputs: Wire, preview = false): Promise<Known> {
    const request = new CreateRequest();
    request.setUrn(urn);
    request.setProperties(Struct.fromJavaScript(inputs));
    request.setPreview(preview);
    const response = await this.call<CreateResponse>((done) => this.client.create(request, done));
    return { urn, id: response.getId(), inputs, outputs: wire(response.getProperties()) };
  }

  async update(known: Known, inputs: Wire, preview = false): Promise<Known> {
    const request = new UpdateRequest();
    request.setUrn(known.urn);
    request.setId(known.id);
    request.setOlds(Struct.fromJavaScript(known.outputs));
    request.setOldInputs(Struct.fromJavaScript(known.inputs));
    request.setNews(Struct.fromJavaScript(inputs));
    request.setPreview(preview);
    const response = await this.call<UpdateResponse>((done) => this.client.update(request, done));
    return { ...known, inputs, outputs: wire(response.getProperties()) };
  }

  /** Undefined where the object is gone. */
  async read(known: Known): Promise<Known | undefined> {
    const request = new ReadRequest();
    request.setUrn(known.urn);
    request.setId(known.id);
    request.setProperties(Struct.fromJavaScript(known.outputs));
    request.setInputs(Struct.fromJavaScript(known.inputs));
    const response = await this.call<ReadResponse>((done) => this.client.read(request, done)).catch(
      (error: unknown) => {
        const unready = unreadyOf(error);
        if (unready === undefined) throw error;
        return unready;
      },
    );
    if (response.getId() === "") return undefined;
    const [inputs, outputs] = [wire(response.getInputs()), wire(response.getProperties())];
    return { urn: known.urn, id: response.getId(), inputs, outputs };
  }

  async delete(known: Known): Promise<void> {
    const request = new DeleteRequest();
    request.setUrn(known.urn);
    request.setId(known.id);
    request.setProperties(Struct.fromJavaScript(known.outputs));
    request.setOldInputs(Struct.fromJavaScript(known.inputs));
    await this.call<Empty>((done) => this.client.delete(request, done));
  }

  async cancel(): Promise<void> {
    await this.call<Empty>((done) => this.client.cancel(new Empty(), done));
  }

  /** Check, then Create; throws where Check finds fault. */
  async make(urn: string, news: Wire): Promise<Known> {
    const { inputs, failures } = await this.check(urn, news);
    if (failures.length > 0) {
      throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    }
    return this.create(urn, inputs);
  }

  close(): void {
    this.client.close();
  }
}

/** What an error says of an object that exists and is not ready; undefined for any other error. */
export function unreadyOf(error: unknown): ErrorResourceInitFailed | undefined {
  const { metadata } = error as Partial<ServiceError>;
  const [details] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(details instanceof Buffer)) return undefined;
  return Status.deserializeBinary(details)
    .getDetailsList()
    .map((any) =>
      any.unpack(
        (bytes) => ErrorResourceInitFailed.deserializeBinary(bytes),
        "pulumirpc.ErrorResourceInitFailed",
      ),
    )
    .find((detail) => detail !== null);
}

/** A request as the engine makes it. */
export function checkRequest(urn: string, news: Wire, olds: Wire, seed: string): CheckRequest {
  const request = new CheckRequest();
  request.setUrn(urn);
  request.setNews(Struct.fromJavaScript(news));
  request.setOlds(Struct.fromJavaScript(olds));
  request.setRandomseed(Buffer.from(seed));
  return request;
}

/** Diff's answer in words: `add`, `update-replace` … by property path. */
export function diffed(response: DiffResponse): Diffed {
  const kinds = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];
  const detailed: Record<string, string> = {};
  response.getDetaileddiffMap().forEach((entry: PropertyDiff, path: string) => {
    detailed[path] = kinds[entry.getKind()] ?? "";
  });
  return {
    changes: (["unknown", "none", "some"] as const)[response.getChanges()],
    detailed,
    hasDetailed: response.getHasdetaileddiff(),
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
  };
}

function wire(struct: Struct | undefined): Wire {
  return struct === undefined ? {} : struct.toJavaScript();
}

/** A sandbox with one configured connection to each package. */
export class Bench {
  private readonly connections: Connection[] = [];

  private constructor(readonly sandbox: Sandbox) {}

  static async start(
    packages: readonly PackageModel[],
    options: SandboxOptions = {},
  ): Promise<Bench> {
    return new Bench(await Sandbox.start(packages, options));
  }

  /** A connection of its own, configured with `args` unless they are left out. */
  connect(name: string, args?: Wire): Promise<Connection> {
    return this.configured(Connection.within(this.sandbox.server(name).methods), args);
  }

  /** The same over gRPC, as the engine connects: a third slower, for tests of how the sandbox serves. */
  dial(name: string, args?: Wire): Promise<Connection> {
    return this.configured(Connection.open(this.sandbox.server(name).port), args);
  }

  private async configured(connection: Connection, args: Wire | undefined): Promise<Connection> {
    this.connections.push(connection);
    if (args !== undefined) await connection.configure(args);
    return connection;
  }

  stop(): void {
    for (const connection of this.connections) connection.close();
    this.sandbox.stop();
  }
}
