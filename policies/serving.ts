/**
 * Answers the engine as `@pulumi/policy` does, with less work. For every resource the SDK goes through all policies of a
 * pack, and says and writes out of each that is about another type that it does not apply: ten thousand times in a
 * preview. That answer is the same for all resources of a type, so it is asked of the SDK once. The policies that are
 * about a type are put to each of its resources by the SDK itself, as ever.
 *
 * Held by the SDK's exact version in package.json (1.21.0): what it leaves out of its type declarations is named here.
 */
import * as grpc from "@grpc/grpc-js";
import type { Policies } from "@pulumi/policy";
import * as sdk from "@pulumi/policy/server";
import type {
  AnalyzeRequest,
  AnalyzeResponse,
  AnalyzerResource,
  AnalyzeStackRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";

type Policy = Policies[number];
type Callback<A> = (error: unknown, answer?: A) => void;
type Rpc<Q, A> = (call: { readonly request: Q }, callback: Callback<A>) => void;
type Make<Q, A> = (
  pack: string,
  version: string,
  level: string,
  policies: readonly Policy[],
) => Rpc<Q, A>;

interface Internals {
  serve: (
    pack: string,
    version: string,
    level: string,
    args: { readonly policies: readonly Policy[] },
    config: unknown,
  ) => void;
  readonly makeAnalyzeRpcFun: Make<AnalyzeRequest, AnalyzeResponse>;
}

/** The SDK's own handlers, as it hands them to its server. */
interface Handlers {
  readonly analyze: Rpc<AnalyzeRequest, AnalyzeResponse>;
  readonly analyzeStack: Rpc<AnalyzeStackRequest, AnalyzeResponse>;
  readonly remediate: Rpc<unknown, unknown>;
  readonly configure: Rpc<unknown, unknown>;
}

type Method = grpc.MethodDefinition<unknown, unknown>;

const server = sdk as unknown as Internals;

/** What the pack tells of itself. */
export interface Pack {
  /** The types that a policy about single resources looks at; undefined for one about the whole stack. */
  readonly typesOf: (policy: Policy) => ReadonlySet<string> | undefined;
  /** Hears of every resource before any policy does, of those too that none is about. */
  readonly see: (request: AnalyzeRequest) => void;
  /**
   * Hears of the whole stack before any policy does. Each policy is then told of the first resource, and of one of each
   * type, by which the SDK knows whether it applies: out of all five hundred the SDK would make objects for each policy.
   */
  readonly seeStack: (resources: readonly AnalyzerResource[]) => void;
}

function ask<Q, A>(rpc: Rpc<Q, A>, request: Q): Promise<A> {
  return new Promise((resolve, reject) => {
    rpc({ request }, (error, answer) => {
      if (error === null || error === undefined) resolve(answer as A);
      // The SDK's own error, for the engine to say as it is.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      else reject(error);
    });
  });
}

/** A handler that answers with what was written out already. */
function written<Q>(answer: (request: Q) => Promise<Uint8Array>): Rpc<Q, Uint8Array> {
  return ({ request }, callback) => {
    answer(request).then(
      (bytes) => {
        callback(null, bytes);
      },
      (error: unknown) => {
        callback(error);
      },
    );
  };
}

/** Has the next pack that is made served so. */
export function serveByType(pack: Pack): void {
  const { serve } = server;
  server.serve = (name, version, level, args, config) => {
    server.serve = serve;
    const prototype = grpc.Server.prototype;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its server
    const { addService } = prototype;
    prototype.addService = function (service, handlers) {
      const analyzeBy = (policies: readonly Policy[]): Handlers["analyze"] =>
        server.makeAnalyzeRpcFun(name, version, level, policies);
      const served = byType(
        service,
        handlers as unknown as Handlers,
        args.policies,
        analyzeBy,
        pack,
      );
      addService.call(this, served.service, served.handlers as grpc.UntypedServiceImplementation);
    };
    try {
      serve(name, version, level, args, config);
    } finally {
      prototype.addService = addService;
    }
  };
}

function byType(
  service: Record<string, Method>,
  handlers: Handlers,
  policies: readonly Policy[],
  analyzeBy: (policies: readonly Policy[]) => Handlers["analyze"],
  pack: Pack,
): { service: grpc.ServiceDefinition; handlers: object } {
  const { analyze, remediate } = service;
  if (analyze === undefined || remediate === undefined) throw new Error("no analyzer's service");

  interface Type {
    readonly analyze: Handlers["analyze"];
    /** What stands in every answer: the policies that are about other types. */
    readonly others: Promise<Uint8Array>;
  }
  const types = new Map<string, Type>();
  const typeOf = (request: AnalyzeRequest): Type => {
    const type = request.getType();
    const known = types.get(type);
    if (known !== undefined) return known;
    const isAbout = (policy: Policy): boolean => pack.typesOf(policy)?.has(type) ?? false;
    const others = ask(analyzeBy(policies.filter((policy) => !isAbout(policy))), request).then(
      (answer) => analyze.responseSerialize(answer),
    );
    // Whoever awaits it hears of it.
    others.catch(() => undefined);
    const made = { analyze: analyzeBy(policies.filter(isAbout)), others };
    types.set(type, made);
    return made;
  };

  // Policies here mend nothing, so that the answer hangs on no resource: only on what policies are configured to do.
  let mended: Promise<Uint8Array> | undefined;
  const mend = (bytes: Buffer): Promise<Uint8Array> =>
    (mended ??= ask(handlers.remediate, remediate.requestDeserialize(bytes)).then((answer) =>
      remediate.responseSerialize(answer),
    ));

  const asWritten = { responseSerialize: (bytes: unknown) => bytes as Buffer };
  return {
    service: {
      ...service,
      analyze: { ...analyze, ...asWritten },
      remediate: { ...remediate, ...asWritten, requestDeserialize: (bytes: Buffer) => bytes },
    },
    handlers: {
      ...handlers,
      analyze: written(async (request: AnalyzeRequest) => {
        pack.see(request);
        const type = typeOf(request);
        const answer = analyze.responseSerialize(await ask(type.analyze, request));
        // Two messages one after the other are one with what both say.
        // https://protobuf.dev/programming-guides/encoding/#last-one-wins
        return Buffer.concat([answer, await type.others]);
      }),
      remediate: written(mend),
      analyzeStack: ({ request }, callback) => {
        const resources = request.getResourcesList();
        pack.seeStack(resources);
        const light = { getResourcesList: () => oneOfEach(resources) } as AnalyzeStackRequest;
        handlers.analyzeStack({ request: light }, callback);
      },
      configure: (call, callback) => {
        types.clear();
        mended = undefined;
        handlers.configure(call, callback);
      },
    } satisfies Omit<Handlers, "analyze" | "remediate"> & Record<string, unknown>,
  };
}

/** The first resource of each type; the first of all stays first. */
function oneOfEach(resources: readonly AnalyzerResource[]): AnalyzerResource[] {
  const found = new Map<string, AnalyzerResource>();
  for (const one of resources) {
    const type = one.getType();
    if (!found.has(type)) found.set(type, one);
  }
  return [...found.values()];
}
