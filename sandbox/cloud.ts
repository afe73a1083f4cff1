/**
 * The cloud behind the providers: makes, changes and deletes objects, and refuses what a cloud
 * refuses. Nothing in it knows of gRPC or of any resource type.
 */
import { status } from "@grpc/grpc-js";
import { holds } from "./conditions";
import { RpcError, refused } from "./errors";
import { failureText, ruleFailures, withoutDefaults } from "./inputs";
import { placeOf, type Place } from "./places";
import type { Instance } from "./instance";
import type { StoredObject } from "./ledger";
import type { ResourceModel } from "./model";
import { makeOutputs, type Made } from "./outputs";
import {
  brokenReferences,
  deletionProblems,
  locked,
  referredOutput,
  settingOf,
  takeAway,
  taken,
} from "./references";
import { lodgingOf } from "./homes";
import { quotaProblems } from "./quotas";
import { missingForReady } from "./readiness";
import { hasUnknown, type Properties, type Values } from "./values";
import type { World } from "./world";

/** Who asks for what. */
export interface Request {
  readonly model: ResourceModel;
  readonly instance: Instance;
  readonly urn: string;
  readonly inputs: Properties;
  readonly preview: boolean;
  /** Why it is not to become ready whatever it finds: an injected failure. */
  readonly unready?: string;
}

/** What a request brought about. */
export interface Outcome extends Made {
  readonly object?: StoredObject;
  /** What keeps the object from being ready, in words. */
  readonly missing: readonly string[];
}

/** An update of an object: the engine's last known outputs, and the inputs that changed. */
export interface UpdateRequest extends Request {
  readonly id: string;
  readonly olds: Properties;
  readonly changed: readonly string[];
}

/** The objects of one world, as one cloud. */
export class Cloud {
  constructor(private readonly world: World) {}

  /** Plans or makes an object. Throws what the cloud refuses. */
  create(request: Request): Outcome {
    const { model, instance, urn, inputs, preview } = request;
    const { ledger, seed } = this.world;
    const place = placeOf(model, instance, inputs.value);
    if (!preview) this.admit(request);
    // A preview's call leaves no mark: what up makes does not depend on how often it was previewed.
    const count = preview ? 0 : ledger.nextCreation(urn);
    const objectSeed = [seed, place.account, place.region, urn, count].join("\0");
    const made = this.make(request, objectSeed);
    if (preview) return { ...made, missing: [] };
    const clash =
      taken(ledger, place, made.outputs.value) ??
      this.sameId(place, made.id) ??
      locked(ledger, model, made.id, "updates")[0];
    if (clash !== undefined)
      throw new RpcError(status.ALREADY_EXISTS, `creating ${model.token}: ${clash}`);
    const object: StoredObject = {
      urn,
      model,
      id: made.id,
      package: instance.package.package,
      account: place.account,
      region: place.region,
      zone: place.zone,
      instance,
      seed: objectSeed,
      inputs,
      outputs: made.outputs,
      updates: 0,
      stray: false,
      ...this.home(instance),
      ...(request.unready === undefined ? {} : { unready: request.unready }),
    };
    if (model.local !== true) ledger.adopt(object);
    return { ...made, object, missing: this.missing(object) };
  }

  /** Plans or makes a change to an object. Throws what the cloud refuses. */
  update(request: UpdateRequest): Outcome {
    const { model, inputs, preview, id, olds, changed } = request;
    const object = this.find(request);
    if (preview) {
      return { ...this.make(request, "preview", { id, outputs: olds, changed }), missing: [] };
    }
    if (object === undefined) {
      throw new RpcError(
        status.NOT_FOUND,
        `updating ${model.token} ${id}: NotFound: it does not exist`,
      );
    }
    this.admit(request, object);
    const [lock] = locked(this.world.ledger, model, id, "updates");
    if (lock !== undefined)
      throw new RpcError(status.FAILED_PRECONDITION, `updating ${model.token} ${id}: ${lock}`);
    const before = { id, outputs: object.outputs, changed };
    const made = this.make(request, [object.seed, object.updates + 1].join("\0"), before, object);
    const clash = taken(this.world.ledger, object, made.outputs.value, object);
    if (clash !== undefined)
      throw new RpcError(status.ALREADY_EXISTS, `updating ${model.token} ${id}: ${clash}`);
    object.inputs = inputs;
    object.outputs = made.outputs;
    object.updates++;
    object.unready = request.unready;
    return { ...made, object, missing: this.missing(object) };
  }

  /** Deletes an object; one that is gone already is no error, as with the real providers. */
  delete(model: ResourceModel, instance: Instance, id: string, state: Values): void {
    const { ledger } = this.world;
    const place = placeOf(model, instance, state);
    const object = ledger.find(model, id, place.account, place.region);
    if (object === undefined) return;
    if (model.leftWhile !== undefined) {
      const values = object.outputs.value;
      const setting = settingOf(object, instance, values, ledger);
      if (holds(model.leftWhile, values, setting) === true) {
        object.left = true;
        return;
      }
    }
    const problems = deletionProblems(ledger, object);
    if (problems.length > 0) {
      throw new RpcError(
        status.FAILED_PRECONDITION,
        `deleting ${model.token} ${id}: ${problems.join("; ")}`,
      );
    }
    takeAway(ledger, object);
  }

