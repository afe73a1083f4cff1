import * as pulumi from "@pulumi/pulumi";

type Tags = Readonly<Record<string, pulumi.Input<string>>>;

/** Azure's types in use that take tags; the provider has no default tags of its own. */
const withTags = new Set(
  [
    "applicationinsights:Component",
    "applicationinsights:WebTest",
    "compute:Disk",
    "compute:VirtualMachine",
    "compute:VirtualMachineScaleSet",
    "dataprotection:BackupInstance",
    "dataprotection:BackupVault",
    "keyvault:Secret",
    "keyvault:Vault",
    "managedidentity:UserAssignedIdentity",
    "monitor:ActionGroup",
    "monitor:MetricAlert",
    "network:BastionHost",
    "network:NatGateway",
    "network:NetworkInterface",
    "network:NetworkSecurityGroup",
    "network:PublicIPAddress",
    "network:VirtualNetwork",
    "operationalinsights:Workspace",
    "resources:ResourceGroup",
  ].map((type) => `azure-native:${type}`),
);

/**
 * Tags everything below a component with whose it is, the component's name and its own name in the program, so that a
 * stray is found and its owner known.
 * @param component what people call this part: `network`, `instance`, `runners`
 * @param common environment, owner and stack
 */
export function azureTagged(
  component: string,
  common: Readonly<Record<string, string>>,
): pulumi.ResourceTransformation {
  return ({ type, name, props, opts }) => {
    if (!withTags.has(type)) return undefined;
    const given = (props as { tags?: Tags | pulumi.Output<Tags> }).tags;
    const ours = { ...common, Component: component, Resource: name };
    // A plain map stays plain, so that a preview shows each tag by itself.
    const tags = pulumi.Output.isInstance(given)
      ? given.apply((own) => ({ ...ours, ...own }))
      : { ...ours, ...given };
    return { props: { ...(props as object), tags }, opts };
  };
}
