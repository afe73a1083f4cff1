/** The provider of one package: every RPC of Pulumi's provider protocol. See CONTRACT.md. */
import { status } from "@grpc/grpc-js";
import type * as rpc from "@pulumi/pulumi/proto/provider_pb";
import {
  CheckFailure,
  CheckRequest,
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  PropertyDiff,
  ProviderHandshakeResponse,
  ReadResponse,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Cloud } from "./cloud";
import { holds } from "./conditions";
import type { Fault, LedgerCall } from "./control";
import { differences, type Change } from "./diff";
import { RpcError, initFailed, refused } from "./errors";
import { CREATE_FIRST, DEFAULTS, checkInputs, type Naming } from "./inputs";
import { instanceOf, type Instance } from "./instance";
import type { Condition, PackageModel, ResourceModel } from "./model";
import { didYouMean } from "./nearest";
import { checkConfig, configOf, diffConfig } from "./provider-config";
import { readInputs } from "./reading";
import { lodgingOf } from "./homes";
import { isAutonamed, withPlanned } from "./live";
import { keysOf, valueAt } from "./paths";
import { placeOf } from "./places";
import { settingOf } from "./references";
import type { Failure } from "./validate";
import { decode, encode, propertyPath, type Properties, type Step, type Values } from "./values";
import type { World } from "./world";

/** Answers the engine's calls for one package. `peer` is the connection, which stands for the instance. */
export class Provider {
  private readonly instances = new Map<string, Instance>();
  private readonly models: ReadonlyMap<string, ResourceModel>;
  private readonly cloud: Cloud;

  constructor(
    readonly model: PackageModel,
    private readonly world: World,
  ) {
    this.models = new Map(model.resources.map((resource) => [resource.token, resource]));
    this.cloud = new Cloud(world);
  }

  getPluginInfo(): PluginInfo {
    const info = new PluginInfo();
    info.setVersion(this.model.version);
    return info;
  }

  handshake(): ProviderHandshakeResponse {
    const response = new ProviderHandshakeResponse();
    response.setAcceptSecrets(true);
    response.setAcceptResources(false);
    response.setAcceptOutputs(false);
    response.setSupportsAutonamingConfiguration(true);
    return response;
  }

  checkConfig(request: CheckRequest): CheckResponse {
    return this.recorded("CheckConfig", request.getUrn(), {}, () => {
      const news = this.decode(request.getNews());
      return checkResponse(news, checkConfig(this.model, news));
    });
  }

  diffConfig(request: rpc.DiffRequest): DiffResponse {
    const olds = this.decode(request.getOldInputs() ?? request.getOlds());
    const changes = diffConfig(this.model, olds, this.decode(request.getNews()));
    return diffResponse(changes, false, olds.value);
  }

