/** What Azure resources expose. */
import {
  at,
  inWords,
  isFalse,
  isTrue,
  itemsAt,
  notKnown,
  numberAt,
  textAt,
  textsAt,
  unknownWithin,
} from "../values";
import {
  everywhere,
  maybe,
  ownGuard,
  type Grant,
  type Guard,
  type Opening,
  type Reader,
  type Source,
} from "./opening";

/** https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview: each is everybody. */
const everybody = /^(\*|any|internet|0\.0\.0\.0\/0|::\/0)$/i;

/** Addresses, service tags and groups of a rule. */
function sources(rule: unknown): readonly Source[] {
  const prefixes = [
    ...textsAt(rule, "sourceAddressPrefix"),
    ...textsAt(rule, "sourceAddressPrefixes"),
  ];
  const named = prefixes.flatMap((text): readonly Source[] => {
    if (everybody.test(text)) return everywhere;
    return [
      /[.:]/.test(text) && /^[\da-f.:/-]+$/i.test(text) ? { addresses: text } : { party: text },
    ];
  });
  const groups = itemsAt(rule, "sourceApplicationSecurityGroups").map((group): Source => {
    const id = textAt(group, "id");
    return id === undefined
      ? { party: "an application security group not known before up", known: false }
      : { party: `application security group ${id.slice(id.lastIndexOf("/") + 1)}` };
  });
  const unknown = ["sourceAddressPrefix", "sourceAddressPrefixes"].filter((key) =>
    unknownWithin(rule, key),
  );
  return [...named, ...groups, ...unknown.map((key) => ({ notKnown: key }))];
}

/** Openings of an inbound rule, one for each source, range of ports and destination. */
function ruleOpenings(rule: unknown, group: string): readonly Opening[] {
  if (textAt(rule, "direction")?.toLowerCase() === "outbound") return [];
  const doors = [
    ...textsAt(rule, "destinationPortRange"),
    ...textsAt(rule, "destinationPortRanges"),
  ];
  const to = [
    ...textsAt(rule, "destinationAddressPrefix"),
    ...textsAt(rule, "destinationAddressPrefixes"),
  ];
  const all = `${group} to *`;
  const deny = textAt(rule, "access")?.toLowerCase() === "deny";
  const targets = to.length === 0 ? ["*"] : to.map((one) => (everybody.test(one) ? "*" : one));
  return sources(rule).flatMap((source) =>
    (doors.length === 0 ? ["*"] : doors).flatMap((ports) =>
      targets.map((target) => ({
        target: `${group} to ${target}`,
        wider: target === "*" ? undefined : all,
        source,
        protocol: textAt(rule, "protocol") ?? "*",
        ports,
        deny,
        priority: numberAt(rule, "priority"),
      })),
    ),
  );
}

/**
 * What a group lets in after its own rules, whatever those are. Said of one that stands alone: in a new one it is no news.
 * https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview#default-security-rules
 */
function defaultOpenings(group: string): readonly Opening[] {
  return [
    { party: "VirtualNetwork", priority: 65000 },
    { party: "AzureLoadBalancer", priority: 65001 },
  ].map(({ party, priority }) => ({
    ...{ target: `${group} to *`, source: { party }, protocol: "*", ports: "*", priority },
  }));
}

/** A denial on the way out; without it Azure lets out what no other rule stops. */
function outwardGuards(rules: readonly unknown[], group: string): readonly Guard[] {
  return rules
    .filter((rule) => textAt(rule, "direction")?.toLowerCase() === "outbound")
    .filter((rule) => textAt(rule, "access")?.toLowerCase() === "deny")
    .map((rule) => {
      const to = [
        ...textsAt(rule, "destinationAddressPrefix"),
        ...textsAt(rule, "destinationAddressPrefixes"),
      ].join(", ");
      const ports = [
        ...textsAt(rule, "destinationPortRange"),
        ...textsAt(rule, "destinationPortRanges"),
      ].join(", ");
      return {
        key: `${group} out ${to} ${ports} ${textAt(rule, "protocol") ?? "*"}`,
        words: `what no rule stops may go out now: the denial to ${to} (ports ${ports}) is gone`,
      };
    });
}

