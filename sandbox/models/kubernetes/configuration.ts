/** Secrets and ConfigMaps. */
import type { Condition, PropertyModel, ResourceModel, Rule } from "../../model";
import { SERVICE_ACCOUNT, SKIP_AWAIT, bool, dnsSubdomain, kube, map, str } from "./common";

const API = "https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources";
const SECRETS = "https://kubernetes.io/docs/concepts/configuration/secret/";
const MAPS = "https://kubernetes.io/docs/concepts/configuration/configmap/";

/** A key of the data: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data */
const key = str({ pattern: "(?!\\.{1,2}$)[-._a-zA-Z0-9]{1,253}", example: "key" });

const isTrue = (property: string): Condition => ({ property, equals: true });
/**
 * The provider makes a new object unless it is told that the cluster may change it
 * (https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go).
 */
const unlessMutable = (setting: string): Condition => ({
  any: [{ not: isTrue(`@${setting}`) }, isTrue("immutable")],
});

/** What was set immutable can't be changed, nor made changeable again. */
const immutable = (source: string, ...names: readonly string[]): Rule[] => [
  {
    name: "what is immutable stays so",
    when: isTrue("^immutable"),
    then: isTrue("immutable"),
    message: "immutable: Forbidden: field is immutable when `immutable` is set",
    source,
    at: "apply",
  },
  ...names.map((name): Rule => ({
    name: `the ${name} of what is immutable stays as it is`,
    when: isTrue("^immutable"),
    then: {
      all: [
        { property: `${name}{}`, allAmong: [`^${name}{}`] },
        { property: `^${name}{}`, allAmong: [`${name}{}`] },
      ],
    },
    message: `${name}: Forbidden: field is immutable when \`immutable\` is set`,
    source,
    at: "apply",
  })),
];

const TOKEN = "kubernetes.io/service-account-token";
const ACCOUNT = "kubernetes.io/service-account.name";

/** Each built-in type has keys that it needs: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
};

const typed: readonly Rule[] = Object.entries(TYPES).flatMap(([type, keys]) =>
  keys.map((name): Rule => ({
    name: `a Secret of type ${type} has ${name}`,
    when: { property: "type", equals: type },
    then: {
      any: [
        { property: `data["${name}"]`, present: true },
        { property: `stringData["${name}"]`, present: true },
      ],
    },
    message: `data[${name}]: Required value of a Secret of type ${type}`,
    source: `${SECRETS}#secret-types`,
  })),
);

/** A token's three parts: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#manual-secret-management-for-serviceaccounts */
const jwt = "eyJhbGciOiJSUzI1NiIsImtpZCI6InNhbmRib3gifQ.{base64urlBytes:180}.{base64urlBytes:256}";
const ca = "-----BEGIN CERTIFICATE-----\n{base64Bytes:48}\n-----END CERTIFICATE-----\n";

const isToken: Condition = { property: "type", equals: TOKEN };

const secret: ResourceModel = kube({
  group: "core/v1",
  kind: "Secret",
  source: `${API}/secret-v1/`,
  annotations: {
    // The token controller takes the Secret away with its account.
    [ACCOUNT]: dnsSubdomain({
      ref: {
        type: SERVICE_ACCOUNT,
        by: "metadata.name",
        beside: "metadata.namespace",
        owner: true,
        outside: "default",
      },
    }),
  },
  properties: {
    data: {
      ...secretMap(str({ format: "base64" }), { password: "cGFzc3dvcmQ=" }),
      optionalComputed: true,
      value: {
        cases: [
          {
            when: isToken,
            value: { base64: { "ca.crt": ca, namespace: "{metadata.namespace}", token: jwt } },
          },
        ],
      },
      replaceWhen: unlessMutable("enableSecretMutable"),
    },
    immutable: bool(),
    stringData: {
      ...secretMap(str(), { password: "password" }),
      encodedInto: "data",
      replaceWhen: unlessMutable("enableSecretMutable"),
    },
    type: str({
      optionalComputed: true,
      value: "Opaque",
      replace: true,
      example: "Opaque",
    }),
  },
  rules: [
    ...typed,
    {
      name: "a Secret with a token is an account's",
      when: isToken,
      then: { property: `metadata.annotations["${ACCOUNT}"]`, present: true },
      message: `metadata.annotations[${ACCOUNT}]: Required value of a Secret of type ${TOKEN}`,
      source: `${SECRETS}#serviceaccount-token-secrets`,
    },
    ...immutable(`${SECRETS}#secret-immutable`, "data"),
  ],
  ready: { unless: SKIP_AWAIT },
  demand: [{ keys: ["secrets", "count/secrets"], at: "made" }],
});

function secretMap(items: PropertyModel, example: Readonly<Record<string, string>>): PropertyModel {
  // https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size
  return map({ keys: key, items, secret: true, example });
}

const configMap: ResourceModel = kube({
  group: "core/v1",
  kind: "ConfigMap",
  source: `${API}/config-map-v1/`,
  properties: {
    binaryData: map({
      keys: key,
      items: str({ format: "base64" }),
      replaceWhen: unlessMutable("enableConfigMapMutable"),
      example: { logo: "bG9nbw==" },
    }),
    data: map({
      keys: key,
      replaceWhen: unlessMutable("enableConfigMapMutable"),
      example: { colour: "green" },
    }),
    immutable: bool(),
  },
  rules: [
    {
      name: "a key stands in data or in binaryData",
      when: { property: "binaryData", present: true },
      then: { property: "binaryData{}", noneAmong: ["data{}"] },
      message: "binaryData: Invalid value: a key can't stand in data too",
      source: MAPS,
    },
    ...immutable(`${MAPS}#configmap-immutable`, "data", "binaryData"),
  ],
  demand: [{ keys: ["configmaps", "count/configmaps"], at: "made" }],
});

export const models: readonly ResourceModel[] = [secret, configMap];
