/** Elastic Load Balancing: rules of listeners. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  arnOf,
  block,
  blockSet,
  int,
  LISTENER,
  named,
  newer,
  oneOf,
  out,
  region,
  registry,
  set,
  str,
  required,
} from "./common";
import { actions, actionRules } from "./lb-actions";
import { BALANCING_API } from "./pages";

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

/** What a listener does with some of its requests. */
export const listenerRule: ResourceModel = {
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
      source: `${BALANCING_API}API_CreateRule.html`,
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