  /** An object as it is now: what its cloud keeps up to date is brought up to date. */
  look(object: StoredObject): Outcome {
    const { model, instance, id, outputs, urn, seed } = object;
    if (Object.values(model.properties).some(({ live }) => live === true)) {
      const settled = Object.entries(outputs.value).filter(
        ([name]) => model.properties[name]?.live !== true,
      );
      const inputs = { value: Object.fromEntries(settled), secrets: outputs.secrets };
      const request = { model, instance, urn, inputs, preview: false, unready: object.unready };
      object.outputs = this.make(request, seed, { id, outputs, changed: [] }, object).outputs;
    }
    return { id, outputs: object.outputs, object, missing: this.missing(object) };
  }

  private missing(object: StoredObject): string[] {
    const found = missingForReady(
      this.world.ledger,
      object,
      object.instance,
      object.outputs,
      object,
    );
    return object.unready === undefined ? found : [object.unready, ...found];
  }

  private home(instance: Instance): { home?: StoredObject } {
    const lodging = lodgingOf(this.world.ledger, instance);
    return lodging !== undefined && "object" in lodging ? { home: lodging.object } : {};
  }

  /** The object that a request names. */
  find(
    request: Pick<UpdateRequest, "model" | "instance" | "id" | "inputs">,
  ): StoredObject | undefined {
    const { model, instance, id, inputs } = request;
    const { region, account } = placeOf(model, instance, inputs.value);
    return this.world.ledger.find(model, id, account, region);
  }

  private make(request: Request, seed: string, before?: UpdateBefore, object?: StoredObject): Made {
    const { model, instance, inputs, preview, unready } = request;
    const place = placeOf(model, instance, inputs.value);
    return makeOutputs({
      model,
      instance,
      place,
      inputs,
      preview,
      seed,
      origin: object?.seed ?? seed,
      now: this.world.now(),
      before,
      setting: (values) => {
        if (preview) return settingOf(place, instance, values);
        const { ledger } = this.world;
        const ready = (): boolean =>
          unready === undefined &&
          missingForReady(
            ledger,
            place,
            instance,
            { value: values, secrets: inputs.secrets },
            object,
          ).length === 0;
        return { ...settingOf(place, instance, values, ledger), ready };
      },
      referred: (property, output, values) =>
        referredOutput(this.world.ledger, place, values, property, output),
    });
  }

  /** Why an object with these inputs can't be made or changed, in words; nothing where it can. */
  problems({ model, instance, inputs }: Request, before?: Values, object?: StoredObject): string[] {
    const { ledger } = this.world;
    const unreachable = this.unreachable(instance);
    // Where there is no cluster there is nothing else to say of what is in it.
    if (unreachable !== undefined) return [unreachable];
    const place = placeOf(model, instance, inputs.value);
    const values = withoutDefaults(inputs.value);
    const setting = settingOf(place, instance, values, ledger, before);
    return [
      ...(hasUnknown(values) ? ["an input is still unknown"] : []),
      ...this.disabled(model, instance, place.account),
      ...brokenReferences(ledger, place, inputs),
      ...quotaProblems(ledger, place, values, "made", object),
      ...(["plan", "apply"] as const).flatMap((at) =>
        ruleFailures(model, at, values, setting).map(failureText),
      ),
    ];
  }

  /** Why the home of an instance's objects can't be reached, in words. */
  unreachable(instance: Instance): string | undefined {
    const lodging = lodgingOf(this.world.ledger, instance);
    return lodging !== undefined && "unreachable" in lodging ? lodging.unreachable : undefined;
  }

  private admit(request: Request, before?: StoredObject): void {
    const problems = this.problems(request, before?.outputs.value, before);
    if (problems.length > 0) throw refused(`${request.model.token}: ${problems.join("; ")}`);
  }

  /** A service that has to be enabled first, and is not. */
  private disabled(model: ResourceModel, instance: Instance, account: string): string[] {
    const { apis } = instance.package;
    const { api } = model;
    if (api === undefined || apis === undefined || apis.enabled.includes(api)) return [];
    const enabled = this.world.ledger
      .named(apis.type, apis.property, api)
      .some((object) => object.account === account);
    if (enabled) return [];
    return [
      `Error 403: ${api} has not been used in project ${account} before or it is disabled: no ${apis.type} enables it there (${apis.source})`,
    ];
  }

  private sameId({ model, account, region }: Place, id: string): string | undefined {
    const held = this.world.ledger.find(model, id, account, region);
    return held?.region === region ? `AlreadyExists: ${id} exists already` : undefined;
  }
}

type UpdateBefore = {
  readonly id: string;
  readonly outputs: Properties;
  readonly changed: readonly string[];
};
