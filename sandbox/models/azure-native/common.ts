/**
 * What the Azure models share: how a resource of Azure Resource Manager (ARM) is named and placed, the
 * references between types, and the refusal to change in place what ARM keeps for a resource's life.
 */
import type { Condition, PropertyModel, Reference, ResourceModel, Rule } from "../../model";
import { map, out, outJson, str } from "../constructors";

export {
  block,
  blocks,
  bool,
  int,
  list,
  map,
  num,
  oneOf,
  out,
  outJson,
  required,
  set,
  str,
} from "../constructors";

type More = Partial<Omit<PropertyModel, "type">>;

/** Azure's documentation. */
export const LEARN = "https://learn.microsoft.com/azure/";
/** Allowed names of every resource type. */
export const NAMES = `${LEARN}azure-resource-manager/management/resource-name-rules`;

/** Page of a resource type in the Pulumi registry, for example `network/virtualnetwork`. */
export const registry = (page: string): string =>
  `https://www.pulumi.com/registry/packages/azure-native/api-docs/${page.toLowerCase()}/`;

/** A GUID as Azure writes it. */
export const GUID = "[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}";
/** Letters, digits, `_`, `.` and `-`, beginning with a letter or digit and ending with one or with `_`. */
export const plainName = (most: number): string => `[A-Za-z0-9]([A-Za-z0-9_.-]{0,${most - 2}}\\w)?`;

const token = (name: string): string => `azure-native:${name}`;
export const RESOURCE_GROUP = token("resources:ResourceGroup");
export const VIRTUAL_NETWORK = token("network:VirtualNetwork");
export const SUBNET = token("network:Subnet");
export const SECURITY_GROUP = token("network:NetworkSecurityGroup");
export const PUBLIC_IP = token("network:PublicIPAddress");
export const NAT_GATEWAY = token("network:NatGateway");
export const NETWORK_INTERFACE = token("network:NetworkInterface");
export const BASTION = token("network:BastionHost");
export const RECORD_SET = token("dns:RecordSet");
export const IDENTITY = token("managedidentity:UserAssignedIdentity");
export const ROLE_ASSIGNMENT = token("authorization:RoleAssignment");
export const ROLE_DEFINITION = token("authorization:RoleDefinition");
export const LOCK = token("authorization:ManagementLockByScope");
export const VAULT = token("keyvault:Vault");
export const SECRET = token("keyvault:Secret");
export const DISK = token("compute:Disk");
export const VIRTUAL_MACHINE = token("compute:VirtualMachine");
export const SCALE_SET = token("compute:VirtualMachineScaleSet");
export const ACTION_GROUP = token("monitor:ActionGroup");
export const COMPONENT = token("applicationinsights:Component");
export const WEB_TEST = token("applicationinsights:WebTest");
export const WORKSPACE = token("operationalinsights:Workspace");
export const BACKUP_VAULT = token("dataprotection:BackupVault");
export const BACKUP_POLICY = token("dataprotection:BackupPolicy");
export const BACKUP_INSTANCE = token("dataprotection:BackupInstance");

/** A reference after which ARM refuses to delete the resource that is named. */
export const held = (type: string, by = "id", outside?: string): Reference => ({
  type,
  by,
  holds: true,
  ...(outside === undefined ? {} : { outside }),
});
/** A reference to what has one user at a time: a disk, a network interface, a public address. */
export const attached = (type: string): Reference => ({ ...held(type), exclusive: true });
/** A reference that does not keep the resource that is named. */
export const named = (type: string, by = "id", outside?: string): Reference => ({
  type,
  by,
  ...(outside === undefined ? {} : { outside }),
});

/** A list of blocks of which some keys are left out, and why. */
export const partial = (
  fields: Readonly<Record<string, PropertyModel>>,
  omits: string,
  more: More = {},
): PropertyModel => ({ type: "list", items: { type: "object", fields, omits }, ...more });

/** `{ id }` of another resource. */
export const link = (ref: Reference | readonly Reference[], more: More = {}): PropertyModel => ({
  type: "object",
  fields: { id: str({ ref }) },
  ...more,
});
/** `{ id }` of a resource of a type that the sandbox does not model: nothing of it can exist here. */
export const foreign = (kind: string, more: More = {}): PropertyModel => ({
  type: "object",
  fields: { id: str({ pattern: armId(kind), example: armExample(kind) }) },
  ...more,
});

/** The same where the id stands by itself, and not in a block. */
export const foreignId = (kind: string): PropertyModel =>
  str({ same: "lowercase", pattern: armId(kind), example: armExample(kind) });

/** Regular expression of the id of a resource in a resource group: `Microsoft.Compute/diskAccesses`. */
export function armId(kind: string): string {
  return `/subscriptions/${GUID}/resourceGroups/[^/]+/providers/${path(kind, "[^/]+")}`;
}

function armExample(kind: string): string {
  const subscription = "00000000-0000-0000-0000-000000000001";
  return `/subscriptions/${subscription}/resourceGroups/other/providers/${path(kind, "one")}`;
}

/** `Microsoft.X/as/bs` with names between the kinds. */
function path(kind: string, name: string): string {
  const [namespace = "", ...kinds] = kind.split("/");
  return [namespace, ...kinds.flatMap((part) => [part, name])].join("/");
}

/**
 * Up to 50 tags; names have none of `<>%&\?/`.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
 */
export const tags = (most = 50, more: More = {}): PropertyModel =>
  map({ items: str({ maxLength: 256 }), maxItems: most, ...more });

/**
 * Where the resource lives: given, else the provider's location, else the resource group's. ARM keeps it for
 * the resource's life: https://learn.microsoft.com/azure/azure-resource-manager/management/move-resources-overview
 */
