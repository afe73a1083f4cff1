/**
 * The engine's language host and the ear for its events, both in the driver: with `--client` the
 * engine asks this server to run the program, instead of a `pulumi-language-nodejs` that only the
 * official download brings; with `--event-log tcp://…` it sends its events here.
 *
 * Source of the service: pulumi/pulumi proto/pulumi/language.proto; what the
 * official host does in Run: sdk/nodejs/cmd/pulumi-language-nodejs/main.go.
 */
import * as grpc from "@grpc/grpc-js";
import * as language from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  type RunRequest,
  RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { describeExit, type Exit } from "./child";
import { bindLoopback, type EventListener, eventService, messageLimit } from "./event-server";
import { alreadyReported, type RunOrder } from "./stack-protocol";

/** What the host calls. */
export interface LanguageHostOptions {
  readonly project: string;
  /** Runs the program and resolves when it has ended. */
  readonly run: (order: RunOrder) => Promise<Exit>;
  /** The engine wants the program ended. */
  readonly cancel: () => void;
  readonly onEvent: EventListener;
}

type Unary<Q, A> = grpc.handleUnaryCall<Q, A>;

/** A server for one engine call. */
export class LanguageHost {
  private constructor(
    private readonly server: grpc.Server,
    /** `127.0.0.1:port`. */
    readonly address: string,
  ) {}

  /** Binds a free port of the loopback interface. */
  static async start(options: LanguageHostOptions): Promise<LanguageHost> {
    const server = new grpc.Server({ "grpc.max_receive_message_length": messageLimit });
    server.addService(language.LanguageRuntimeService, languageRuntime(options));
    server.addService(...eventService(options.onEvent));
    return new LanguageHost(server, await bindLoopback(server));
  }

  stop(): void {
    this.server.forceShutdown();
  }
}

function languageRuntime(options: LanguageHostOptions): grpc.UntypedServiceImplementation {
  const run: Unary<RunRequest, RunResponse> = ({ request }, callback) => {
    const response = new RunResponse();
    options.run(orderFrom(request, options.project)).then(
      (exit) => {
        if (exit.code === alreadyReported) response.setBail(true);
        else if (exit.code !== 0) response.setError(`the program ended with ${describeExit(exit)}`);
        callback(null, response);
      },
      (error: unknown) => {
        response.setError(error instanceof Error ? error.message : String(error));
        callback(null, response);
      },
    );
  };
  const getPluginInfo: Unary<unknown, PluginInfo> = (_call, callback) => {
    const info = new PluginInfo();
    info.setVersion("1.0.0");
    callback(null, info);
  };
  const cancel: Unary<unknown, Empty> = (_call, callback) => {
    options.cancel();
    callback(null, new Empty());
  };
  // No plugin is ever to be fetched: what the sandbox does not serve must fail by name.
  const getRequiredPackages: Unary<unknown, GetRequiredPackagesResponse> = (_call, callback) => {
    callback(null, new GetRequiredPackagesResponse());
  };
  const getRequiredPlugins: Unary<unknown, GetRequiredPluginsResponse> = (_call, callback) => {
    callback(null, new GetRequiredPluginsResponse());
  };
  return { run, getPluginInfo, cancel, getRequiredPackages, getRequiredPlugins };
}

function orderFrom(request: RunRequest, project: string): RunOrder {
  const info = request.getInfo();
  return {
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    monitor: request.getMonitorAddress(),
    // The official host passes on the engine address that it was started with, as first argument.
    engine: request.getArgsList()[0] ?? "",
    rootDirectory: project,
    programDirectory: project,
    program: info?.getEntryPoint() ?? ".",
    dryRun: request.getDryrun(),
    parallel: request.getParallel(),
    config: Object.fromEntries(request.getConfigMap().toObject(false)),
    secretKeys: request.getConfigsecretkeysList(),
  };
}
