/**
 * The ear for the engine's events: with `--event-log tcp://…` it sends them here while it runs, so that they stand in no
 * file. What the Automation API does as well.
 *
 * Source of the service: pulumi/pulumi proto/pulumi/events.proto.
 */
import * as grpc from "@grpc/grpc-js";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import * as events from "@pulumi/pulumi/proto/events_grpc_pb";
import type { EventRequest } from "@pulumi/pulumi/proto/events_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** The service's definition and what answers it, to be added to a server. */
export function eventService(
  onEvent: (event: EngineEvent) => void,
): [grpc.ServiceDefinition, grpc.UntypedServiceImplementation] {
  const streamEvents: grpc.handleClientStreamingCall<EventRequest, Empty> = (call, callback) => {
    call.on("data", (request: EventRequest) => {
      onEvent(JSON.parse(request.getEvent()) as EngineEvent);
    });
    call.on("end", () => {
      callback(null, new Empty());
    });
    call.on("error", () => undefined);
  };
  return [events.EventsService, { streamEvents }];
}

/** Starts a server at a free port of the loopback interface; answers `127.0.0.1:port`. */
export async function bindLoopback(server: grpc.Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return `127.0.0.1:${port}`;
}

/** A server that hears the events of one engine call, and does nothing else. */
export class EventServer {
  private constructor(
    private readonly server: grpc.Server,
    /** What `--event-log` takes. */
    readonly log: string,
  ) {}

  static async start(onEvent: (event: EngineEvent) => void): Promise<EventServer> {
    const server = new grpc.Server({ "grpc.max_receive_message_length": messageLimit });
    server.addService(...eventService(onEvent));
    return new EventServer(server, `tcp://${await bindLoopback(server)}`);
  }

  stop(): void {
    this.server.forceShutdown();
  }
}

/** The SDK's own limit in bytes: a large stack's state passes through in one message. */
export const messageLimit = 400 * 1024 * 1024;
