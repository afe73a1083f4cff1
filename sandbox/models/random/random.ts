/**
 * Values that are made up once and stay until something asks for others. They exist in Pulumi's state alone, so
 * every change makes a new one.
 */
import type { Condition, PropertyModel, ResourceModel, Rule } from "../../model";
import { bool, int, map, out, str } from "../constructors";

const registry = (page: string): string =>
  `https://www.pulumi.com/registry/packages/random/api-docs/${page.toLowerCase()}/`;

/** Any change of them asks for another value. */
const keepers: PropertyModel = map({ replace: true });

const randomId: ResourceModel = {
  token: "random:index/randomId:RandomId",
  source: registry("randomId"),
  schema: "random_id",
  id: "{base64urlBytes:byteLength:value}",
  local: true,
  properties: {
    byteLength: int({ required: true, replace: true, min: 1 }),
    keepers,
    prefix: str({ replace: true }),
    b64Std: out("{prefix}{base64Bytes:byteLength:value}"),
    b64Url: out("{prefix}{base64urlBytes:byteLength:value}"),
    dec: out("{prefix}{decimalBytes:byteLength:value}"),
    hex: out("{prefix}{hexBytes:byteLength:value}"),
  },
};

const randomUuid: ResourceModel = {
  token: "random:index/randomUuid:RandomUuid",
  source: registry("randomUuid"),
  schema: "random_uuid",
  id: "{result}",
  local: true,
  properties: { keepers, result: out("{uuid}") },
};

/** A kind of letters: taken unless it is switched off, and at least so many of it. */
const kind = (): PropertyModel =>
  bool({ optionalComputed: true, planned: true, value: { json: true }, replace: true });
const least = (): PropertyModel =>
  int({ optionalComputed: true, planned: true, value: { json: 0 }, replace: true, min: 0 });

const on = (property: string): Condition => ({ property, equals: true });
const off = (property: string): Condition => ({ property, equals: false });

const letters: Readonly<Record<string, PropertyModel>> = {
  keepers,
  length: int({ required: true, replace: true, min: 1 }),
  lower: kind(),
  minLower: least(),
  minNumeric: least(),
  minSpecial: least(),
  minUpper: least(),
  numeric: kind(),
  overrideSpecial: str({ replace: true }),
  special: kind(),
  upper: kind(),
};

const result: PropertyModel = {
  type: "string",
  computed: true,
  value: {
    draw: {
      length: "length",
      from: [
        { letters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", when: on("upper"), least: "minUpper" },
        { letters: "abcdefghijklmnopqrstuvwxyz", when: on("lower"), least: "minLower" },
        { letters: "0123456789", when: on("numeric"), least: "minNumeric" },
        {
          letters: "{overrideSpecial}",
          when: { all: [on("special"), { property: "overrideSpecial", lengthAtLeast: 1 }] },
          least: "minSpecial",
        },
        {
          letters: "!@#$%&*()-_=+[]{}<>:?",
          when: {
            all: [on("special"), { not: { property: "overrideSpecial", lengthAtLeast: 1 } }],
          },
          least: "minSpecial",
        },
      ],
    },
  },
};

const rules = (page: string): Rule[] => [
  {
    name: "letters of some kind are allowed",
    then: { not: { all: ["upper", "lower", "numeric", "special"].map(off) } },
    message: "upper, lower, numeric, special: at least one of them must be true",
    source: registry(page),
  },
  ...["minUpper", "minLower", "minNumeric", "minSpecial"].map((name) => ({
    name: `the text is long enough for ${name}`,
    when: { property: name, present: true },
    then: { property: "length", atLeastProperty: name },
    message: `length must be at least the sum of minUpper, minLower, minNumeric and minSpecial: ${name} alone is more`,
    source: registry(page),
  })),
];

const omitted = { number: "deprecated; use numeric" } as const;

const randomString: ResourceModel = {
  token: "random:index/randomString:RandomString",
  source: registry("randomString"),
  schema: "random_string",
  id: "{result}",
  local: true,
  omitted,
  properties: { ...letters, result },
  rules: rules("randomString"),
};

const randomPassword: ResourceModel = {
  token: "random:index/randomPassword:RandomPassword",
  source: registry("randomPassword"),
  schema: "random_password",
  id: "none",
  local: true,
  omitted,
  properties: {
    ...letters,
    // In the form of bcrypt's hashes, but no hash of the result: nothing in a rehearsal signs in with it.
    bcryptHash: out("$2a$10${alnum:53}", { secret: true }),
    result: { ...result, secret: true },
  },
  rules: rules("randomPassword"),
};

/** Ids, UUIDs, texts and passwords. */
export const models: readonly ResourceModel[] = [
  randomId,
  randomUuid,
  randomString,
  randomPassword,
];
