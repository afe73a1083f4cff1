/** What resources of every cloud expose by single properties, and those that are doors by themselves. */
import { at, inWords, isTrue, itemsAt, notKnown, textAt } from "../values";
import { maybe, ownGuard, type Grant, type Guard, type Reader } from "./opening";
import { switches } from "./switch-rules";

/** Doors that a property keeps shut. */
const switched: Reader = ({ inputs, fact, side }) => {
  const guards: Guard[] = [];
  const grants: Grant[] = [];
  for (const [type, path, isShut, words] of switches) {
    if (!type.test(fact.type)) continue;
    const value = at(inputs, path);
    if (isShut(value)) guards.push(ownGuard(fact, path, words));
    else if (side === "new" && value === notKnown && isShut(at(fact.old?.inputs, path))) {
      guards.push(ownGuard(fact, path, words));
      grants.push(maybe(true, `${fact.urn} ${path}`, words));
    }
  }
  return { guards, grants };
};

/** A listener of plain HTTP that does nothing but send on to HTTPS. */
const redirect: Reader = ({ inputs, fact }) =>
  textAt(inputs, "protocol") === "HTTP" &&
  itemsAt(inputs, "defaultActions").every((action) => textAt(action, "type") === "redirect")
    ? {
        guards: [
          ownGuard(fact, "redirect", "requests over plain HTTP are no longer sent on to HTTPS"),
        ],
      }
    : {};

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html: on by default from 15 on. */
const forcedTls: Reader = ({ inputs, fact }) => {
  const forced = itemsAt(inputs, "parameters").find(
    (item) => textAt(item, "name") === "rds.force_ssl",
  );
  return forced === undefined || isTrue(forced, "value") || inWords(at(forced, "value")) === "1"
    ? { guards: [ownGuard(fact, "force_ssl", "clients may connect without TLS (rds.force_ssl)")] }
    : {};
};

/** Kubernetes' pod security levels: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const podSecurity: Reader = ({ inputs, fact }) => {
  const labels = at(inputs, "metadata.labels");
  const level =
    typeof labels === "object" && labels !== null
      ? inWords((labels as Record<string, unknown>)["pod-security.kubernetes.io/enforce"])
      : "";
  const guard = (of: string, words: string) => ownGuard(fact, `pod security ${of}`, words);
  return {
    guards: [
      ...(level === "restricted"
        ? [guard("restricted", "pods of the namespace need no longer be restricted (pod-security)")]
        : []),
      ...(level === "restricted" || level === "baseline"
        ? [guard("baseline", "pods of the namespace may take over their node (pod-security)")]
        : []),
    ],
  };
};

/** https://docs.cloud.google.com/kubernetes-engine/docs/concepts/ingress-xlb#disabling_http */
const httpsOnly: Reader = ({ inputs, fact }) => {
  const annotations = at(inputs, "metadata.annotations");
  const allowed =
    typeof annotations === "object" && annotations !== null
      ? (annotations as Record<string, unknown>)["kubernetes.io/ingress.allow-http"]
      : undefined;
  return allowed === "false"
    ? {
        guards: [
          ownGuard(fact, "allow-http", "requests over plain HTTP are answered (allow-http)"),
        ],
      }
    : {};
};

/** What a web application firewall is put before. */
const webFirewall: Reader = ({ inputs }) => {
  const of = textAt(inputs, "resourceArn");
  return {
    guards: [
      {
        key: `web firewall of ${of ?? "?"}`,
        words: "no web application firewall stands before it any more",
        of,
      },
    ],
  };
};

/** Functions and images that are handed to everybody. */
const handedOut: Reader = ({ inputs, fact }) => {
  const everybody =
    textAt(inputs, "authorizationType") === "NONE" ||
    textAt(inputs, "principal") === "*" ||
    textAt(inputs, "group") === "all";
  return everybody
    ? {
        grants: [
          { key: `${fact.urn} all`, words: "everybody on the internet may use it", toAll: true },
        ],
      }
    : {};
};

/** Networks that are joined. */
const joined: Reader = ({ inputs, fact }) => {
  const other = ["peerVpcId", "peerNetwork", "remoteVirtualNetwork.id", "transitGatewayId"]
    .map((path) => at(inputs, path))
    .find((value) => value !== undefined);
  const words = `the network is joined with another one (${other === notKnown ? "not known before up" : inWords(other)})`;
  return { grants: [{ key: `${fact.urn} joined`, words, toAll: false }] };
};