  configure(request: rpc.ConfigureRequest, peer: string): ConfigureResponse {
    const urn = request.getUrn() ?? "";
    return this.recorded("Configure", urn, {}, () => {
      const config = configOf(this.model, this.decode(request.getArgs()));
      const failures = checkConfig(this.model, config);
      if (failures.length > 0) {
        throw refused(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
      }
      try {
        const name = urn.split("::").at(-1) ?? "";
        this.instances.set(peer, this.lodged(instanceOf(this.model, name, config)));
      } catch (error) {
        throw refused(error instanceof Error ? error.message : String(error));
      }
      const response = new ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    });
  }

  /** Objects that live in an object of another package have that for their account, whoever asks for them. */
  private lodged(instance: Instance): Instance {
    const lodging = lodgingOf(this.world.ledger, instance);
    if (lodging === undefined || "unreachable" in lodging) return instance;
    const account = "object" in lodging ? lodging.object.id : lodging.elsewhere;
    return { ...instance, account };
  }

  async check(request: CheckRequest, peer: string): Promise<CheckResponse> {
    const urn = request.getUrn();
    return this.call("Check", peer, urn, {}, (model, instance) => {
      const olds = this.decode(request.getOlds());
      const news = this.decode(request.getNews());
      const naming = namingOf(request);
      const { inputs, failures } = checkInputs(
        model,
        instance,
        olds.value,
        news,
        naming,
        this.world.ledger,
      );
      this.world.redactor.learn(inputs);
      const clean = failures.map((failure) => ({
        ...failure,
        reason: this.world.redactor.clean(failure.reason),
      }));
      return { answer: checkResponse(inputs, clean) };
    });
  }

  async diff(request: rpc.DiffRequest, peer: string): Promise<DiffResponse> {
    return this.call("Diff", peer, request.getUrn(), { id: request.getId() }, (model, instance) => {
      const olds = this.decode(request.getOlds());
      const oldInputs = request.hasOldInputs() ? this.decode(request.getOldInputs()) : olds;
      const news = this.decode(request.getNews());
      const changes = differences({
        model,
        instance,
        oldInputs: oldInputs.value,
        oldOutputs: olds.value,
        news: news.value,
        ignoreChanges: request.getIgnorechangesList(),
        holds: compared(model, instance, news.value, olds.value),
      });
      const replaces = changes.some((change) => change.replace);
      const first = replaces && this.deletesFirst(model, oldInputs.value, olds.value, news.value);
      return { answer: diffResponse(changes, first, oldInputs.value) };
    });
  }

  private deletesFirst(
    model: ResourceModel,
    oldInputs: Values,
    oldOutputs: Values,
    news: Values,
  ): boolean {
    switch (this.model.kind) {
      case "native":
        return oldInputs[CREATE_FIRST] !== true;
      case "kubernetes":
        return followsItself(model, oldOutputs, news);
      default:
        return model.deleteBeforeReplace === true || namedByHand(model, news);
    }
  }

  async create(request: rpc.CreateRequest, peer: string): Promise<CreateResponse> {
    const preview = request.getPreview();
    const urn = request.getUrn();
    return this.call("Create", peer, urn, { preview }, async (model, instance, unready) => {
      const inputs = this.decode(request.getProperties());
      await this.latency(peer, model.seconds?.create, preview, request.getTimeout());
      const made = this.cloud.create({ model, instance, urn, inputs, preview, unready });
      const response = new CreateResponse();
      response.setId(made.id);
      response.setProperties(encode(made.outputs));
      return { answer: response, object: { ...made, inputs } };
    });
  }

  async read(request: rpc.ReadRequest, peer: string): Promise<ReadResponse> {
    const id = request.getId();
    return this.call("Read", peer, request.getUrn(), { id }, (model, instance, unready) => {
      const known = request.hasInputs() ? this.decode(request.getInputs()) : undefined;
      const state = this.decode(request.getProperties());
      const inputs = known ?? state;
      const response = new ReadResponse();
      if (model.local === true) {
        response.setId(id);
        response.setProperties(encode(state));
        response.setInputs(encode(inputs));
        return { answer: response };
      }
      const unreachable = this.cloud.unreachable(instance);
      if (unreachable !== undefined) {
        if (instance.config.value["deleteUnreachable"] === true) return { answer: response };
        throw new RpcError(status.UNAVAILABLE, `reading ${model.token} ${id}: ${unreachable}`);
      }
      const object = this.cloud.find({ model, instance, id, inputs });
      if (object === undefined) return { answer: response };
      if (unready !== undefined) object.unready = unready;
      const { outputs, missing } = this.cloud.look(object);
      const live = readInputs(object, known);
      response.setId(object.id);
      response.setProperties(encode(outputs));
      response.setInputs(encode(live));
      return { answer: response, object: { id: object.id, inputs: live, outputs, missing } };
    });
  }

  async update(request: rpc.UpdateRequest, peer: string): Promise<UpdateResponse> {
    const preview = request.getPreview();
    const urn = request.getUrn();
    const id = request.getId();
    return this.call("Update", peer, urn, { id, preview }, async (model, instance, unready) => {
      const olds = this.decode(request.getOlds());
      const inputs = this.decode(request.getNews());
      const oldInputs = request.hasOldInputs() ? this.decode(request.getOldInputs()) : olds;
      const current = preview ? undefined : this.cloud.find({ model, instance, id, inputs });
      const changes = differences({
        model,
        instance,
        oldInputs: oldInputs.value,
        oldOutputs: (current?.outputs ?? olds).value,
        news: inputs.value,
        ignoreChanges: request.getIgnorechangesList(),
        holds: compared(model, instance, inputs.value, (current?.outputs ?? olds).value),
      });
      const fixed = changes.filter((change) => change.replace);
      if (!preview && fixed.length > 0) {
        const paths = fixed.map(({ path }) => propertyPath(path)).join(", ");
        throw refused(`updating ${model.token} ${id}: ${paths} can't be changed in place`);
      }
      const changed = [...new Set(changes.map(({ path }) => String(path[0])))];
      await this.latency(peer, model.seconds?.update, preview, request.getTimeout());
      const made = this.cloud.update({
        ...{ model, instance, urn, id, inputs, olds, changed, preview },
        unready,
      });
      const response = new UpdateResponse();
      response.setProperties(encode(made.outputs));
      return { answer: response, object: { ...made, id, inputs } };
    });
  }

  async delete(request: rpc.DeleteRequest, peer: string): Promise<void> {
    const id = request.getId();
    return this.call("Delete", peer, request.getUrn(), { id }, async (model, instance) => {
      const state = this.decode(request.getProperties());
      await this.latency(peer, model.seconds?.delete, false, request.getTimeout());
      const unreachable = this.cloud.unreachable(instance);
      if (unreachable !== undefined) {
        if (instance.config.value["deleteUnreachable"] === true) return { answer: undefined };
        throw new RpcError(status.UNAVAILABLE, `deleting ${model.token} ${id}: ${unreachable}`);
      }
      this.cloud.delete(model, instance, id, state.value);
      return { answer: undefined };
    });
  }

  /** There is nothing to look up: the program pins what it needs. */
  invoke(request: rpc.InvokeRequest): never {
    return this.recorded("Invoke", "", { type: request.getTok() }, () => {
      throw new RpcError(
        status.UNIMPLEMENTED,
        `the sandbox has no function ${request.getTok()}: pin the value as a setting instead of looking it up`,
      );
    });
  }

  cancel(peer: string): void {
    this.world.waiting.cancel(peer);
  }

  /** One call on a resource: its model and instance found, faults applied, the call recorded. */
  private async call<Answer>(
    rpcName: Fault["rpc"],
    peer: string,
    urn: string,
    about: { readonly id?: string; readonly preview?: boolean },
    work: (
      model: ResourceModel,
      instance: Instance,
      unready: string | undefined,
    ) => Worked<Answer> | Promise<Worked<Answer>>,
  ): Promise<Answer> {
    const type = typeOf(urn);
    const note = this.enter(rpcName, urn, { ...about, type });
    try {
      const model = this.modelOf(type);
      const instance = this.instances.get(peer);
      if (instance === undefined) {
        throw new RpcError(status.FAILED_PRECONDITION, `${urn}: the provider is not configured`);
      }
      const fault = this.world.faults.take(rpcName, urn);
      await this.before(fault, rpcName, urn, peer);
      const unready = fault?.kind === "init" ? (fault.message ?? "it is not ready") : undefined;
      const { answer, object } = await work(model, instance, unready);
      if (fault?.kind === "lost") {
        throw new RpcError(
          status.UNAVAILABLE,
          fault.message ?? `${rpcName} ${urn}: the connection was lost`,
        );
      }
      if (object && object.missing.length > 0 && about.preview !== true) {
        throw initFailed(object.id, object.inputs, object.outputs, object.missing);
      }
      return answer;
    } catch (error) {
      note(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  private async before(
    fault: Fault | undefined,
    name: string,
    urn: string,
    peer: string,
  ): Promise<void> {
    switch (fault?.kind) {
      case "error":
        throw new RpcError(status.UNKNOWN, fault.message ?? `${name} ${urn}: an injected failure`);
      case "crash":
        return this.world.crash();
      case "hang":
        return this.world.waiting.wait(peer, Number.POSITIVE_INFINITY);
      case "delay":
        return this.world.waiting.wait(peer, fault.delayMs ?? 1000);
    }
  }

  private async latency(
    peer: string,
    seconds: number | undefined,
    preview: boolean,
    timeout: number,
  ): Promise<void> {
    if (preview || seconds === undefined || this.world.latency <= 0) return;
    const allowed = timeout > 0 ? Math.min(seconds, timeout) : seconds;
    await this.world.waiting.wait(peer, (allowed * 1000) / this.world.latency);
    if (allowed < seconds) {
      throw new RpcError(
        status.DEADLINE_EXCEEDED,
        `timeout while waiting: it takes ${seconds} s, the timeout is ${timeout} s`,
      );
    }
  }

  private modelOf(type: string): ResourceModel {
    const model = this.models.get(type);
    if (model) return model;
    throw refused(
      `the sandbox does not know the resource type ${type}${didYouMean(type, this.models.keys())}`,
    );
  }

  private decode(struct: Parameters<typeof decode>[0]): Properties {
    const properties = decode(struct);
    this.world.redactor.learn(properties);
    return properties;
  }

  private enter(
    name: LedgerCall["rpc"],
    urn: string,
    about: Partial<LedgerCall>,
  ): (error: string) => void {
    return this.world.ledger.enter({
      preview: false,
      ...about,
      rpc: name,
      package: this.model.package,
      ...(urn === "" ? {} : { urn }),
    });
  }

  private recorded<Answer>(
    name: LedgerCall["rpc"],
    urn: string,
    about: Partial<LedgerCall>,
    work: () => Answer,
  ): Answer {
    const note = this.enter(name, urn, about);
    try {
      return work();
    } catch (error) {
      note(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }
}

/** Conditions over new inputs, with the object's outputs as what was before. */
function compared(
  model: ResourceModel,
  instance: Instance,
  news: Values,
  before: Values,
): (condition: Condition) => boolean | undefined {
  const setting = settingOf(placeOf(model, instance, news), instance, news, undefined, before);
  return (condition) => holds(condition, news, setting);
}

interface Worked<Answer> {
  readonly answer: Answer;
  /** What exists after the call, and what keeps it from being ready. */
  readonly object?: {
    readonly id: string;
    readonly inputs: Properties;
    readonly outputs: Properties;
    readonly missing: readonly string[];
  };
}

/** The type token in a URN: `urn:pulumi:stack::project::parents$type::name`. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function namingOf(request: CheckRequest): Naming {
  const seed = request.getRandomseed_asU8();
  const autonaming = request.getAutonaming();
  const { PROPOSE, ENFORCE } = CheckRequest.AutonamingOptions.Mode;
  const mode = autonaming?.getMode();
  return {
    logicalName: request.getUrn().split("::").slice(3).join("::"),
    seed: seed.length > 0 ? seed : Buffer.from(request.getUrn()),
    ...(autonaming
      ? {
          proposed: {
            name: autonaming.getProposedName(),
            mode: mode === PROPOSE ? "propose" : mode === ENFORCE ? "enforce" : "disable",
          },
        }
      : {}),
  };
}

function checkResponse(inputs: Properties, failures: readonly Failure[]): CheckResponse {
  const response = new CheckResponse();
  response.setInputs(encode(inputs));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

const KINDS = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffResponse(
  changes: readonly Change[],
  deleteFirst: boolean,
  oldInputs: Values,
): DiffResponse {
  const response = new DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  response.setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setHasdetaileddiff(true);
  for (const { path, kind, replace } of changes) {
    const entry = new PropertyDiff();
    entry.setKind(KINDS[kind][replace ? 1 : 0]);
    entry.setInputdiff(kind === "add" || standsIn(oldInputs, path));
    response.getDetaileddiffMap().set(propertyPath(path), entry);
  }
  const names = (some: readonly Change[]) => [...new Set(some.map(({ path }) => String(path[0])))];
  response.setDiffsList(names(changes));
  response.setReplacesList(names(changes.filter((change) => change.replace)));
  response.setDeletebeforereplace(deleteFirst);
  return response;
}

function standsIn(values: Values, path: readonly Step[]): boolean {
  let at: Values[string] | undefined = values;
  for (const step of path) at = Reflect.get(Object(at) as object, step) as typeof at;
  return at !== undefined;
}

/** True where the successor of an object of Kubernetes has its name, which was given, and its namespace. */
function followsItself(model: ResourceModel, old: Values, news: Values): boolean {
  if (isAutonamed(news) || valueAt(news, keysOf(model.name?.property ?? "")) === undefined) {
    return false;
  }
  const whole = withPlanned(model, news);
  return ["metadata.name", "metadata.namespace"].every(
    (path) => valueAt(old, keysOf(path)) === valueAt(whole, keysOf(path)),
  );
}

/**
 * True where a name that could have been made up was given: the bridged providers then delete first,
 * because two objects can't have it (https://github.com/pulumi/pulumi-terraform/issues/465).
 */
function namedByHand(model: ResourceModel, news: Values): boolean {
  if (model.name?.auto !== true) return false;
  const { property } = model.name;
  const auto = news[DEFAULTS];
  const made = Array.isArray(auto) && auto.includes(property);
  return news[property] !== undefined && !made;
}
