/**
 * The ear for the engine's events: with `--event-log tcp://…` it sends them here while it runs, so that they stand in no
 * file. What the Automation API does as well.
 *
 * Source of the service: pulumi/pulumi proto/pulumi/events.proto.
 */
import * as grpc from "@grpc/grpc-js";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import * as events from "@pulumi/pulumi/proto/events_grpc_pb";
import { BinaryReader } from "google-protobuf";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** Gets an event, and the JSON that it came as. */
export type EventListener = (event: EngineEvent, text: string) => void;

/** The field `event` of an EventRequest. */
const eventField = 1;

/**
 * The JSON of an EventRequest. The SDK's own message decodes texts in JavaScript, character by character; a rehearsal's
 * events are a hundred megabytes.
 */
export function eventText(request: Buffer): string {
  const reader = new BinaryReader(request);
  while (reader.nextField()) {
    if (reader.getFieldNumber() === eventField && !reader.isEndGroup()) {
      const bytes = reader.readBytes();
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
    }
    reader.skipField();
  }
  return "";
}

const definition = {
  streamEvents: {
    ...events.EventsService.streamEvents,
    requestDeserialize: (bytes: Buffer): Buffer => bytes,
  },
};

/** The service's definition and what answers it, to be added to a server. */
export function eventService(
  onEvent: EventListener,
): [grpc.ServiceDefinition, grpc.UntypedServiceImplementation] {
  const streamEvents: grpc.handleClientStreamingCall<Buffer, Empty> = (call, callback) => {
    call.on("data", (request: Buffer) => {
      const text = eventText(request);
      onEvent(JSON.parse(text) as EngineEvent, text);
    });
    call.on("end", () => {
      callback(null, new Empty());
    });
    call.on("error", () => undefined);
  };
  return [definition, { streamEvents }];
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

  static async start(onEvent: EventListener): Promise<EventServer> {
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