/** A balancer of Kubernetes' Gateway: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/gateway-api#gatewayclass */
const gateway: Reader = ({ inputs, fact }) => {
  const kind = textAt(inputs, "spec.gatewayClassName") ?? "";
  if (/internal|rilb/i.test(kind)) return {};
  return {
    grants: itemsAt(inputs, "spec.listeners").map((listener) => {
      const door = `${inWords(at(listener, "protocol")).toLowerCase()} port ${inWords(at(listener, "port"))}`;
      return {
        key: `${fact.urn} ${door}`,
        words: `the Gateway answers the internet on ${door}`,
        toAll: true,
      };
    }),
  };
};

/** What listens on its machine's own address. */
const hostPorts: Reader = ({ inputs, fact }) => ({
  grants: itemsAt(inputs, "spec.template.spec.containers")
    .flatMap((container) => itemsAt(container, "ports"))
    .map((port) => at(port, "hostPort"))
    .filter((port) => port !== undefined && port !== 0)
    .map((port) => ({
      key: `${fact.urn} hostPort ${inWords(port)}`,
      words: `its pods answer on port ${inWords(port)} of their node (hostPort)`,
      toAll: false,
    })),
});

/** A route from a subnet straight to the internet and back. */
function toGateway(inputs: unknown): boolean {
  const to = textAt(inputs, "destinationCidrBlock") ?? textAt(inputs, "destinationIpv6CidrBlock");
  const gate = at(inputs, "gatewayId");
  return /\/0$/.test(to ?? "") && gate !== undefined && !/^(local|vgw-)/.test(inWords(gate));
}

const route: Reader = ({ inputs, fact }) =>
  toGateway(inputs)
    ? {
        grants: [
          {
            key: `${fact.urn} gateway`,
            words: "its subnets are joined with the internet through a gateway",
            toAll: false,
          },
        ],
      }
    : {};

const association: Reader = ({ inputs, fact, all, side }) => {
  const table = textAt(inputs, "routeTableId");
  const open =
    table !== undefined &&
    all.some(
      ({ type, ...one }) =>
        type.startsWith("aws:ec2/route:") &&
        textAt(one[side]?.inputs, "routeTableId") === table &&
        toGateway(one[side]?.inputs),
    );
  const words = "the subnet is joined with the internet through a gateway";
  return open ? { grants: [{ key: `${fact.urn} gateway`, words, toAll: false }] } : {};
};

/** A condition that narrows a right. */
const condition: Reader = ({ inputs, fact }) => {
  if (at(inputs, "condition") === undefined) return {};
  const words = `${inWords(at(inputs, "member"))} has ${inWords(at(inputs, "role"))} without the condition that was on it`;
  return { guards: [ownGuard(fact, "condition", words)] };
};

export const switchReaders: readonly (readonly [RegExp, Reader])[] = [
  [/^(aws|azure-native|gcp|kubernetes):/, switched],
  [/^aws:(lb|alb|elasticloadbalancingv2)\/listener:/, redirect],
  [/^aws:rds\/parameterGroup:/, forcedTls],
  [/^aws:wafv2\/webAclAssociation:/, webFirewall],
  [/^aws:(lambda\/(functionUrl|permission)|ec2\/(amiLaunchPermission)):/, handedOut],
  [
    /^aws:ec2\/vpcPeeringConnection:|^aws:ec2transitgateway\/vpcAttachment:|^gcp:compute\/networkPeering:|^azure-native:network:VirtualNetworkPeering$/,
    joined,
  ],
  [/^aws:ec2\/route:/, route],
  [/^aws:ec2\/routeTableAssociation:/, association],
  [/^gcp:[a-zA-Z0-9]+\/\w*[iI](AM|am)Member:/, condition],
  [/^kubernetes:core\/v1:Namespace$/, podSecurity],
  [/^kubernetes:networking\.k8s\.io\/v1:Ingress$/, httpsOnly],
  [/^kubernetes:gateway\.networking\.k8s\.io\/v1(beta1)?:Gateway$/, gateway],
  [/^kubernetes:(apps|batch)\//, hostPorts],
];
