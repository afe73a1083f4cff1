/**
 * Amounts as Kubernetes writes them: a decimal number with a suffix or an exponent.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

const QUANTITY =
  /^([+-]?(?:\d+\.?\d*|\.\d+))(?:(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?\d+))?$/;
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** What the text amounts to (`500m` is 0.5, `1Ki` is 1024), or undefined where it is no amount. */
export function quantity(text: string): number | undefined {
  const [, digits, suffix, exponent] = QUANTITY.exec(text) ?? [];
  if (digits === undefined) return undefined;
  if (exponent !== undefined) return Number(`${digits}e${exponent}`);
  if (suffix === undefined) return Number(digits);
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) return Number(digits) * 1024 ** binary;
  // As an exponent and not as a factor: 0.1 has no exact value, and 1e-1 is the nearest to it.
  return Number(`${digits}e${(DECIMAL.indexOf(suffix) - 3) * 3}`);
}

/** An amount as the API server writes a plain number: thousandths where it has them. */
export function quantityText(amount: number): string {
  return Number.isInteger(amount) ? String(amount) : `${Math.round(amount * 1000)}m`;
}
