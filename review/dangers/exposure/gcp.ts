/** What Google Cloud resources expose. */
import type { Values } from "../../../engine/facts";
import {
  at,
  documentAt,
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

/** The last part of a self link. */
function tail(link: string): string {
  return link.slice(link.lastIndexOf("/") + 1);
}

function firewallSources(inputs: Values): readonly Source[] {
  const keys = ["sourceRanges", "sourceTags", "sourceServiceAccounts"];
  const found: Source[] = [
    ...textsAt(inputs, "sourceRanges").map((addresses) => ({ addresses })),
    ...textsAt(inputs, "sourceTags").map((tag) => ({ party: `machines with the tag ${tag}` })),
    ...textsAt(inputs, "sourceServiceAccounts").map((one) => ({ party: `machines of ${one}` })),
    ...keys
      .filter((key) => unknownWithin(inputs, key))
      .map((key): Source =>
        key === "sourceRanges"
          ? { notKnown: key }
          : { party: "machines not known before up", known: false },
      ),
  ];
  // https://docs.cloud.google.com/firewall/docs/firewalls#sources: with none of them it is everybody.
  return found.length === 0 ? everywhere : found;
}

const firewall: Reader = ({ inputs, fact }) => {
  if (isTrue(inputs, "disabled")) return {};
  const link = textAt(inputs, "network");
  const base = link === undefined ? `network of ${fact.urn}` : `network ${tail(link)}`;
  if (textAt(inputs, "direction")?.toUpperCase() === "EGRESS") return egress(inputs, base);
  const tags = [
    ...textsAt(inputs, "targetTags"),
    ...textsAt(inputs, "targetServiceAccounts"),
    ...["targetTags", "targetServiceAccounts"].filter((key) => unknownWithin(inputs, key)),
  ];
  const rules = (["allows", "denies"] as const).flatMap((key) =>
    at(inputs, key) === notKnown
      ? [{ deny: key === "denies", protocol: "all", ports: ["*"] }]
      : itemsAt(inputs, key).map((rule) => {
          const doors = textsAt(rule, "ports");
          return {
            deny: key === "denies",
            protocol: textAt(rule, "protocol") ?? "all",
            ports: doors.length === 0 ? ["*"] : doors,
          };
        }),
  );
  const openings = rules.flatMap(({ deny, protocol, ports }) =>
    firewallSources(inputs).flatMap((source) =>
      ports.flatMap((door) =>
        (tags.length === 0 ? ["*"] : tags).map((tag): Opening => ({
          target: `${base} ${tag}`,
          wider: tag === "*" ? undefined : `${base} *`,
          source,
          protocol,
          ports: door,
          deny,
          priority: numberAt(inputs, "priority") ?? 1000,
        })),
      ),
    ),
  );
  return { openings };
};

/** The network's own default lets everything out; a rule that denies is all that keeps machines in. */
function egress(inputs: Values, base: string): { guards: readonly Guard[] } {
  const to = textsAt(inputs, "destinationRanges").join(", ");
  return {
    guards: itemsAt(inputs, "denies").map((rule) => {
      const what =
        `${textAt(rule, "protocol") ?? "all"} ${textsAt(rule, "ports").join(",")}`.trim();
      return {
        key: `${base} out ${to} ${what} ${textsAt(inputs, "targetTags").join(",")}`,
        words: `what no rule lets out may go out now: the denial to ${to} (${what}) is gone`,
      };
    }),
  };
}

const machine: Reader = ({ inputs, fact }) => {
  const cards = itemsAt(inputs, "networkInterfaces");
  const open = cards.some((card) =>
    ["accessConfigs", "ipv6AccessConfigs"].some(
      (key) => at(card, key) !== undefined && count(card, key) > 0,
    ),
  );
  const unknown = cards.some((card) => at(card, "accessConfigs") === notKnown);
  if (!open && !unknown) return {};
  return { grants: [maybe(unknown, `${fact.urn} public`, "the machine gets a public address")] };
};

/** How many items; what is not known counts as one. */
function count(values: unknown, key: string): number {
  return at(values, key) === notKnown ? 1 : itemsAt(values, key).length;
}

/** EXTERNAL where left out: https://docs.cloud.google.com/load-balancing/docs/forwarding-rule-concepts */
const forwarding: Reader = ({ inputs, fact }) => {
  const scheme = at(inputs, "loadBalancingScheme") ?? "EXTERNAL";
  if (scheme !== notKnown && !inWords(scheme).startsWith("EXTERNAL")) return {};
  const door = at(inputs, "portRange") ?? at(inputs, "ports") ?? at(inputs, "allPorts");
  const on = Array.isArray(door) ? door.map(inWords).join(", ") : inWords(door);
  const words = `a load balancer faces the internet on port ${on === "true" ? "every" : on}`;
  return { grants: [maybe(scheme === notKnown, `${fact.urn} external ${on}`, words)] };
};

const sql: Reader = ({ inputs, fact }) => {
  const path = "settings.ipConfiguration";
  const flag = at(inputs, `${path}.ipv4Enabled`);
  if (isFalse(inputs, `${path}.ipv4Enabled`)) return {};
  // Cloud SQL gives a public address where nothing is said: https://docs.cloud.google.com/sql/docs/postgres/configure-ip
  const grants = [
    maybe(
      flag === notKnown,
      `${fact.urn} public`,
      "the database gets a public address (ipv4Enabled)",
    ),
  ];
  const openings = itemsAt(inputs, `${path}.authorizedNetworks`).map((network): Opening => {
    const value = textAt(network, "value");
    const source = value === undefined ? { notKnown: "authorizedNetworks" } : { addresses: value };
    return { target: `database ${fact.urn}`, source, protocol: "tcp", ports: "5432" };
  });
  return { grants, openings };
};

/** https://docs.cloud.google.com/kubernetes-engine/docs/concepts/network-isolation */
const cluster: Reader = ({ inputs, fact }) => {
  const endpoints = "controlPlaneEndpointsConfig";
  const grants: Grant[] = isTrue(inputs, `${endpoints}.dnsEndpointConfig.allowExternalTraffic`)
    ? [
        {
          key: `${fact.urn} DNS endpoint`,
          words:
            "the control plane's DNS endpoint answers the internet, to callers whom IAM lets in (allowExternalTraffic)",
          toAll: true,
        },
      ]
    : [];
  const closed =
    isFalse(inputs, `${endpoints}.ipEndpointsConfig.enabled`) ||
    isTrue(inputs, "privateClusterConfig.enablePrivateEndpoint") ||
    isFalse(inputs, `${endpoints}.ipEndpointsConfig.enablePublicEndpoint`);
  if (closed) return { grants };
  const path = "masterAuthorizedNetworksConfig";
  const blocks = itemsAt(inputs, `${path}.cidrBlocks`);
  const from: readonly Source[] =
    at(inputs, path) === undefined
      ? [{ addresses: "0.0.0.0/0" }]
      : unknownWithin(inputs, `${path}.cidrBlocks`)
        ? [{ notKnown: `${path}.cidrBlocks` }]
        : blocks.map((block) => {
            const text = textAt(block, "cidrBlock");
            return text === undefined ? { notKnown: `${path}.cidrBlocks` } : { addresses: text };
          });
  const openings = from.map((source) => ({
    target: `control plane of ${fact.urn}`,
    source,
    protocol: "tcp",
    ports: "443",
  }));
  return { grants, openings };
};

const bucket: Reader = ({ inputs, fact }) => ({
  guards: [
    ...(textAt(inputs, "publicAccessPrevention") === "enforced"
      ? [
          ownGuard(
            fact,
            "publicAccessPrevention",
            "the bucket may be opened to everybody again (publicAccessPrevention)",
          ),
        ]
      : []),
    ...(isTrue(inputs, "uniformBucketLevelAccess")
      ? [
          ownGuard(
            fact,
            "uniformBucketLevelAccess",
            "objects may have rights of their own again (uniformBucketLevelAccess)",
          ),
        ]
      : []),
  ],
});

const all = /^(allUsers|allAuthenticatedUsers)$/;
/** A whole domain, all who have a basic role, or every identity of a pool. */
const many =
  /^(domain:|projectViewer:|projectEditor:|principalSet:|allUsers|allAuthenticatedUsers)/;

/** Rights on something, given to a wide circle: the same resource type carries `member`, `members` or a policy. */
const rights: Reader = ({ inputs, fact }) => {
  const on = Object.entries(inputs)
    .filter(([key, value]) => typeof value === "string" && !/^(member|etag|policyData)$/.test(key))
    .map(([, value]) => String(value))
    .sort()
    .join(" ");
  const given = (role: string, members: readonly unknown[]): Grant[] =>
    members.flatMap((member): Grant[] => {
      const key = `${fact.type.replace(/(Member|Binding|Policy):.*$/, "")} ${on} ${role} ${inWords(member)}`;
      if (member === notKnown) {
        const words = `who gets ${role} is not known before up`;
        return [{ key: `${fact.urn} member not known`, words, toAll: false }];
      }
      if (typeof member !== "string" || !many.test(member)) return [];
      return [{ key, words: `${member} gets ${role}`, toAll: all.test(member) }];
    });
  const role = inWords(at(inputs, "role"));
  const document = documentAt(inputs, "policyData");
  const unknown = unknownWithin(inputs, "members") && at(inputs, "members") === notKnown;
  return {
    grants: [
      ...given(role, [at(inputs, "member"), ...itemsAt(inputs, "members")]),
      ...(unknown || document === notKnown ? given(role, [notKnown]) : []),
      ...itemsAt(document, "bindings").flatMap((binding) =>
        given(inWords(at(binding, "role")), itemsAt(binding, "members")),
      ),
    ],
  };
};

const accessControl: Reader = ({ inputs, fact }) => {
  const entity = textAt(inputs, "entity") ?? "";
  return all.test(entity)
    ? {
        grants: [
          { key: `${fact.urn} ${entity}`, words: `${entity} may read its objects`, toAll: true },
        ],
      }
    : {};
};

/** Rules of Cloud Armor that keep somebody out or slow him down; one that only looks on does neither. */
const armor: Reader = ({ inputs }) => ({
  guards: itemsAt(inputs, "rules")
    .filter((rule) => /^(deny|throttle|rate_based_ban|redirect)/.test(textAt(rule, "action") ?? ""))
    .filter((rule) => !isTrue(rule, "preview"))
    .map((rule) => {
      const name = textAt(rule, "description") ?? `priority ${inWords(at(rule, "priority"))}`;
      return {
        // By what it does: a rule that moves to another priority is the same.
        key: `armor ${JSON.stringify(at(rule, "match"))} ${textAt(rule, "action") ?? ""}`,
        words: `Cloud Armor no longer applies a rule: ${name}`,
        of: textAt(inputs, "name"),
      };
    }),
});

const backend: Reader = ({ inputs, fact }) =>
  at(inputs, "securityPolicy") === undefined
    ? {}
    : {
        guards: [ownGuard(fact, "securityPolicy", "no Cloud Armor policy guards it any more")],
      };

export const gcpReaders: readonly (readonly [RegExp, Reader])[] = [
  [/^gcp:compute\/firewall:/, firewall],
  [/^gcp:compute\/(instance|instanceTemplate|regionInstanceTemplate):/, machine],
  [/^gcp:compute\/(forwardingRule|globalForwardingRule):/, forwarding],
  [/^gcp:sql\/databaseInstance:/, sql],
  [/^gcp:container\/cluster:/, cluster],
  [/^gcp:storage\/bucket:/, bucket],
  [/^gcp:[a-zA-Z0-9]+\/\w*[iI](AM|am)(Member|Binding|Policy):/, rights],
  [
    /^gcp:storage\/(bucketAccessControl|defaultObjectAccessControl|objectAccessControl):/,
    accessControl,
  ],
  [/^gcp:compute\/(securityPolicy|regionSecurityPolicy):/, armor],
  [/^gcp:compute\/(backendService|regionBackendService):/, backend],
];
