/** What machines, templates and disks of Compute Engine say alike. */
import type { Condition, PropertyModel, Rule } from "../../model";
import {
  ACCOUNT,
  NETWORK,
  RFC1035,
  SUBNETWORK,
  block,
  bool,
  heldLinkTo,
  int,
  map,
  set,
  str,
} from "./common";

type More = Partial<Omit<PropertyModel, "type">>;

/** Types of disks: https://cloud.google.com/compute/docs/disks#disk-types */
export const diskType = (more: More = {}): PropertyModel =>
  str({
    pattern:
      "(https://[^/]+/compute/v1/)?(projects/[^/]+/)?(zones/[^/]+/)?(diskTypes/)?" +
      "(pd-(standard|balanced|ssd|extreme)|hyperdisk-(balanced|balanced-high-availability|extreme|ml|throughput))",
    same: "self-link",
    example: "pd-ssd",
    ...more,
  });

/** An image by link, `project/image` or `project/family`: https://cloud.google.com/compute/docs/images */
export const imageLink = (more: More = {}): PropertyModel =>
  str({
    pattern:
      "(https://[^/]+/compute/v1/)?(projects/[^/]+/global/images/)?([a-z0-9.:-]+/)?(family/)?[a-z]([-a-z0-9]*[a-z0-9])?",
    same: "self-link",
    example: "projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20250610",
    ...more,
  });

/** Families and sizes: https://cloud.google.com/compute/docs/machine-resource */
export const machineType = (more: More = {}): PropertyModel =>
  str({
    pattern:
      "(https://[^/]+/compute/v1/)?(projects/[^/]+/zones/[^/]+/machineTypes/)?" +
      "([a-z]\\d[a-z]?-)?(custom-\\d+-\\d+(-ext)?|[a-z]+(-[a-z0-9]+)*)",
    same: "self-link",
    example: "n2-standard-8",
    ...more,
  });

/**
 * Metadata: 256 KB a value, 512 KB together; keys of letters, digits, `-` and `_`.
 * https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations
 */
export const metadata = (more: More = {}): PropertyModel =>
  map({
    items: str({ maxBytes: 262144 }),
    keys: str({ pattern: "[A-Za-z0-9_-]{1,128}" }),
    example: { "enable-oslogin": "TRUE" },
    ...more,
  });

/** The network of an interface, filled in from its subnet. */
export const interfaceNetwork = (more: More = {}): PropertyModel =>
  heldLinkTo(NETWORK, {
    optionalComputed: true,
    value: "{ref:networkInterfaces[].subnetwork:network}",
    ...more,
  });
/** The subnet of an interface. */
export const interfaceSubnet = (more: More = {}): PropertyModel =>
  heldLinkTo(SUBNETWORK, { optionalComputed: true, value: "", ...more });

/** A machine's account by address; Google's default one where none is given. */
export const accountOf = (more: More = {}): PropertyModel =>
  str({
    optionalComputed: true,
    value: "{accountNumber}-compute@developer.gserviceaccount.com",
    ref: [
      { type: ACCOUNT, by: "email" },
      {
        type: ACCOUNT,
        outside: "(?!.*@{account}\\.iam\\.)[^@]+@[a-z0-9.-]+\\.gserviceaccount\\.com",
      },
    ],
    example: "123456789012-compute@developer.gserviceaccount.com",
    ...more,
  });
/** What its tokens are good for: https://cloud.google.com/compute/docs/access/service-accounts#accesscopesiam */
export const accountScopes = (more: More = {}): PropertyModel =>
  set(
    str({
      pattern: "https://www\\.googleapis\\.com/auth/[a-z0-9._-]+|[a-z-]+",
      example: "https://www.googleapis.com/auth/cloud-platform",
    }),
    { required: true, ...more },
  );
/** Network tags: https://cloud.google.com/vpc/docs/add-remove-network-tags#restrictions */
export const networkTags = (more: More = {}): PropertyModel =>
  set(str({ pattern: RFC1035, example: "gitlab" }), { maxItems: 64, ...more });

