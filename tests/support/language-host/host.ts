/**
 * A language host for Node, for engines that come without one (a build has none beside it): enough
 * of `pulumi-language-nodejs` to run a program and its policies under the plain command line, in the way the official
 * host does (pulumi/pulumi, sdk/nodejs/cmd/pulumi-language-nodejs/main.go, `execRuntime` and
 * `constructArguments`): the same entry point, arguments, environment and Node flags.
 *
 * The engine starts it in the program's folder, with its own address as the last argument, and
 * reads the port from the first line of standard output.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as language from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  RunPluginResponse,
  RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import type { RunPluginRequest, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { version } from "@pulumi/pulumi/version";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { z } from "zod";

/** The exit code by which cmd/run says that the user has been told what is wrong. */
const TOLD_THE_USER = 32;
/** How long an interrupted program has before it is killed (`WaitDelay` of the official host). */
const KILL_AFTER_MS = 5_000;

/** The runtime options of Pulumi.yaml that this host knows; any other is an error, never ignored. */
const optionsSchema = z.strictObject({
  typescript: z.boolean().default(true),
  nodeargs: z.string().default(""),
});

const running = new Set<ChildProcess>();

/** What the official host passes to `@pulumi/pulumi/cmd/run`, in its order. */
function runArguments(request: RunRequest, engine: string): string[] {
  const info = request.getInfo();
  const named: readonly (readonly [string, string])[] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engine],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info?.getRootDirectory() ?? ""],
    ["stack", request.getStack()],
    ["pwd", info?.getProgramDirectory() ?? ""],
  ];
  return [
    ...named.filter(([, value]) => value !== "").flatMap(([name, value]) => [`--${name}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    "--parallel",
    String(request.getParallel()),
    info?.getEntryPoint() ?? ".",
    ...request.getArgsList(),
  ];
}

/** The official host hands the settings on with `:config:` in the middle of their keys. */
function runConfig(request: RunRequest): string {
  const entries = Object.entries(Object.fromEntries(request.getConfigMap().toObject(false)));
  return JSON.stringify(
    Object.fromEntries(
      entries.map(([key, value]) => {
        const [namespace = "", ...name] = key.split(":");
        return [`${namespace}:config:${name.join(":")}`, value];
      }),
    ),
  );
}

/** Runs the program to its end. Its output is the host's, which the engine shows. */
function run(request: RunRequest, engine: string): Promise<RunResponse> {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() ?? process.cwd();
  const options = optionsSchema.parse(info?.getOptions()?.toJavaScript() ?? {});
  // Quoting is not needed for the flags of this project, and is refused rather than misread.
  if (/["'\\]/.test(options.nodeargs)) throw new Error("nodeargs with quotes are not supported");
  const main = createRequire(path.join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  const child = spawn(
    process.execPath,
    [...options.nodeargs.split(/\s+/).filter(Boolean), main, ...runArguments(request, engine)],
    {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        PULUMI_CONFIG: runConfig(request),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      },
    },
  );
  running.add(child);
  return new Promise((resolve) => {
    const answer = (error: string, bail = false): void => {
      running.delete(child);
      const response = new RunResponse();
      response.setError(error);
      response.setBail(bail);
      resolve(response);
    };
    child.on("error", (error) => answer(`Problem executing program: ${error.message}`));
    child.on("exit", (code, signal) => {
      if (code === 0) answer("");
      else if (code === TOLD_THE_USER) answer("", true);
      else answer(`Program exited with non-zero exit code: ${code ?? signal}`);
    });
  });
}

/**
 * Runs a policy pack to its end, as the official host does (`RunPlugin`): in the pack's folder, with the engine's
 * environment, its output handed on. Node packages of this project have no other plugins.
 */
function runPolicyPack(call: grpc.ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const { request } = call;
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() ?? "";
  if (request.getKind() !== "analyzer") {
    call.destroy(new Error(`plugins of the kind ${request.getKind()} are not supported`));
    return;
  }
  const options = optionsSchema.parse(info?.getOptions()?.toJavaScript() ?? {});
  const main = createRequire(path.join(folder, "index.js")).resolve(
    "@pulumi/pulumi/cmd/run-policy-pack",
  );
  const environment = request.getEnvList().map((entry) => {
    const at = entry.indexOf("=", 1);
    return [entry.slice(0, at), entry.slice(at + 1)] as const;
  });
  const child = spawn(process.execPath, [main, ...request.getArgsList(), folder], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...Object.fromEntries(environment),
      ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    },
  });
  running.add(child);
  child.stdout.on("data", (bytes: Buffer) => {
    call.write(new RunPluginResponse().setStdout(bytes));
  });
  child.stderr.on("data", (bytes: Buffer) => {
    call.write(new RunPluginResponse().setStderr(bytes));
  });
  child.on("error", (error) => call.destroy(error));
  child.on("close", (code) => {
    running.delete(child);
    call.write(new RunPluginResponse().setExitcode(code ?? 1));
    call.end();
  });
  // The engine ends a pack by ending the call.
  call.on("cancelled", () => child.kill());
}

function cancel(): void {
  for (const child of running) {
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS).unref();
  }
}

type Unary<Q, A> = grpc.handleUnaryCall<Q, A>;

function service(engine: string): grpc.UntypedServiceImplementation {
  const runCall: Unary<RunRequest, RunResponse> = ({ request }, callback) => {
    Promise.resolve()
      .then(() => run(request, engine))
      .then(
        (response) => callback(null, response),
        (error: unknown) =>
          callback({
            code: grpc.status.UNKNOWN,
            details: error instanceof Error ? error.message : String(error),
          }),
      );
  };
  const getPluginInfo: Unary<Empty, PluginInfo> = (_call, callback) => {
    const info = new PluginInfo();
    info.setVersion(version);
    callback(null, info);
  };
  const cancelCall: Unary<Empty, Empty> = (_call, callback) => {
    cancel();
    callback(null, new Empty());
  };
  // The official host lists the packages of node_modules here, and the engine gets their plugins:
  // in a test the sandbox is all there is, and what it does not serve must fail by name.
  const getRequiredPackages: Unary<unknown, GetRequiredPackagesResponse> = (_call, callback) => {
    callback(null, new GetRequiredPackagesResponse());
  };
  const getRequiredPlugins: Unary<unknown, GetRequiredPluginsResponse> = (_call, callback) => {
    callback(null, new GetRequiredPluginsResponse());
  };
  return {
    run: runCall,
    runPlugin: runPolicyPack,
    getPluginInfo,
    cancel: cancelCall,
    getRequiredPackages,
    getRequiredPlugins,
  };
}

function main(): void {
  const engine = process.argv.at(-1) ?? "";
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(language.LanguageRuntimeService, service(engine));
  // The engine sends SIGINT and waits five seconds for it to be heeded, at the end of each call.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      cancel();
      server.forceShutdown();
      process.exit(0);
    });
  }
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.stdout.write(`${port}\n`);
  });
}

main();
