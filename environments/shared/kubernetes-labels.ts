import type * as pulumi from "@pulumi/pulumi";
import { labelValue } from "./gcp-labels";

/** What every Kubernetes object has. */
interface Metadata {
  readonly labels?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Labels every Kubernetes object below a component with whose it is, which part of the program made it and its own name
 * there, so that a stray is found. Pods are left alone: what selects them stands in their templates.
 *
 * @param component what people call this part: `app`, `edge`
 * @param common environment, owner and stack
 */
export function labelledObjects(
  component: string,
  common: Readonly<Record<string, string>>,
): pulumi.ResourceTransformation {
  const shared = Object.fromEntries(
    Object.entries({ ...common, component }).map(([key, value]) => [key, labelValue(value)]),
  );
  return ({ type, name, props, opts }) => {
    if (!type.startsWith("kubernetes:")) return undefined;
    const given = props as { readonly metadata?: Metadata };
    const labels = { ...shared, resource: labelValue(name), ...given.metadata?.labels };
    return { props: { ...given, metadata: { ...given.metadata, labels } }, opts };
  };
}
