/** Where a model and the installed SDK do not say the same of a resource type. */
import type { PropertyModel, ResourceModel } from "../../sandbox/model";
import { LABELS, fieldsOf, type Finding } from "./provider-schemas";
import type { SdkProperty, SdkResource } from "./sdk-shapes";

/** The SDK's kinds for each type of the model language. */
const KINDS: Readonly<Record<PropertyModel["type"], readonly SdkProperty["kind"][]>> = {
  string: ["string"],
  integer: ["number"],
  number: ["number"],
  boolean: ["boolean"],
  "int-or-string": ["number", "string", "any"],
  list: ["list"],
  map: ["map"],
  object: ["object"],
  json: ["string"],
  asset: ["asset"],
  any: ["any", "string", "number", "boolean", "list", "map", "object", "asset"],
};

/** Every difference in names, obligation, kind and origin of inputs and outputs. */
export function sdkDifferences(model: ResourceModel, sdk: SdkResource): Finding[] {
  const found: Finding[] = [];
  const report = (property: string, problem: string): void => {
    found.push({ property, problem });
  };
  const { properties, omitted = {} } = model;
  // A map of tags with `tagsAll` beside it; a group's tags are a list and a property like others.
  const tagged = sdk.inputs["tags"]?.kind === "map" && "tagsAll" in sdk.outputs;
  if (tagged !== (model.tags === true))
    report("tags", `model ${model.tags === true}, SDK ${tagged}`);
  const labelled = "effectiveLabels" in sdk.outputs && "labels" in sdk.inputs;
  if (labelled !== (model.labels === true)) {
    report("labels", `model ${model.labels === true}, SDK ${labelled}`);
  }
  const merged = new Set([...(tagged ? ["tags", "tagsAll"] : []), ...(labelled ? LABELS : [])]);
  const own = ([name]: [string, unknown]): boolean => !merged.has(name);

  const inputs = Object.fromEntries(Object.entries(sdk.inputs).filter(own));
  const settable = Object.fromEntries(
    Object.entries(properties)
      .filter(own)
      .filter(([, property]) => property.computed !== true),
  );
  for (const name of Object.keys(omitted)) {
    if (name in properties) report(name, "is both modelled and left out");
    if (!(name in inputs)) report(name, "is left out, though the SDK has no such input");
  }
  const wanted = Object.fromEntries(Object.entries(inputs).filter(([name]) => !(name in omitted)));
  compareFields(settable, wanted, "", true, report);
  for (const [name, property] of Object.entries(settable)) {
    compareAnswers(property, sdk.outputs[name], name, report);
  }

  for (const [name, output] of Object.entries(sdk.outputs).filter(own)) {
    if (name in omitted) continue;
    const property = properties[name];
    if (property === undefined) {
      if (output.deprecated) continue;
      report(name, "is an output of the SDK that the model does not have");
    } else if (property.computed === true) {
      compareKind(property, output, name, false, report);
    }
  }
  for (const [name, property] of Object.entries(properties).filter(own)) {
    if (property.computed === true && !(name in sdk.outputs)) {
      report(name, "is an output of the model that the SDK does not have");
    }
  }
  const unexplained = originDifferences(model, sdk).filter(
    ({ property }) => properties[property]?.deviates === undefined,
  );
  return [...found, ...unexplained];
}

type Report = (property: string, problem: string) => void;

/**
 * Inputs whose origin the model and the SDK see differently: an output that is never undefined although
 * its input is optional is filled in by the cloud. A model may have its reason (`deviates`).
 */
export function originDifferences(model: ResourceModel, sdk: SdkResource): Finding[] {
  return Object.entries(model.properties).flatMap(([name, property]) => {
    const output = sdk.outputs[name];
    // Names are made up by the provider's Check: the model says so by itself (`name`).
    const named = name === model.name?.property || name === model.name?.prefix;
    const labels = model.labels === true && LABELS.includes(name);
    if (
      output === undefined ||
      named ||
      labels ||
      property.required === true ||
      property.computed === true
    ) {
      return [];
    }
    const filled = !output.optional;
    // The SDK of Kubernetes declares every output as if it were always there.
    if (model.token.startsWith("kubernetes:")) return [];
    if (filled === (property.optionalComputed === true)) return [];
    // Azure's SDK takes what a request may leave out for what an answer may lack: the cloud fills it in all the same.
    if (!filled && model.token.startsWith("azure-native:")) return [];
    const problem = filled
      ? "is optional, but the SDK's output is always there: the cloud fills it in (optionalComputed)"
      : "is optionalComputed, but the SDK's output may be undefined";
    return [{ property: name, problem }];
  });
}