const group: Reader = ({ inputs, fact }) => {
  if (at(inputs, "securityRules") === notKnown) {
    const source: Source = { notKnown: "securityRules" };
    return { openings: [{ target: `${fact.urn} to *`, source, protocol: "*" }] };
  }
  const rules = itemsAt(inputs, "securityRules");
  return {
    openings: [
      ...rules.flatMap((rule) => ruleOpenings(rule, fact.urn)),
      ...(fact.old === undefined ? [] : defaultOpenings(fact.urn)),
    ],
    guards: fact.operation === "delete" ? [] : outwardGuards(rules, fact.urn),
  };
};

/** Ports of a balancer that faces the internet. */
const balancerPorts: Reader = ({ inputs, fact }) => {
  const faces = itemsAt(inputs, "frontendIPConfigurations").some(
    (one) => at(one, "publicIPAddress") !== undefined,
  );
  if (!faces) return {};
  const rules = ["loadBalancingRules", "inboundNatRules", "inboundNatPools"].flatMap((key) =>
    itemsAt(inputs, key),
  );
  return {
    grants: rules.map((rule) => {
      const port = inWords(at(rule, "frontendPort") ?? at(rule, "frontendPortRangeStart"));
      return {
        key: `${fact.urn} port ${port}`,
        words: `the load balancer answers the internet on port ${port}`,
        toAll: true,
      };
    }),
  };
};

const rule: Reader = ({ inputs, fact }) => ({
  openings: ruleOpenings(
    inputs,
    `group ${textAt(inputs, "networkSecurityGroupName") ?? `of ${fact.urn}`}`,
  ),
});

/** A network card, balancer or bastion with a public address of its own; and the card's own firewall. */
function addressed(words: string, ...lists: readonly string[]): Reader {
  return ({ inputs, fact }) => ({
    grants: lists.flatMap((path) =>
      itemsAt(inputs, path).flatMap((one, index): Grant[] => {
        const value = at(one, "publicIPAddress") ?? at(one, "publicIPAddressConfiguration");
        if (value === undefined) return [];
        const key = `${fact.urn} ${path} ${textAt(one, "name") ?? index}`;
        // Its own id is not known before it stands; that there is one is.
        const certain = value !== notKnown || at(fact.old?.inputs, path) === undefined;
        return [maybe(!certain && fact.operation !== "create", key, words)];
      }),
    ),
  });
}

const scaleSet: Reader = ({ inputs, fact }) => {
  const cards = itemsAt(
    inputs,
    "virtualMachineProfile.networkProfile.networkInterfaceConfigurations",
  );
  const open = cards
    .flatMap((card) => itemsAt(card, "ipConfigurations"))
    .some((one) => at(one, "publicIPAddressConfiguration") !== undefined);
  return open
    ? {
        grants: [
          { key: `${fact.urn} public`, words: "its machines get public addresses", toAll: true },
        ],
      }
    : {};
};

/** The firewall of a subnet or card. */
const guarded: Reader = ({ inputs, fact }) =>
  at(inputs, "networkSecurityGroup") === undefined
    ? {}
    : {
        guards: [
          ownGuard(fact, "networkSecurityGroup", "it has no network security group any more"),
        ],
      };

/**
 * The firewall that services have of their own: everybody, unless it is set to deny or public access is off.
 * https://learn.microsoft.com/en-us/azure/key-vault/general/network-security
 */
function serviceFirewall(prefix: string, acls: string, words: string): Reader {
  return ({ inputs, fact }) => {
    const own = prefix === "" ? inputs : at(inputs, prefix);
    if (own === notKnown) {
      return { grants: [maybe(true, `${fact.urn} network`, words)] };
    }
    if (isFalse(own, "publicNetworkAccess")) return {};
    const action = at(own, `${acls}.defaultAction`);
    if (action === "Deny") {
      const openings = itemsAt(own, `${acls}.ipRules`).map((one): Opening => {
        const text = textAt(one, "value") ?? textAt(one, "iPAddressOrRange");
        const source = text === undefined ? { notKnown: `${acls}.ipRules` } : { addresses: text };
        return { target: `firewall of ${fact.urn}`, source, protocol: "tcp", ports: "443" };
      });
      return { openings };
    }
    return { grants: [maybe(action === notKnown, `${fact.urn} network`, words)] };
  };
}

