/** Cloud Monitoring: where notifications go. */
import type { Condition, ResourceModel, Rule } from "../../model";
import {
  ABANDONED,
  CHANNEL,
  WRITE_ONLY,
  block,
  bool,
  deletionPolicy,
  labelMap,
  map,
  oneOf,
  out,
  prevented,
  project,
  registry,
  str,
} from "./common";

const PAGE = registry("monitoring/notificationchannel");
const TYPES = "https://cloud.google.com/monitoring/support/notification-options";

/** The labels that each type of channel needs. */
const needed: Readonly<Record<string, readonly string[]>> = {
  email: ["email_address"],
  sms: ["number"],
  slack: ["channel_name"],
  webhook_tokenauth: ["url"],
  webhook_basicauth: ["url", "username"],
  pagerduty: [],
  pubsub: ["topic"],
  google_chat: ["space"],
  mobile: [],
};

const sensitive = ["authToken", "password", "serviceKey"] as const;
const given = (name: string): Condition => ({
  any: [
    { property: `sensitiveLabels.${name}`, present: true },
    { property: `sensitiveLabels.${name}Wo`, present: true },
  ],
});
const label = (name: (typeof sensitive)[number]): string =>
  ({ authToken: "auth_token", password: "password", serviceKey: "service_key" })[name];
const secretOf: Readonly<Record<string, (typeof sensitive)[number]>> = {
  slack: "authToken",
  webhook_basicauth: "password",
  pagerduty: "serviceKey",
};

const rules: readonly Rule[] = [
  ...Object.entries(needed)
    .filter(([, labels]) => labels.length > 0)
    .map(([type, labels]) => ({
      name: `labels-of-${type}`,
      when: { property: "type", equals: type },
      then: {
        all: labels.map((name) => ({ property: `labels.${name}`, present: true })),
      },
      message: `Error 400: Field "notification_channel.labels" lacks a label that channels of \`type\` ${type} need: \`labels\` must have ${labels.join(" and ")}`,
      source: TYPES,
      at: "apply" as const,
    })),
  ...Object.entries(secretOf).map(([type, name]) => ({
    name: `secret-of-${type}`,
    when: { property: "type", equals: type },
    then: { any: [given(name), { property: `labels.${label(name)}`, present: true }] },
    message: `Error 400: \`sensitiveLabels\`: a channel of \`type\` ${type} needs ${name}`,
    source: TYPES,
    at: "apply" as const,
  })),
  ...sensitive.map((name) => ({
    name: `${name}-in-one-place`,
    when: given(name),
    then: { property: `labels.${label(name)}`, present: false },
    message: `\`sensitiveLabels\`: sensitive label ${name} cannot be set at the same time as label ${label(name)}`,
    source: PAGE,
  })),
  ...sensitive.map((name) => ({
    name: `${name}-has-a-version`,
    when: { property: `sensitiveLabels.${name}Wo`, present: true },
    then: { property: `sensitiveLabels.${name}WoVersion`, present: true },
    message: `\`sensitiveLabels\`: all of ${name}Wo and ${name}WoVersion must be specified`,
    source: PAGE,
  })),
  {
    name: "an-address",
    when: { property: "labels.email_address", present: true },
    then: { property: "labels.email_address", matches: "[^@\\s]+@[^@\\s]+\\.[^@\\s]+" },
    message: "Error 400: `labels`: email_address is no email address",
    source: TYPES,
    at: "apply",
  },
  {
    name: "over-tls",
    when: { property: "labels.url", present: true },
    then: { property: "labels.url", matches: "https?://.+" },
    message: "Error 400: `labels`: url is no address of a webhook",
    source: TYPES,
    at: "apply",
  },
];

const others = (own: string): string[] =>
  sensitive.flatMap((name) => [name, `${name}Wo`]).filter((name) => name !== own);
const plain = (name: (typeof sensitive)[number]) =>
  str({ secret: true, exactlyOneOf: others(name) });
const writeOnly = (name: (typeof sensitive)[number]) =>
  str({
    secret: true,
    writeOnly: true,
    exactlyOneOf: others(`${name}Wo`),
    deviates: WRITE_ONLY,
  });

/** A notification channel. */
export const channel: ResourceModel = {
  token: CHANNEL,
  source: PAGE,
  schema: "google_monitoring_notification_channel",
  api: "monitoring.googleapis.com",
  id: "{name}",
  properties: {
    deletionPolicy,
    description: str({ maxLength: 1024 }),
    displayName: str({ maxLength: 512 }),
    enabled: bool({ default: true }),
    forceDelete: bool(),
    labels: map({ example: { email_address: "ops@example.com" } }),
    project,
    sensitiveLabels: block({
      authToken: plain("authToken"),
      authTokenWo: writeOnly("authToken"),
      authTokenWoVersion: str(),
      password: plain("password"),
      passwordWo: writeOnly("password"),
      passwordWoVersion: str(),
      serviceKey: plain("serviceKey"),
      serviceKeyWo: writeOnly("serviceKey"),
      serviceKeyWoVersion: str(),
    }),
    type: oneOf(Object.keys(needed), { required: true, example: "email" }),
    userLabels: labelMap(),
    name: out("projects/{account}/notificationChannels/{digits:19}"),
    verificationStatus: out(""),
  },
  rules,
  contains: [
    {
      type: "gcp:monitoring/alertPolicy:AlertPolicy",
      property: "notificationChannels",
      unless: "forceDelete",
    },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 2, update: 2, delete: 2 },
};