export const location: PropertyModel = str({
  optionalComputed: true,
  value: "{region}",
  replace: true,
  same: "location",
  pattern: "[A-Za-z0-9 ]+",
});

/** Who made and last changed the resource. */
export const systemData: PropertyModel = outJson("object", {
  createdAt: "{now}",
  createdBy: "sandbox",
  createdByType: "Application",
});

/**
 * The name of a zone inside a region.
 * https://learn.microsoft.com/azure/reliability/availability-zones-overview
 */
export const zone: PropertyModel = { type: "string", enum: ["1", "2", "3"] };

/** Identities of a resource, by id, as the SDK takes them. */
export const identityIds: PropertyModel = {
  type: "list",
  set: true,
  items: str({ ref: held(IDENTITY) }),
  deviates: "a list of ids in the SDK, the keys of an object in ARM",
};
/** A mark of the version: an output in the SDK, though ARM takes it too. */
export const etag: PropertyModel = out("{uuid}", {
  changesWith: "*",
  deviates: "an output alone in the SDK",
});

/** What a model of an ARM resource is made from. */
export interface ArmResource extends Omit<ResourceModel, "source" | "schema" | "id" | "name"> {
  /** `Microsoft.Network/virtualNetworks`: the kinds that lead to the resource. */
  readonly kind: string;
  /** API version that the SDK uses. */
  readonly api: string;
  /** Properties with the names of the parents, from the outermost, as `kind` has them. */
  readonly parents?: readonly string[];
  /** The property with the name: its pattern, lengths and auto-naming. */
  readonly named: {
    readonly property: string;
    readonly pattern: string;
    readonly maxLength: number;
    readonly minLength?: number;
    /** Azure names some children for what they are: an auto-name is then the resource's own name. */
    readonly exact?: boolean;
    readonly more?: More;
  };
  /** The resource group may be one that the program does not make (a DNS zone's). */
  readonly foreignGroup?: boolean;
}

/** A resource in a resource group, with the id, names and outputs that all of them have. */
export function arm(spec: ArmResource): ResourceModel {
  const { kind, api, parents = [], named: name, foreignGroup, properties, ...rest } = spec;
  const [namespace = "", ...kinds] = kind.split("/");
  const owners = [...parents, name.property];
  const path = kinds.map((part, at) => `${part}/{${owners[at] ?? ""}}`).join("/");
  const [, module = "", type = ""] = spec.token.split(":");
  return {
    ...rest,
    source: registry(`${module}/${type}`),
    schema: spec.token,
    id: `/subscriptions/{account}/resourceGroups/{resourceGroupName}/providers/${namespace}/${path}`,
    name: {
      property: name.property,
      auto: true,
      maxLength: name.maxLength,
      ...(name.exact === true ? { exact: true } : { digits: 8, separator: "" }),
    },
    properties: {
      resourceGroupName: resourceGroupName(foreignGroup),
      [name.property]: str({
        replace: true,
        pattern: name.pattern,
        maxLength: name.maxLength,
        minLength: name.minLength ?? 1,
        ...name.more,
      }),
      ...outputs(kind, api, name.property),
      ...properties,
    },
  };
}

/**
 * The resource group. Deleting one deletes all that is in it, what Pulumi retains too, so the sandbox refuses
 * while anything is left: https://learn.microsoft.com/azure/azure-resource-manager/management/delete-resource-group
 */
function resourceGroupName(foreign = false): PropertyModel {
  return str({
    required: true,
    replace: true,
    same: "lowercase",
    pattern: "[\\w().-]{0,89}[\\w()-]",
    ...(foreign ? {} : { ref: held(RESOURCE_GROUP, "name") }),
  });
}

/** What every resource gives back beside its own properties. */
export const outputs = (
  kind: string,
  api: string,
  nameProperty: string,
): Readonly<Record<string, PropertyModel>> => ({
  azureApiVersion: out(api),
  name: out(`{${nameProperty}}`),
  type: out(kind),
});

/**
 * ARM refuses to change a property of a resource that exists, though the provider does not know it: the program
 * has to ask for the replacement (`replaceOnChanges`).
 */
export function unchangeable(paths: readonly string[], source: string, why = ""): Rule[] {
  return paths.map((path) => ({
    name: `${path} stays`,
    when: { property: `^${path}`, present: true },
    then: unchanged(path),
    message: `PropertyChangeNotAllowed: Changing property '${path}' is not allowed${why === "" ? "" : `: ${why}`}`,
    source,
    at: "apply" as const,
  }));
}

/** The value at the path is what it was before the update, and there is one. */
export const unchanged = (path: string): Condition => ({
  all: [
    { property: path, present: true },
    { property: path, allAmong: [`^${path}`] },
    { property: `^${path}`, allAmong: [path] },
  ],
});

/** The value can't be given to a resource that was made without it. */
export function unaddable(paths: readonly string[], source: string, marker: string): Rule[] {
  return paths.map((path) => ({
    name: `${path} is not added`,
    when: {
      all: [
        { property: `^${marker}`, present: true },
        { property: `^${path}`, present: false },
      ],
    },
    then: { property: path, present: false },
    message: `PropertyChangeNotAllowed: Changing property '${path}' is not allowed: it can be given at creation only`,
    source,
    at: "apply" as const,
  }));
}

/** A rule that only Azure itself checks. */
export const rule = (
  name: string,
  when: Condition | undefined,
  then: Condition,
  message: string,
  source: string,
): Rule => ({ name, ...(when === undefined ? {} : { when }), then, message, source, at: "apply" });
