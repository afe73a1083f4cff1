/** A made-up package with one type for each thing that the model language can say. */
import type { PackageModel, PropertyModel, ResourceModel } from "../../../../sandbox/model";

const text: PropertyModel = { type: "string" };
const source = "https://example.com/docs";
const region: PropertyModel = {
  type: "string",
  optionalComputed: true,
  value: "{region}",
  replace: true,
};
const tags: Record<string, PropertyModel> = {
  tags: { type: "map", items: text },
  tagsAll: { type: "map", items: text, computed: true },
};

const network: ResourceModel = {
  token: "test:net/network:Network",
  source,
  schema: "test_network",
  id: "net-{hex:17}",
  tags: true,
  properties: {
    region,
    ...tags,
    cidr: { type: "string", format: "cidr", required: true, replace: true },
    dns: { type: "boolean", default: true },
    arn: {
      type: "string",
      computed: true,
      value: "arn:{partition}:net:{region}:{account}:network/{id}",
    },
    zone: { type: "string", enum: ["east", "west"] },
  },
};

const host: ResourceModel = {
  token: "test:net/host:Host",
  source,
  schema: "test_host",
  id: "{name}",
  tags: true,
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 20, lowercase: true },
  unique: [{ properties: ["name"], scope: "account" }],
  seconds: { create: 10 },
  properties: {
    region,
    ...tags,
    name: {
      type: "string",
      optionalComputed: true,
      replace: true,
      pattern: "[a-z0-9-]+",
      conflicts: ["namePrefix"],
    },
    namePrefix: { type: "string", conflicts: ["name"] },
    networkId: {
      type: "string",
      required: true,
      replace: true,
      ref: { type: "test:net/network:Network", holds: true },
    },
    networkCidr: { type: "string", computed: true, value: "{ref:networkId:cidr}" },
    size: { type: "integer", min: 1, max: 9, default: 2 },
    kind: { type: "string", optionalComputed: true, value: "plain", replace: true },
    password: { type: "string", secret: true, writeOnly: true, minLength: 8 },
    endpoint: { type: "string", computed: true, value: "host://{name}:{password}@{region}" },
    uniqueId: { type: "string", computed: true, value: "{uuid}" },
    version: {
      type: "integer",
      computed: true,
      counter: true,
      value: "1",
      changesWith: ["size", "ports"],
    },
    policy: { type: "json" },
    ports: {
      type: "list",
      set: true,
      items: {
        type: "object",
        fields: {
          port: { type: "integer", required: true, min: 1 },
          ruleId: { type: "string", computed: true, value: "r-{hex:8}" },
        },
      },
    },
    steps: { type: "list", items: text },
    disk: {
      type: "object",
      fields: {
        sizeGiB: { type: "integer", required: true },
        kind: { type: "string", optionalComputed: true, value: "ssd" },
        encrypted: { type: "boolean", default: false, replace: true },
      },
    },
    protection: { type: "boolean" },
    one: { type: "string", conflicts: ["other"], default: "1" },
    other: { type: "string", conflicts: ["one"] },
    iops: { type: "integer", requiredWith: ["disk"] },
  },
  rules: [
    {
      name: "big hosts have a disk",
      when: { property: "size", atLeast: 8 },
      then: { property: "disk", present: true },
      message: "a host of size 8 or more needs a disk",
      source,
    },
    {
      name: "west is full",
      at: "apply",
      when: { property: "networkId->zone", equals: "west" },
      then: { property: "size", atMost: 1 },
      message: "only hosts of size 1 in west",
      source,
    },
  ],
  deleteRefusedWhile: [
    { condition: { property: "protection", equals: true }, message: "protection is on", source },
  ],
};

const box: ResourceModel = {
  token: "test:store/box:Box",
  source,
  schema: "test_box",
  id: "{name}",
  immutable: true,
  deleteBeforeReplace: true,
  unique: [{ properties: ["name"], scope: "global" }],
  contains: [{ type: "test:store/item:Item", property: "box", unless: "forceDestroy" }],
  properties: {
    name: { ...text, required: true },
    forceDestroy: { type: "boolean", default: false },
    size: { type: "integer" },
  },
};

const item: ResourceModel = {
  token: "test:store/item:Item",
  source,
  schema: "test_item",
  id: "{box}/{key}",
  properties: {
    box: { ...text, required: true, ref: { type: "test:store/box:Box", outside: "public-.*" } },
    key: { ...text, required: true },
  },
};

const pick: ResourceModel = {
  token: "test:misc/pick:Pick",
  source,
  schema: "test_pick",
  id: "pick-{digits:6}",
  omitted: { old: "deprecated; use a" },
  properties: {
    a: { ...text, exactlyOneOf: ["a", "b"] },
    b: { ...text, exactlyOneOf: ["a", "b"] },
    c: { ...text, atLeastOneOf: ["c", "d"] },
    d: { ...text, atLeastOneOf: ["c", "d"], maxBytes: 4 },
  },
};

/** The made-up package; its provider has a region, default tags and roles. */
export const fixture: PackageModel = {
  package: "test",
  version: "1.2.3",
  provider: {
    region: { ...text, required: true, replace: true },
    defaultTags: { type: "object", fields: { tags: { type: "map", items: text } } },
    allowedAccountIds: { type: "list", items: { type: "string", pattern: "\\d{12}" } },
    assumeRoles: { type: "list", items: { type: "object", fields: { roleArn: text } } },
    token: { type: "string", secret: true },
  },
  resources: [network, host, box, item, pick],
};

export const NETWORK = network.token;
export const HOST = host.token;
export const BOX = box.token;
export const ITEM = item.token;
export const PICK = pick.token;
