/** Label selectors. */
import { all, any, not, type Truth, type Value } from "../../reader";

/**
 * Whether a selector picks what carries these labels. One that is left out picks nothing, an empty one everything
 * (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/).
 */
export function selects(selector: Value, labels: Value): Truth {
  if (!selector.given) return false;
  return (
    selector.unknown ??
    labels.unknown ??
    all(
      selector.at("matchLabels").unknown ?? true,
      ...selector.at("matchLabels").entries.map(([key, value]) => sameText(value, labels.at(key))),
      selector.at("matchExpressions").every((one) => holds(one, labels)),
    )
  );
}

/** Whether a selector picks everything there is. */
export function selectsAll(selector: Value): Truth {
  return (
    selector.unknown ??
    all(
      selector.at("matchLabels").unknown ?? selector.at("matchLabels").entries.length === 0,
      not(selector.at("matchExpressions").filled),
    )
  );
}

function sameText(one: Value, other: Value): Truth {
  return one.unknown ?? other.unknown ?? (other.given && one.known === other.known);
}

function holds(expression: Value, labels: Value): Truth {
  const [key, operator] = [expression.at("key"), expression.at("operator")];
  const unknown = key.unknown ?? operator.unknown;
  if (unknown !== undefined) return unknown;
  const label = labels.at(key.text ?? "");
  const among = expression.at("values").some((value) => sameText(value, label));
  switch (operator.text) {
    case "In":
      return among;
    case "NotIn":
      return any(label.absent, not(among));
    case "Exists":
      return not(label.absent);
    default:
      return label.absent;
  }
}
