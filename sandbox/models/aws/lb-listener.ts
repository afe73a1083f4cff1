/** Elastic Load Balancing: listeners and their rules. */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import {
  arnOf,
  arnPattern,
  block,
  blocks,
  blockSet,
  bool,
  CERTIFICATE,
  held,
  int,
  LISTENER,
  LOAD_BALANCER,
  map,
  named,
  newer,
  oneOf,
  out,
  region,
  registry,
  set,
  str,
  TARGET_GROUP,
} from "./common";

const guide = "https://docs.aws.amazon.com/elasticloadbalancing/latest/";
const api = `${guide}APIReference/`;
const required = { required: true } as const;

/** A target group in use by a listener or rule can't be deleted (ResourceInUse). */
const targetGroupArn = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({ ref: held(TARGET_GROUP, "arn"), ...more });

/** What both kinds of sign-in have; a rule's defaults are the provider's, a listener's the cloud's. */
const session = (rule: boolean): Record<string, PropertyModel> => {
  const given = (value: string | number): Partial<PropertyModel> =>
    rule ? { default: value } : { optionalComputed: true, value: { json: value } };
  return {
    authenticationRequestExtraParams: map({ maxItems: 10 }),
    onUnauthenticatedRequest: oneOf(["deny", "allow", "authenticate"], {
      optionalComputed: true,
      value: "authenticate",
    }),
    scope: str(given("openid")),
    sessionCookieName: str(given("AWSELBAuthSessionCookie")),
    sessionTimeout: int({ ...given(604800), min: 1, max: 604800 }),
  };
};

/** Where HTTPS endpoints are wanted. */
const endpoint = (): PropertyModel =>
  str({
    required: true,
    format: "url",
    pattern: "https://.+",
    example: "https://idp.example.com/x",
  });

/** Actions of a listener or rule: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html */
const actions = (rule: boolean): PropertyModel =>
  blocks(
    {
      authenticateCognito: block({
        ...session(rule),
        userPoolArn: str({
          required: true,
          format: "arn",
          pattern: arnPattern("cognito-idp", "userpool/.+"),
        }),
        userPoolClientId: str(required),
        userPoolDomain: str(required),
      }),
      authenticateOidc: block({
        ...session(rule),
        authorizationEndpoint: endpoint(),
        clientId: str(required),
        clientSecret: str({ required: true, secret: true, writeOnly: true }),
        issuer: endpoint(),
        tokenEndpoint: endpoint(),
        userInfoEndpoint: endpoint(),
      }),
      fixedResponse: block({
        contentType: oneOf(
          ["text/plain", "text/css", "text/html", "application/javascript", "application/json"],
          required,
        ),
        messageBody: str({ maxLength: 1024 }),
        statusCode: str({
          optionalComputed: true,
          value: "200",
          pattern: "[245]\\d\\d",
        }),
      }),
      forward: block({
        stickiness: block({
          duration: int({ required: true, min: 1, max: 604800 }),
          enabled: bool(),
        }),
        targetGroups: blockSet(
          {
            arn: targetGroupArn(required),
            weight: int({ default: 1, min: 0, max: 999 }),
          },
          { required: true, minItems: 1, maxItems: 5 },
        ),
      }),
      jwtValidation: block(
        {
          additionalClaims: blockSet({
            format: oneOf(["single-string", "string-array", "space-separated-values"], required),
            name: str(required),
            values: set(str(), required),
          }),
          issuer: endpoint(),
          jwksEndpoint: endpoint(),
        },
        newer,
      ),
      order: int({ optionalComputed: true, min: 1, max: 50000 }),
      redirect: block({
        host: str({ default: "#{host}", maxLength: 128 }),
        path: str({ default: "/#{path}", maxLength: 128, pattern: "/.*" }),
        port: str({ default: "#{port}", pattern: "#\\{port\\}|[1-9]\\d{0,4}", example: "443" }),
        protocol: oneOf(["#{protocol}", "HTTP", "HTTPS"], { default: "#{protocol}" }),
        query: str({ default: "#{query}", maxLength: 128 }),
        statusCode: oneOf(["HTTP_301", "HTTP_302"], required),
      }),
      targetGroupArn: targetGroupArn(),
      type: oneOf(
        [
          "forward",
          "redirect",
          "fixed-response",
          "authenticate-cognito",
          "authenticate-oidc",
          "jwt-validation",
        ],
        required,
      ),
    },
    { required: true, minItems: 1 },
  );

const blocksOfTypes: readonly (readonly [type: string, block: string])[] = [
  ["redirect", "redirect"],
  ["fixed-response", "fixedResponse"],
  ["authenticate-cognito", "authenticateCognito"],
  ["authenticate-oidc", "authenticateOidc"],
  ["jwt-validation", "jwtValidation"],
];

