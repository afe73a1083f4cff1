/** Errors in the form that the engine reads. */
import { Metadata, status, type StatusObject } from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { encode, type Properties } from "./values";

/** A refusal with a gRPC status. */
export class RpcError extends Error {
  constructor(
    readonly code: status,
    message: string,
    readonly metadata?: Metadata,
  ) {
    super(message);
  }
}

/** The cloud refuses: the default for everything that is wrong with a request. */
export function refused(message: string): RpcError {
  return new RpcError(status.INVALID_ARGUMENT, message);
}

/**
 * The object exists but is not ready. The engine keeps it in the state with `initErrors`, and the
 * next update repairs it (`ErrorResourceInitFailed` in
 * https://github.com/pulumi/pulumi/blob/v3.259.0/proto/pulumi/provider.proto).
 */
export function initFailed(
  id: string,
  inputs: Properties,
  outputs: Properties,
  reasons: readonly string[],
): RpcError {
  const reason = `${id} was made, but is not ready: ${reasons.join("; ")}`;
  const detail = new ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(encode(outputs));
  detail.setInputs(encode(inputs));
  detail.setReasonsList([...reasons]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const grpcStatus = new Status();
  grpcStatus.setCode(status.UNKNOWN);
  grpcStatus.setMessage(reason);
  grpcStatus.addDetails(any);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(grpcStatus.serializeBinary()));
  return new RpcError(status.UNKNOWN, reason, metadata);
}

/** Any error as a gRPC status; `clean` takes secrets out of the text. */
export function toStatus(error: unknown, clean: (text: string) => string): Partial<StatusObject> {
  if (error instanceof RpcError) {
    return { code: error.code, details: clean(error.message), metadata: error.metadata };
  }
  const text = error instanceof Error ? error.message : String(error);
  return { code: status.INTERNAL, details: clean(`sandbox: ${text}`) };
}