const spot: Condition = { property: "scheduling.provisioningModel", equals: "SPOT" };
const SPOT = "https://cloud.google.com/compute/docs/instances/create-use-spot";

/** What Google refuses of machines and of templates for them. */
export const machineRules: readonly Rule[] = [
  {
    name: "a Spot machine can be taken away, and does not restart or move",
    when: spot,
    then: {
      all: [
        { property: "scheduling.preemptible", equals: true },
        { property: "scheduling.automaticRestart", equals: false },
        { not: { property: "scheduling.onHostMaintenance", equals: "MIGRATE" } },
      ],
    },
    message:
      "scheduling: provisioningModel SPOT needs preemptible true, automaticRestart false and onHostMaintenance TERMINATE",
    source: SPOT,
    at: "apply",
  },
  {
    name: "what happens to a machine at its end is said of those that have one",
    when: { property: "scheduling.instanceTerminationAction", present: true },
    then: { any: [spot, { property: "scheduling.maxRunDuration", present: true }] },
    message:
      "scheduling.instanceTerminationAction needs provisioningModel SPOT, or a maxRunDuration",
    source: SPOT,
    at: "apply",
  },
  {
    name: "an interface is in a network",
    when: { property: "networkInterfaces", present: true },
    then: {
      property: "networkInterfaces",
      every: {
        any: ["network", "subnetwork", "networkAttachment"].map((property) => ({
          property,
          lengthAtLeast: 1,
        })),
      },
    },
    message: "one of network, subnetwork and networkAttachment must be provided: networkInterfaces",
    source: "https://www.pulumi.com/registry/packages/gcp/api-docs/compute/instance/",
    at: "apply",
  },
  {
    name: "an integrity baseline needs a virtual TPM",
    when: { property: "shieldedInstanceConfig.enableIntegrityMonitoring", equals: true },
    then: { not: { property: "shieldedInstanceConfig.enableVtpm", equals: false } },
    message: "shieldedInstanceConfig.enableIntegrityMonitoring needs enableVtpm",
    source: "https://cloud.google.com/compute/shielded-vm/docs/shielded-vm",
    at: "apply",
  },
  {
    name: "a start-up script is given once",
    when: { property: "metadataStartupScript", present: true },
    then: { property: "metadata.startup-script", present: false },
    message: "metadataStartupScript and metadata.startup-script can't both be given",
    source: "https://www.pulumi.com/registry/packages/gcp/api-docs/compute/instance/",
  },
];

/** What a running machine does when its host is maintained. */
export const onHostMaintenance = (more: More = {}): PropertyModel =>
  str({
    enum: ["MIGRATE", "TERMINATE"],
    value: {
      cases: [
        { when: { property: "preemptible", equals: true }, value: "TERMINATE" },
        { value: "MIGRATE" },
      ],
    },
    optionalComputed: true,
    ...more,
  });

/** How long a machine may run; a change makes a new one. */
export const maxRunDuration = block(
  {
    nanos: int({ replace: true }),
    seconds: int({ required: true, replace: true }),
  },
  { replace: true },
);

/** What a machine's scheduling and a template's say alike of Spot machines and their end. */
export const spotScheduling: Readonly<Record<string, PropertyModel>> = {
  onInstanceStopAction: block({ discardLocalSsd: bool({ replace: true }) }, { replace: true }),
  preemptible: bool({ replace: true }),
  preemptionNoticeDuration: block({
    nanos: int(),
    seconds: int({ required: true }),
  }),
  provisioningModel: str({
    enum: ["STANDARD", "SPOT", "FLEX_START", "RESERVATION_BOUND"],
    value: "STANDARD",
    optionalComputed: true,
    replace: true,
  }),
  skipGuestOsShutdown: bool(),
  terminationTime: str({ replace: true, format: "rfc3339" }),
};
