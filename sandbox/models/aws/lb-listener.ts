/** Elastic Load Balancing: listeners and their rules. */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import {
  arnOf,
  arnPattern,
  block,
  bool,
  CERTIFICATE,
  held,
  int,
  LISTENER,
  LOAD_BALANCER,
  named,
  newer,
  oneOf,
  out,
  region,
  registry,
  str,
  required,
} from "./common";
import { actionRules, actions } from "./lb-actions";
import { listenerRule } from "./lb-listener-rule";
import { BALANCING_GUIDE, BALANCING_API } from "./pages";

const header = (): PropertyModel =>
  str({ optionalComputed: true, value: "", maxLength: 1024, ...newer });

const requestHeaders = [
  "XAmznMtlsClientcertHeaderName",
  "XAmznMtlsClientcertIssuerHeaderName",
  "XAmznMtlsClientcertLeafHeaderName",
  "XAmznMtlsClientcertSerialNumberHeaderName",
  "XAmznMtlsClientcertSubjectHeaderName",
  "XAmznMtlsClientcertValidityHeaderName",
  "XAmznTlsCipherSuiteHeaderName",
  "XAmznTlsVersionHeaderName",
].map((name) => `routingHttpRequest${name}`);

const responseHeaders = [
  "AccessControlAllowCredentialsHeaderValue",
  "AccessControlAllowHeadersHeaderValue",
  "AccessControlAllowMethodsHeaderValue",
  "AccessControlAllowOriginHeaderValue",
  "AccessControlExposeHeadersHeaderValue",
  "AccessControlMaxAgeHeaderValue",
  "ContentSecurityPolicyHeaderValue",
  "StrictTransportSecurityHeaderValue",
  "XContentTypeOptionsHeaderValue",
  "XFrameOptionsHeaderValue",
].map((name) => `routingHttpResponse${name}`);

const encrypted = { property: "protocol", in: ["HTTPS", "TLS"] };

const onBalancer = (type: string): { property: string; equals: string } => ({
  property: "loadBalancerArn->loadBalancerType",
  equals: type,
});

const protocols: Readonly<Record<string, readonly string[]>> = {
  application: ["HTTP", "HTTPS"],
  network: ["TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"],
};

/** What Elastic Load Balancing checks of a listener. */
const listenerRules: readonly Rule[] = [
  ...actionRules("defaultActions"),
  {
    name: "a listener with TLS has a certificate",
    when: encrypted,
    then: { property: "certificateArn", present: true },
    message: "ValidationError: a certificate must be specified (certificateArn) for HTTPS and TLS",
    source: `${BALANCING_API}API_CreateListener.html`,
    at: "apply",
  },
  {
    name: "a listener without TLS has no certificate",
    when: { not: encrypted },
    then: {
      all: [
        { property: "certificateArn", present: false },
        { property: "sslPolicy", present: false },
      ],
    },
    message:
      "ValidationError: certificateArn and sslPolicy cannot be specified unless protocol is HTTPS or TLS",
    source: `${BALANCING_API}API_CreateListener.html`,
    at: "apply",
  },
  {
    name: "the certificate has been issued",
    when: { property: "certificateArn->validationMethod", equals: "DNS" },
    then: {
      property: "certificateArn",
      companion: {
        type: "aws:acm/certificateValidation:CertificateValidation",
        property: "certificateArn",
      },
    },
    message:
      "UnsupportedCertificate: certificateArn: the certificate is not issued yet; wait for its CertificateValidation",
    source: `${BALANCING_GUIDE}application/https-listener-certificates.html`,
    at: "apply",
  },
  ...Object.entries(protocols).map(([type, allowed]): Rule => ({
    name: `protocols of ${type} load balancers`,
    when: onBalancer(type),
    then: {
      all: [
        { property: "port", present: true },
        { property: "protocol", in: allowed },
      ],
    },
    message: `ValidationError: a listener of a load balancer of type ${type} needs a port and a protocol of ${allowed.join(", ")}`,
    source: `${BALANCING_API}API_CreateListener.html`,
    at: "apply",
  })),
  ...["defaultActions[].targetGroupArn", "defaultActions[].forward.targetGroups[].arn"].flatMap(
    (path): Rule[] => [
      {
        name: `${path}: targets of an application load balancer speak HTTP`,
        when: { all: [onBalancer("application"), { property: path, present: true }] },
        then: {
          any: [
            { property: `${path}->protocol`, in: ["HTTP", "HTTPS"] },
            { property: `${path}->targetType`, equals: "lambda" },
          ],
        },
        message:
          "InvalidLoadBalancerAction: the target group's protocol is not compatible with a load balancer of type application",
        source: `${BALANCING_API}API_CreateListener.html`,
        at: "apply",
      },
      {
        name: `${path}: targets lie in the load balancer's VPC`,
        when: { property: `${path}->vpcId`, present: true },
        then: { property: `${path}->vpcId`, allAmong: ["loadBalancerArn->vpcId"] },
        message:
          "InvalidConfigurationRequest: the target group and the load balancer belong to different VPCs",
        source: `${BALANCING_API}API_CreateTargetGroup.html`,
        at: "apply",
      },
    ],
  ),
  {
    name: "headers of mutual TLS are for HTTPS",
    when: { any: requestHeaders.map((property) => ({ property, present: true })) },
    then: { property: "protocol", equals: "HTTPS" },
    message: "ValidationError: routingHttpRequest… can only be set if protocol is HTTPS",
    source: registry("lb/listener"),
    at: "apply",
  },
  {
    name: "response headers are for HTTP",
    when: { any: responseHeaders.map((property) => ({ property, present: true })) },
    then: { property: "protocol", in: ["HTTP", "HTTPS"] },
    message: "ValidationError: routingHttpResponse… can only be set if protocol is HTTP or HTTPS",
    source: registry("lb/listener"),
    at: "apply",
  },
  {
    name: "the idle time is for TCP",
    when: { property: "tcpIdleTimeoutSeconds", present: true },
    then: { not: { property: "protocol", in: ["HTTP", "HTTPS", "TLS", "UDP"] } },
    message: "ValidationError: tcpIdleTimeoutSeconds can only be set if protocol is TCP",
    source: registry("lb/listener"),
    at: "apply",
  },
  {
    name: "ALPN is for TLS",
    when: { property: "alpnPolicy", present: true },
    then: { property: "protocol", equals: "TLS" },
    message: "ValidationError: alpnPolicy can only be set if protocol is TLS",
    source: registry("lb/listener"),
    at: "apply",
  },
  {
    name: "verified clients need a trust store",
    when: { property: "mutualAuthentication.mode", equals: "verify" },
    then: { property: "mutualAuthentication.trustStoreArn", present: true },
    message: "ValidationError: mutualAuthentication.trustStoreArn is required with mode verify",
    source: `${BALANCING_GUIDE}application/mutual-authentication.html`,
    at: "apply",
  },
];

