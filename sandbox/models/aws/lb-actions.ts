/** Elastic Load Balancing: what listeners and their rules do with a request. */
import type { PropertyModel, Rule } from "../../model";
import {
  arnPattern,
  block,
  blocks,
  blockSet,
  bool,
  held,
  int,
  map,
  newer,
  oneOf,
  set,
  str,
  TARGET_GROUP,
  required,
} from "./common";
import { BALANCING_API } from "./pages";

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
export const actions = (rule: boolean): PropertyModel =>
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
export const actionRules = (property: string): Rule[] => [
  ...blocksOfTypes.map(([type, name]): Rule => ({
    name: `${type} says how`,
    then: {
      property,
      every: {
        any: [{ not: { property: "type", equals: type } }, { property: name, present: true }],
      },
    },
    message: `${property}: an action of type ${type} needs ${name}`,
    source: `${BALANCING_API}API_Action.html`,
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
    source: `${BALANCING_API}API_Action.html`,
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
    source: `${BALANCING_API}API_RedirectActionConfig.html`,
    at: "apply",
  },
  {
    name: "one action ends the request",
    then: {
      property,
      some: { property: "type", in: ["forward", "redirect", "fixed-response"] },
    },
    message: `InvalidLoadBalancerAction: ${property}: there must be a forward, redirect or fixed-response action`,
    source: `${BALANCING_API}API_Action.html`,
    at: "apply",
  },
];