/** That each action has what its type needs, and ends the request where it should. */
const actionRules = (property: string): Rule[] => [
  ...blocksOfTypes.map(([type, name]): Rule => ({
    name: `${type} says how`,
    then: {
      property,
      every: {
        any: [{ not: { property: "type", equals: type } }, { property: name, present: true }],
      },
    },
    message: `${property}: an action of type ${type} needs ${name}`,
    source: `${api}API_Action.html`,
  })),
  {
    name: "forward says whereto",
    then: {
      property,
      every: {
        any: [
          { not: { property: "type", equals: "forward" } },
          { property: "targetGroupArn", present: true },
          { property: "forward", present: true },
        ],
      },
    },
    message: `${property}: an action of type forward needs targetGroupArn or forward`,
    source: `${api}API_Action.html`,
  },
  {
    name: "a redirect changes something",
    when: { property: `${property}[].redirect`, present: true },
    then: {
      property: `${property}[].redirect`,
      every: {
        not: {
          all: [
            { property: "host", equals: "#{host}" },
            { property: "path", equals: "/#{path}" },
            { property: "port", equals: "#{port}" },
            { property: "protocol", equals: "#{protocol}" },
            { property: "query", equals: "#{query}" },
          ],
        },
      },
    },
    message: `InvalidLoadBalancerAction: ${property}: a redirect must change the protocol, host, port, path or query`,
    source: `${api}API_RedirectActionConfig.html`,
    at: "apply",
  },
  {
    name: "one action ends the request",
    then: {
      property,
      some: { property: "type", in: ["forward", "redirect", "fixed-response"] },
    },
    message: `InvalidLoadBalancerAction: ${property}: there must be a forward, redirect or fixed-response action`,
    source: `${api}API_Action.html`,
    at: "apply",
  },
];

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
      source: `${api}API_CreateListener.html`,
    },
  ],
  rules: [
    ...actionRules("defaultActions"),
    {
      name: "a listener with TLS has a certificate",
      when: encrypted,
      then: { property: "certificateArn", present: true },
      message:
        "ValidationError: a certificate must be specified (certificateArn) for HTTPS and TLS",
      source: `${api}API_CreateListener.html`,
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
      source: `${api}API_CreateListener.html`,
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
      source: `${guide}application/https-listener-certificates.html`,
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
      source: `${api}API_CreateListener.html`,
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
          source: `${api}API_CreateListener.html`,
          at: "apply",
        },
        {
          name: `${path}: targets lie in the load balancer's VPC`,
          when: { property: `${path}->vpcId`, present: true },
          then: { property: `${path}->vpcId`, allAmong: ["loadBalancerArn->vpcId"] },
          message:
            "InvalidConfigurationRequest: the target group and the load balancer belong to different VPCs",
          source: `${api}API_CreateTargetGroup.html`,
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
      source: `${guide}application/mutual-authentication.html`,
      at: "apply",
    },
  ],
};

const kinds = [
  "hostHeader",
  "httpHeader",
  "httpRequestMethod",
  "pathPattern",
  "queryStrings",
  "sourceIp",
];
const noLongerNeeded = {
  deviates: "no longer required: the newer provider takes regexValues or ipAddressType instead",
};
const rewrite = (): PropertyModel =>
  block({ rewrite: block({ regex: str(required), replace: str(required) }) });

const listenerRule: ResourceModel = {
  token: "aws:lb/listenerRule:ListenerRule",
  source: registry("lb/listenerrule"),
  schema: "aws_lb_listener_rule",
  id: "{arn}",
  tags: true,
  properties: {
    region,
    actions: actions(true),
    conditions: blockSet(
      {
        hostHeader: block({
          regexValues: set(str(), newer),
          values: set(str({ maxLength: 128 }), { minItems: 1, ...noLongerNeeded }),
        }),
        httpHeader: block({
          httpHeaderName: str({
            required: true,
            maxLength: 40,
            pattern: "[A-Za-z0-9!#$%&'*+.^_`|~-]+",
          }),
          regexValues: set(str(), newer),
          values: set(str({ maxLength: 128 }), noLongerNeeded),
        }),
        httpRequestMethod: block({
          values: set(str({ maxLength: 40, pattern: "[A-Z_-]+" }), required),
        }),
        pathPattern: block({
          regexValues: set(str(), newer),
          values: set(str({ maxLength: 128 }), { minItems: 1, ...noLongerNeeded }),
        }),
        queryStrings: blockSet({
          key: str({ maxLength: 128 }),
          value: str({ required: true, maxLength: 128 }),
        }),
        sourceIp: block({
          ipAddressType: oneOf(["ipv4", "ipv6"], newer),
          values: set(str({ format: "cidr", example: "10.0.0.0/8" }), noLongerNeeded),
        }),
      },
      { required: true, minItems: 1 },
    ),
    listenerArn: str({ required: true, replace: true, ref: named(LISTENER, "arn") }),
    priority: int({ optionalComputed: true, value: "{int:1000-50000}", min: 1, max: 50000 }),
    transforms: blockSet(
      {
        hostHeaderRewriteConfig: rewrite(),
        type: oneOf(["host-header-rewrite", "url-rewrite"], required),
        urlRewriteConfig: rewrite(),
      },
      newer,
    ),
    arn: out(arnOf("elasticloadbalancing", "listener-rule/{listenerArn~listener/(.+)$}/{hex:16}")),
  },
  unique: [
    {
      properties: ["priority", "listenerArn"],
      scope: "region",
      source: `${api}API_CreateRule.html`,
    },
  ],
  rules: [
    ...actionRules("actions"),
    {
      name: "each condition is of one kind",
      then: {
        property: "conditions",
        every: {
          all: [
            { any: kinds.map((property) => ({ property, present: true })) },
            ...kinds.map((kind) => ({
              any: [
                { property: kind, present: false },
                {
                  all: kinds
                    .filter((other) => other !== kind)
                    .map((property) => ({ property, present: false })),
                },
              ],
            })),
          ],
        },
      },
      message: `conditions: each needs exactly one of ${kinds.join(", ")}`,
      source: registry("lb/listenerrule"),
    },
    {
      name: "an action has one form of target",
      then: {
        property: "actions",
        every: {
          any: [
            { property: "targetGroupArn", present: false },
            { property: "forward", present: false },
          ],
        },
      },
      message: "actions: targetGroupArn cannot be specified with forward",
      source: registry("lb/listenerrule"),
    },
  ],
};

/** What load balancers listen to and where they send it. */
export const listeners: readonly ResourceModel[] = [listener, listenerRule];