const listener: ResourceModel = {
  token: LISTENER,
  source: registry("lb/listener"),
  schema: "aws_lb_listener",
  id: "{arn}",
  tags: true,
  properties: {
    region,
    alpnPolicy: oneOf(["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"]),
    // A certificate in use can't be deleted: https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html
    certificateArn: str({
      ref: held(CERTIFICATE, "arn", arnPattern("iam", "server-certificate/.+")),
    }),
    defaultActions: actions(false),
    loadBalancerArn: str({ required: true, replace: true, ref: named(LOAD_BALANCER, "arn") }),
    mutualAuthentication: block(
      {
        advertiseTrustStoreCaNames: oneOf(["on", "off"], newer),
        ignoreClientCertificateExpiry: bool(),
        mode: oneOf(["off", "verify", "passthrough"], required),
        trustStoreArn: str({
          format: "arn",
          pattern: arnPattern("elasticloadbalancing", "truststore/.+"),
        }),
      },
      { optionalComputed: true },
    ),
    port: int({ min: 1, max: 65535 }),
    protocol: oneOf([...(protocols["application"] ?? []), ...(protocols["network"] ?? [])], {
      optionalComputed: true,
      value: "HTTP",
    }),
    ...Object.fromEntries([...requestHeaders, ...responseHeaders].map((name) => [name, header()])),
    routingHttpResponseServerEnabled: bool({
      optionalComputed: true,
      value: { json: true },
      ...newer,
    }),
    sslPolicy: str({
      optionalComputed: true,
      value: {
        cases: [
          {
            when: { property: "protocol", in: ["HTTPS", "TLS"] },
            value: "ELBSecurityPolicy-2016-08",
          },
          { value: "" },
        ],
      },
      pattern: "ELBSecurityPolicy-[A-Za-z0-9-]+",
      example: "ELBSecurityPolicy-TLS13-1-2-2021-06",
    }),
    tcpIdleTimeoutSeconds: int({
      optionalComputed: true,
      value: {
        cases: [
          { when: { property: "protocol", equals: "TCP" }, value: { json: 350 } },
          { value: { json: 0 } },
        ],
      },
      min: 60,
      max: 6000,
      ...newer,
    }),
    arn: out(
      arnOf("elasticloadbalancing", "listener/{loadBalancerArn~loadbalancer/(.+)$}/{hex:16}"),
    ),
  },
  unique: [
    {
      properties: ["port", "loadBalancerArn"],
      scope: "region",
      source: `${BALANCING_API}API_CreateListener.html`,
    },
  ],
  rules: listenerRules,
};

/** What load balancers listen to and where they send it. */
export const listeners: readonly ResourceModel[] = [listener, listenerRule];
