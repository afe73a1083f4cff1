/** Public IP addresses and NAT gateways. */
import type { ResourceModel } from "../../model";
import {
  arm,
  attached,
  block,
  blocks,
  foreign,
  int,
  LEARN,
  link,
  list,
  location,
  NAT_GATEWAY,
  oneOf,
  out,
  outJson,
  plainName,
  PUBLIC_IP,
  rule,
  str,
  tags,
  unchangeable,
  zone,
} from "./common";

const IP = `${LEARN}virtual-network/ip-services/public-ip-addresses`;
const BASIC = `${LEARN}virtual-network/ip-services/public-ip-basic-upgrade-guidance`;
const NAT = `${LEARN}nat-gateway/nat-gateway-resource`;

const publicIpAddress = arm({
  token: PUBLIC_IP,
  kind: "Microsoft.Network/publicIPAddresses",
  api: "2024-05-01",
  named: { property: "publicIpAddressName", pattern: plainName(80), maxLength: 80 },
  properties: {
    ddosSettings: block({
      ddosProtectionPlan: foreign("Microsoft.Network/ddosProtectionPlans"),
      protectionMode: oneOf(["VirtualNetworkInherited", "Enabled", "Disabled"]),
    }),
    deleteOption: oneOf(["Delete", "Detach"]),
    dnsSettings: block({
      domainNameLabel: str({ pattern: "[a-z][a-z0-9-]{1,61}[a-z0-9]", example: "gitlab-dev" }),
      domainNameLabelScope: oneOf([
        "TenantReuse",
        "SubscriptionReuse",
        "ResourceGroupReuse",
        "NoReuse",
      ]),
      fqdn: str({
        optionalComputed: true,
        value: "{domainNameLabel}.{location}.cloudapp.azure.com",
        format: "hostname",
      }),
      reverseFqdn: str({ format: "hostname" }),
    }),
    idleTimeoutInMinutes: int({ min: 4, max: 30, optionalComputed: true, value: "4" }),
    ipAddress: str({
      optionalComputed: true,
      value: "20.{int:33-126}.{int:0-255}.{int:1-254}",
      format: "ipv4",
    }),
    ipTags: blocks({ ipTagType: str(), tag: str() }, { replace: true }),
    location,
    migrationPhase: oneOf(["None", "Prepare", "Commit", "Abort", "Committed"]),
    publicIPAddressVersion: oneOf(["IPv4", "IPv6"], {
      optionalComputed: true,
      value: "IPv4",
      replace: true,
    }),
    publicIPAllocationMethod: oneOf(["Static", "Dynamic"], {
      optionalComputed: true,
      value: "Dynamic",
    }),
    publicIPPrefix: foreign("Microsoft.Network/publicIPPrefixes", { replace: true }),
    sku: block(
      { name: oneOf(["Basic", "Standard"]), tier: oneOf(["Regional", "Global"]) },
      { replace: true },
    ),
    tags: tags(),
    zones: list(zone, { set: true }),
    etag: out('W/"{uuid}"', { changesWith: "*" }),
    ipConfiguration: outJson("object", {}),
    provisioningState: out("Succeeded"),
    resourceGuid: out("{uuid}"),
  },
  omitted: {
    extendedLocation: "edge zones are not modelled",
    id: "ARM makes the id from the names",
    linkedPublicIPAddress: "migrations between addresses are not modelled",
    natGateway: "the gateway names the address (NatGateway.publicIpAddresses)",
    servicePublicIPAddress: "migrations between addresses are not modelled",
  },
  rules: [
    rule(
      "an address is of the Standard SKU",
      undefined,
      { property: "sku.name", equals: "Standard" },
      "BasicSkuPublicIpRetired: `sku.name` must be Standard: the Basic SKU, which holds where none is given, was retired on 30 September 2025",
      BASIC,
    ),
    rule(
      "a Standard address is static",
      { property: "sku.name", equals: "Standard" },
      { property: "publicIPAllocationMethod", equals: "Static" },
      "PublicIPAndIPv4SkuMismatch: `publicIPAllocationMethod` of a Standard address must be Static",
      IP,
    ),
    ...unchangeable(
      ["zones", "publicIPAllocationMethod"],
      `${LEARN}virtual-network/ip-services/public-ip-addresses#availability-zone`,
      "it is decided when the address is made",
    ),
    rule(
      "DDoS protection has a plan",
      { property: "ddosSettings.ddosProtectionPlan", present: true },
      { property: "ddosSettings.protectionMode", equals: "Enabled" },
      "DdosProtectionPlanNotAllowed: `ddosSettings.ddosProtectionPlan` needs protectionMode Enabled",
      `${LEARN}ddos-protection/ddos-protection-sku-comparison`,
    ),
  ],
  seconds: { create: 5, delete: 5 },
});

