/**
 * A provider's client without a connection: each call is put into bytes and read from them on both sides, as gRPC does
 * with it, and handed to the server's own method. HTTP/2 in one process is a third of what a test of the sandbox takes.
 */
import {
  type MethodDefinition,
  Metadata,
  type sendUnaryData,
  type ServerErrorResponse,
  type ServiceError,
  type StatusObject,
  status,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import {
  type ResourceProviderClient,
  ResourceProviderService,
} from "@pulumi/pulumi/proto/provider_grpc_pb";

type Method = MethodDefinition<unknown, unknown>;
type Answer = (error: ServiceError | null, response?: unknown) => void;
type Handler = (
  call: { readonly request: unknown; readonly getPeer: () => string },
  callback: sendUnaryData<unknown>,
) => void;

let connections = 0;

/** A client of these methods, a connection of its own to them. Streams are not served. */
export function direct(methods: UntypedServiceImplementation): ResourceProviderClient {
  connections += 1;
  const peer = `direct:${connections}`;
  const service = ResourceProviderService as unknown as Readonly<Record<string, Method>>;
  const calls = Object.entries(service).map(([name, definition]) => [
    name,
    (request: unknown, done: Answer): void => {
      const call = {
        request: definition.requestDeserialize(definition.requestSerialize(request)),
        getPeer: () => peer,
      };
      handlerOf(methods[name])(call, (error, response) => {
        if (error) done(serviceError(error));
        else done(null, definition.responseDeserialize(definition.responseSerialize(response)));
      });
    },
  ]);
  return {
    ...(Object.fromEntries(calls) as object),
    close: () => undefined,
  } as unknown as ResourceProviderClient;
}

function handlerOf(handler: UntypedHandleCall | undefined): Handler {
  if (handler === undefined) throw new Error("the sandbox has no such method");
  return handler as unknown as Handler;
}

/** A server's error as a client gets it. */
function serviceError(error: ServerErrorResponse | Partial<StatusObject>): ServiceError {
  const code = error.code ?? status.UNKNOWN;
  const details = error.details ?? ("message" in error ? error.message : "Unknown Error");
  const metadata = error.metadata ?? new Metadata();
  return Object.assign(new Error(`${code} ${status[code]}: ${details}`), {
    ...{ code, details, metadata },
  });
}
