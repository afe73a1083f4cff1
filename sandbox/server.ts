/** One gRPC server for one package, on a port of 127.0.0.1 that the system chooses. */
import {
  Server,
  ServerCredentials,
  status,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { RpcError, toStatus } from "./errors";
import type { Provider } from "./provider";
import type { World } from "./world";

/** A running server. */
export interface PackageServer {
  readonly port: number;
  /** What it answers with, by method. */
  readonly methods: UntypedServiceImplementation;
  /** Ends it at once; open calls fail. */
  close(): void;
}

/** Starts a package's server. */
export async function serve(provider: Provider, world: World): Promise<PackageServer> {
  // Policies, userdata and dashboards together pass gRPC's default of 4 MB in large stacks.
  const server = new Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  const methods = implementation(provider, world);
  server.addService(ResourceProviderService, methods);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, methods, close: () => server.forceShutdown() };
}

function implementation(provider: Provider, world: World): UntypedServiceImplementation {
  const unary =
    <Request, Response>(work: (request: Request, peer: string) => Response | Promise<Response>) =>
    (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
      void Promise.resolve()
        .then(() => work(call.request, call.getPeer()))
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback(toStatus(error, (text) => world.redactor.clean(text))),
        );
    };
  const empty = () => new Empty();
  const missing = (name: string) =>
    unary(() => {
      throw new RpcError(
        status.UNIMPLEMENTED,
        `the sandbox's ${provider.model.package} provider does not implement ${name}`,
      );
    });

  return {
    handshake: unary(() => provider.handshake()),
    attach: unary(empty),
    getPluginInfo: unary(() => provider.getPluginInfo()),
    checkConfig: unary((request: rpc.CheckRequest) => provider.checkConfig(request)),
    diffConfig: unary((request: rpc.DiffRequest) => provider.diffConfig(request)),
    configure: unary((request: rpc.ConfigureRequest, peer) => provider.configure(request, peer)),
    check: unary((request: rpc.CheckRequest, peer) => provider.check(request, peer)),
    diff: unary((request: rpc.DiffRequest, peer) => provider.diff(request, peer)),
    create: unary((request: rpc.CreateRequest, peer) => provider.create(request, peer)),
    read: unary((request: rpc.ReadRequest, peer) => provider.read(request, peer)),
    update: unary((request: rpc.UpdateRequest, peer) => provider.update(request, peer)),
    delete: unary(async (request: rpc.DeleteRequest, peer) => {
      await provider.delete(request, peer);
      return new Empty();
    }),
    invoke: unary((request: rpc.InvokeRequest) => provider.invoke(request)),
    call: missing("Call"),
    construct: missing("Construct"),
    parameterize: missing("Parameterize"),
    getSchema: missing("GetSchema"),
    getMapping: missing("GetMapping"),
    getMappings: missing("GetMappings"),
    list: (call: { emit(event: "error", error: unknown): void }) =>
      call.emit("error", {
        code: status.UNIMPLEMENTED,
        details: `the sandbox's ${provider.model.package} provider does not implement List`,
      }),
    cancel: unary((_: Empty, peer) => {
      provider.cancel(peer);
      return new Empty();
    }),
  };
}