const natGateway = arm({
  token: NAT_GATEWAY,
  kind: "Microsoft.Network/natGateways",
  api: "2024-05-01",
  named: { property: "natGatewayName", pattern: plainName(80), maxLength: 80 },
  properties: {
    idleTimeoutInMinutes: int({ min: 4, max: 120 }),
    location,
    publicIpAddresses: {
      type: "list",
      set: true,
      items: link(attached(PUBLIC_IP)),
      maxItems: 16,
    },
    publicIpPrefixes: {
      type: "list",
      set: true,
      items: foreign("Microsoft.Network/publicIPPrefixes"),
    },
    sku: block({ name: oneOf(["Standard"]) }),
    tags: tags(),
    zones: list(zone, { set: true, maxItems: 1 }),
    etag: out('W/"{uuid}"', { changesWith: "*" }),
    provisioningState: out("Succeeded"),
    resourceGuid: out("{uuid}"),
    subnets: outJson("list", []),
  },
  omitted: { id: "ARM makes the id from the names" },
  rules: [
    rule(
      "a gateway has its SKU",
      undefined,
      { property: "sku.name", equals: "Standard" },
      "NatGatewaySkuMissing: `sku.name` is required: Standard",
      NAT,
    ),
    rule(
      "a gateway's addresses are of the Standard SKU",
      { property: "publicIpAddresses", present: true },
      {
        property: "publicIpAddresses[].id",
        every: { property: ".", referred: { property: "sku.name", equals: "Standard" } },
      },
      "NatGatewayPublicIpSkuMismatch: `publicIpAddresses` must be of the Standard SKU",
      NAT,
    ),
    rule(
      "a gateway's addresses are in its region",
      { property: "publicIpAddresses", present: true },
      { property: "publicIpAddresses[].id->location", allAmong: ["location"] },
      "InvalidResourceReference: `publicIpAddresses` must be in the region of the gateway",
      NAT,
    ),
    rule(
      "a gateway's addresses are in its zone",
      {
        all: [
          { property: "zones", present: true },
          { property: "publicIpAddresses[].id->zones", present: true },
        ],
      },
      { property: "zones", allAmong: ["publicIpAddresses[].id->zones"] },
      "NatGatewayZoneMismatch: `publicIpAddresses` must be zone-redundant or in the zone of the gateway",
      `${LEARN}reliability/reliability-nat-gateway`,
    ),
    rule(
      "an address serves one gateway",
      { property: "publicIpAddresses", present: true },
      { property: "publicIpAddresses[].id", distinct: true },
      "DuplicatePublicIpReference: `publicIpAddresses` names an address twice",
      NAT,
    ),
    ...unchangeable(
      ["zones"],
      `${LEARN}reliability/reliability-nat-gateway`,
      "a zone is chosen when the gateway is made",
    ),
  ],
  seconds: { create: 10, delete: 10 },
});

export const models: readonly ResourceModel[] = [publicIpAddress, natGateway];