const blobs: Reader = ({ inputs, fact }) =>
  isTrue(inputs, "allowBlobPublicAccess")
    ? {
        grants: [
          {
            key: `${fact.urn} blobs`,
            words: "its containers may be opened to everybody (allowBlobPublicAccess)",
            toAll: true,
          },
        ],
      }
    : {};

const container: Reader = ({ inputs, fact }) => {
  const access = textAt(inputs, "publicAccess");
  return access === undefined || access === "None"
    ? {}
    : {
        grants: [
          {
            key: `${fact.urn} ${access}`,
            words: `everybody may read it (publicAccess ${access})`,
            toAll: true,
          },
        ],
      };
};

/** https://learn.microsoft.com/en-us/azure/virtual-machines/disks-restrict-import-export-overview */
const disk: Reader = ({ inputs, fact }) => {
  const policy = at(inputs, "networkAccessPolicy") ?? "AllowAll";
  if (isFalse(inputs, "publicNetworkAccess") || (policy !== "AllowAll" && policy !== notKnown)) {
    return {};
  }
  return {
    grants: [
      maybe(
        policy === notKnown,
        `${fact.urn} export`,
        "it can be copied out over the internet by a signed link (networkAccessPolicy AllowAll)",
      ),
    ],
  };
};

const databaseRule: Reader = ({ inputs, fact }) => {
  const [first, last] = [at(inputs, "startIpAddress"), at(inputs, "endIpAddress")];
  const source: Source =
    first === notKnown || last === notKnown
      ? { notKnown: "startIpAddress" }
      : { addresses: `${inWords(first)}-${inWords(last)}` };
  const target = `database ${textAt(inputs, "serverName") ?? `of ${fact.urn}`}`;
  return { openings: [{ target, source, protocol: "tcp" }] };
};

const cluster: Reader = ({ inputs, fact }) => {
  if (isTrue(inputs, "apiServerAccessProfile.enablePrivateCluster")) return {};
  const path = "apiServerAccessProfile.authorizedIPRanges";
  const ranges = textsAt(inputs, path);
  const from: readonly Source[] = unknownWithin(inputs, path)
    ? [{ notKnown: path }]
    : ranges.length === 0
      ? everywhere
      : ranges.map((addresses) => ({ addresses }));
  return {
    openings: from.map((source) => ({
      target: `control plane of ${fact.urn}`,
      source,
      protocol: "tcp",
      ports: "443",
    })),
  };
};

export const azureReaders: readonly (readonly [RegExp, Reader])[] = [
  [/^azure-native:network:NetworkSecurityGroup$/, group],
  [/^azure-native:network:SecurityRule$/, rule],
  [
    /^azure-native:network:(NetworkInterface|BastionHost)$/,
    addressed("a public address is attached to it", "ipConfigurations"),
  ],
  [
    /^azure-native:network:(LoadBalancer|ApplicationGateway)$/,
    addressed("a public address is attached to it", "frontendIPConfigurations"),
  ],
  [/^azure-native:network:LoadBalancer$/, balancerPorts],
  [/^azure-native:network:(NetworkInterface|Subnet)$/, guarded],
  [/^azure-native:compute:VirtualMachineScaleSet$/, scaleSet],
  [
    /^azure-native:keyvault:Vault$/,
    serviceFirewall("properties", "networkAcls", "the vault answers every network"),
  ],
  [
    /^azure-native:storage:StorageAccount$/,
    serviceFirewall("", "networkRuleSet", "the storage account answers every network"),
  ],
  [/^azure-native:storage:StorageAccount$/, blobs],
  [/^azure-native:storage:BlobContainer$/, container],
  [/^azure-native:compute:(Disk|Snapshot)$/, disk],
  [/^azure-native:(dbforpostgresql|dbformysql|sql):FirewallRule$/, databaseRule],
  [/^azure-native:containerservice:ManagedCluster$/, cluster],
];
