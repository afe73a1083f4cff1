import type * as pulumi from "@pulumi/pulumi";

type Labels = Readonly<Record<string, pulumi.Input<string>>>;

/**
 * GCP types in use that take labels, and the property that has them. A provider's default labels reach `labels` alone
 * (https://www.pulumi.com/registry/packages/gcp/installation-configuration: defaultLabels).
 */
const places: Readonly<Record<string, "labels" | "resourceLabels" | "userLabels" | "settings">> = {
  "gcp:compute/address:Address": "labels",
  "gcp:compute/disk:Disk": "labels",
  "gcp:compute/globalAddress:GlobalAddress": "labels",
  "gcp:compute/instance:Instance": "labels",
  "gcp:compute/securityPolicy:SecurityPolicy": "labels",
  "gcp:container/cluster:Cluster": "resourceLabels",
  "gcp:dns/managedZone:ManagedZone": "labels",
  "gcp:monitoring/alertPolicy:AlertPolicy": "userLabels",
  "gcp:monitoring/notificationChannel:NotificationChannel": "userLabels",
  "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": "userLabels",
  "gcp:redis/instance:Instance": "labels",
  "gcp:secretmanager/secret:Secret": "labels",
  "gcp:sql/databaseInstance:DatabaseInstance": "settings",
  "gcp:storage/bucket:Bucket": "labels",
};

/** A text as a label's value: lower case, at most 63 of a-z, 0-9, `_` and `-`. */
export function labelValue(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .slice(0, 63);
}

/**
 * Labels everything below a component with the component's name and its own name in the program, so that a stray is
 * found and its owner known; and with what the provider's default labels do not reach.
 * @param component what people call this part: `network`, `database`, `runners`
 * @param common environment, owner and stack, which are default labels of the provider
 */
export function labelled(
  component: string,
  common: Readonly<Record<string, string>>,
): pulumi.ResourceTransformation {
  return ({ type, name, props, opts }) => {
    const place = places[type];
    if (place === undefined) return undefined;
    const ours = { component: labelValue(component), resource: labelValue(name) };
    const given = props as {
      readonly labels?: Labels;
      readonly resourceLabels?: Labels;
      readonly userLabels?: Labels;
      readonly settings?: { readonly userLabels?: Labels };
    };
    switch (place) {
      case "labels":
        return { props: { ...given, labels: { ...ours, ...given.labels } }, opts };
      case "resourceLabels":
        return {
          props: { ...given, resourceLabels: { ...common, ...ours, ...given.resourceLabels } },
          opts,
        };
      case "userLabels":
        return {
          props: { ...given, userLabels: { ...common, ...ours, ...given.userLabels } },
          opts,
        };
      case "settings":
        return {
          props: {
            ...given,
            settings: {
              ...given.settings,
              userLabels: { ...common, ...ours, ...given.settings?.userLabels },
            },
          },
          opts,
        };
    }
  };
}
