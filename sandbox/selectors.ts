/**
 * Label selectors of Kubernetes, in three values: an unknown label or requirement may be the one that decides.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
import { UNKNOWN, isBlock, type Value } from "./values";

/**
 * Whether a selector selects what has these labels: `matchLabels` and `matchExpressions`, or the plain map of labels
 * that a Service has. All requirements have to be met; an empty selector has none.
 */
export function selects(selector: Value, labels: Value): boolean | undefined {
  if (selector === UNKNOWN || labels === UNKNOWN) return undefined;
  if (!isBlock(selector) || !isBlock(labels)) return false;
  const plain = Object.keys(selector).some((key) => !FORM.has(key));
  const wanted = plain ? selector : selector["matchLabels"];
  const expressions = plain ? [] : selector["matchExpressions"];
  if (wanted === UNKNOWN || expressions === UNKNOWN) return undefined;
  const answers = [
    ...Object.entries(isBlock(wanted) ? wanted : {}).map(([key, value]) =>
      meets(labels[key], [value]),
    ),
    ...(Array.isArray(expressions) ? expressions : []).map((one) => expressed(one, labels)),
  ];
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

const FORM: ReadonlySet<string> = new Set(["matchLabels", "matchExpressions"]);

function meets(label: Value | undefined, values: readonly Value[]): boolean | undefined {
  if (label === undefined) return false;
  if (label !== UNKNOWN && values.includes(label)) return true;
  return label === UNKNOWN || values.includes(UNKNOWN) ? undefined : false;
}

function expressed(
  requirement: Value,
  labels: { readonly [key: string]: Value },
): boolean | undefined {
  if (!isBlock(requirement)) return undefined;
  const { key, operator, values } = requirement;
  if (typeof key !== "string" || typeof operator !== "string") return undefined;
  const label = labels[key];
  if (operator === "Exists") return label !== undefined;
  if (operator === "DoesNotExist") return label === undefined;
  const met = meets(label, Array.isArray(values) ? values : [UNKNOWN]);
  if (operator === "In") return met;
  return met === undefined ? undefined : !met;
}