function compareFields(
  models: Readonly<Record<string, PropertyModel>>,
  sdk: Readonly<Record<string, SdkProperty>>,
  at: string,
  asInput: boolean,
  report: Report,
  omits?: string,
): void {
  const place = (name: string): string => (at === "" ? name : `${at}.${name}`);
  // Deprecated properties may be left out: the SDK itself gives the reason.
  const missing = Object.keys(sdk).filter(
    (name) => !(name in models) && sdk[name]?.deprecated !== true,
  );
  if (omits === undefined) {
    for (const name of missing) report(place(name), "is in the SDK and not in the model");
  } else if (missing.length === 0) {
    report(at, `omits ("${omits}") leaves nothing out`);
  }
  for (const [name, model] of Object.entries(models)) {
    const input = sdk[name];
    if (input === undefined) {
      // What the cloud alone sets inside a block is held against the outputs.
      if (model.computed !== true || !asInput || at === "")
        report(place(name), "is in the model and not in the SDK");
      continue;
    }
    // In an output every key is given by the cloud: none is required of anyone.
    if (asInput && (model.required === true) === input.optional) {
      report(place(name), `required: model ${model.required === true}, SDK ${!input.optional}`);
    }
    compareKind(model, input, place(name), asInput && model.computed !== true, report);
  }
}

/** What the cloud alone sets inside a block that is given is an output of the SDK. */
function compareAnswers(
  model: PropertyModel,
  sdk: SdkProperty | undefined,
  at: string,
  report: Report,
): void {
  const answers = (sdk?.items ?? sdk)?.fields?.();
  for (const [name, field] of Object.entries(fieldsOf(model) ?? {})) {
    const answer = answers?.[name];
    if (field.computed === true && answer === undefined)
      report(`${at}.${name}`, "is an output of the model that the SDK does not have");
    if (field.computed !== true) compareAnswers(field, answer, `${at}.${name}`, report);
  }
}

function compareKind(
  model: PropertyModel,
  sdk: SdkProperty,
  at: string,
  asInput: boolean,
  report: Report,
): void {
  if (sdk.kind === "any" || model.type === "any") return;
  if (!KINDS[model.type].includes(sdk.kind)) {
    report(at, `is of type ${model.type}, but the SDK has ${sdk.text}`);
    return;
  }
  if (sdk.documented && asInput) compareValues(model, sdk.documented, at, report);
  if (sdk.kind === "list" || sdk.kind === "map") {
    // What only the cloud sets may be left undescribed inside.
    if (model.items && sdk.items) compareKind(model.items, sdk.items, `${at}[]`, asInput, report);
    else if (asInput) report(at, "does not say what it holds");
    return;
  }
  const fields = fieldsOf(model);
  if (sdk.fields && fields) compareFields(fields, sdk.fields(), at, asInput, report, model.omits);
  else if (sdk.fields && asInput) report(at, "does not say which keys it has");
}

/** The values that the SDK's documentation lists are those that the model knows. */
function compareValues(
  model: PropertyModel,
  documented: readonly string[],
  at: string,
  report: Report,
): void {
  if (model.deviates !== undefined) return;
  // A list documents what its elements may be.
  const known = (model.enum ?? model.items?.enum)?.map(String);
  const wanted = documented.filter((value) => value !== "");
  const missing = wanted.filter((value) => known?.includes(value) !== true);
  const more = (known ?? []).filter((value) => !wanted.includes(value));
  if (known === undefined) report(at, `does not list its values: ${wanted.join(", ")}`);
  else if (missing.length > 0 || more.length > 0) {
    report(at, `values: SDK ${wanted.join(", ")}; model ${known.join(", ")}`);
  }
}
