/** Compute Engine: firewall rules. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  str,
  int,
  bool,
  oneOf,
  list,
  set,
  block,
  blockSet,
  registry,
  project,
  RFC1035,
  computeName,
  autoName,
  heldLinkTo,
  selfLink,
  creationTimestamp,
  deletionPolicy,
  ABANDONED,
  prevented,
  NETWORK,
  COMPUTE_API,
  resourceTags,
  serviceAccountEmail,
} from "./common";

const NAMING = "https://cloud.google.com/compute/docs/naming-resources";

/** Protocols by name or number, ports one by one or as ranges: https://cloud.google.com/firewall/docs/firewalls#protocols_and_ports */
const traffic = (): PropertyModel =>
  blockSet(
    {
      ports: list(str({ pattern: "\\d{1,5}(-\\d{1,5})?", example: "443" })),
      protocol: str({
        required: true,
        same: "lowercase",
        pattern: "(?:tcp|udp|icmp|esp|ah|sctp|ipip|all|25[0-5]|2[0-4]\\d|1?\\d{1,2})",
        example: "tcp",
      }),
    },
    { exactlyOneOf: ["allows", "denies"] },
  );

const range = str({ format: "cidr", example: "10.0.0.0/16" });

/** Network tags: https://cloud.google.com/vpc/docs/add-remove-network-tags#restrictions */
const tags = (conflicts: readonly string[], maxItems: number): PropertyModel =>
  set(str({ pattern: RFC1035, example: "gitlab" }), { conflicts, maxItems });

const accounts = (conflicts: readonly string[]): PropertyModel =>
  set(serviceAccountEmail(), { conflicts, maxItems: 10 });

const firewall: ResourceModel = {
  token: "gcp:compute/firewall:Firewall",
  source: registry("compute/firewall"),
  schema: "google_compute_firewall",
  id: "projects/{account}/global/firewalls/{name}",
  api: COMPUTE_API,
  name: autoName,
  unique: [{ properties: ["name"], scope: "account", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 10, update: 10, delete: 10 },
  omitted: { enableLogging: "deprecated; use logConfig" },
  properties: {
    allows: traffic(),
    deletionPolicy,
    denies: traffic(),
    description: str(),
    destinationRanges: set(range, { optionalComputed: true, value: { json: [] }, maxItems: 5000 }),
    direction: oneOf(["INGRESS", "EGRESS"], {
      optionalComputed: true,
      value: "INGRESS",
      replace: true,
    }),
    disabled: bool(),
    logConfig: block({
      metadata: oneOf(["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA"], { required: true }),
    }),
    name: computeName(),
    network: heldLinkTo(NETWORK, { required: true }),
    params: resourceTags(false),
    priority: int({ default: 1000, min: 0, max: 65535 }),
    project,
    sourceRanges: set(range, { maxItems: 5000 }),
    sourceServiceAccounts: accounts(["sourceTags", "targetTags"]),
    sourceTags: tags(["sourceServiceAccounts", "targetServiceAccounts"], 30),
    targetServiceAccounts: accounts(["sourceTags", "targetTags"]),
    targetTags: tags(["sourceServiceAccounts", "targetServiceAccounts"], 70),
    creationTimestamp,
    selfLink: selfLink(),
  },
  rules: [
    {
      name: "traffic that comes in comes from somewhere",
      when: { not: { property: "direction", equals: "EGRESS" } },
      then: {
        any: ["sourceRanges", "sourceTags", "sourceServiceAccounts"].map((property) => ({
          property,
          present: true,
        })),
      },
      message:
        "one of sourceRanges, sourceTags and sourceServiceAccounts must be defined for direction INGRESS",
      source: registry("compute/firewall"),
    },
    {
      name: "traffic that goes out has no source",
      when: { property: "direction", equals: "EGRESS" },
      then: {
        all: ["sourceTags", "sourceServiceAccounts"].map((property) => ({
          property,
          present: false,
        })),
      },
      message: "sourceTags, sourceServiceAccounts: not allowed with direction EGRESS",
      source: registry("compute/firewall"),
    },
    ...["allows", "denies"].map((property) => ({
      name: `${property}: ports go with protocols that have them`,
      when: { property, present: true },
      then: {
        property,
        every: {
          any: [
            { property: "ports", present: false },
            { property: "protocol", in: ["tcp", "udp", "sctp", "6", "17", "132"] },
          ],
        },
      },
      message: `Invalid value for field ${property}: ports are for tcp, udp and sctp alone`,
      source: "https://cloud.google.com/firewall/docs/firewalls#protocols_and_ports",
      at: "apply" as const,
    })),
  ],
};

/** Compute Engine: firewall rules. */
export const models: readonly ResourceModel[] = [firewall];
