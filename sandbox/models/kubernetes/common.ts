/**
 * What the models of Kubernetes share: the frame of an object, its metadata, forms of names, references by name.
 *
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/
 */
import type { Condition, Json, PropertyModel, ResourceModel } from "../../model";
import { block, int, list, map, oneOf, out, str } from "../constructors";

export {
  required,
  str,
  int,
  num,
  bool,
  oneOf,
  list,
  set,
  map,
  block,
  blocks,
  out,
  outJson,
} from "../constructors";

type More = Partial<Omit<PropertyModel, "type">>;

export const NAMESPACE = "kubernetes:core/v1:Namespace";
export const SECRET = "kubernetes:core/v1:Secret";
export const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
export const SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount";
export const ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role";

/** Namespaces that every cluster has; GKE has some more: https://cloud.google.com/kubernetes-engine/docs/concepts/namespaces */
const NAMESPACES =
  "default|kube-system|kube-public|kube-node-lease|gke-managed-[a-z-]+|gmp-(public|system)";

/** A name of at most 63 characters: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export const dnsLabel = (more: More = {}): PropertyModel =>
  str({ format: "dns-label", example: "web", ...more });
/** A name of at most 253 characters with dots: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
export const dnsSubdomain = (more: More = {}): PropertyModel =>
  str({ format: "dns-subdomain", example: "web", ...more });
/** A name that begins with a letter: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names */
export const label1035 = (more: More = {}): PropertyModel =>
  str({ format: "dns-1035-label", example: "web", ...more });
/** A name that may stand in a path: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#path-segment-names */
export const pathSegment = (more: More = {}): PropertyModel =>
  str({ pattern: "(?!\\.{1,2}$)[^/%]+", example: "web", ...more });
/** An amount: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export const quantity = (more: More = {}): PropertyModel =>
  str({ format: "quantity", example: "100m", ...more });
/** A whole number or text. */
export const intOrString = (more: More = {}): PropertyModel => ({
  type: "int-or-string",
  example: 1,
  ...more,
});
/** Labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const labels = (more: More = {}): PropertyModel =>
  map({
    items: str({ format: "label-value", example: "web" }),
    keys: str({ format: "qualified-name", example: "app.kubernetes.io/name" }),
    example: { "app.kubernetes.io/name": "web" },
    ...more,
  });
/** Annotations: https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set */
export const annotations = (more: More = {}): PropertyModel =>
  map({
    keys: str({ format: "qualified-name", example: "example.com/note" }),
    example: { "example.com/note": "text" },
    ...more,
  });
/** A selector over labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export const selector = (more: More = {}): PropertyModel =>
  block(
    {
      matchExpressions: list(
        block({
          key: str({ required: true, format: "qualified-name", example: "tier" }),
          operator: oneOf(["In", "NotIn", "Exists", "DoesNotExist"], { required: true }),
          values: list(str({ format: "label-value", example: "web" })),
        }),
      ),
      matchLabels: labels(),
    },
    more,
  );

/** References to an object of the namespace by its name; the one that refers is not ready until it exists. */
const named =
  (type: string, outside?: string) =>
  (more: More & { readonly unless?: string } = {}): PropertyModel => {
    const { unless, ...rest } = more;
    return dnsSubdomain({
      ref: {
        type,
        by: "metadata.name",
        beside: "metadata.namespace",
        late: true,
        ...(outside === undefined ? {} : { outside }),
        ...(unless === undefined ? {} : { unless }),
      },
      ...rest,
    });
  };
/** The name of a Secret that pods read; `unless` names the key that makes it optional. */
export const secretRef = named(SECRET);
/** The name of a ConfigMap that pods read; `unless` names the key that makes it optional. */
export const configMapRef = named(CONFIG_MAP, "kube-root-ca\\.crt");
/** The name of a ServiceAccount that pods run as: https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts */
export const serviceAccountName = named(SERVICE_ACCOUNT, "default");

/** Nothing is waited for (`pulumi.com/skipAwait`). https://www.pulumi.com/registry/packages/kubernetes/#await-logic */
export const SKIP_AWAIT: Condition = {
  property: 'metadata.annotations["pulumi.com/skipAwait"]',
  equals: "true",
};

/** A status that the cluster keeps: what it says while the object is ready, and while it is not. */
export const status = (ready: Json, unready: Json): PropertyModel => ({
  type: "object",
  computed: true,
  live: true,
  changesWith: ["spec"],
  value: {
    cases: [{ when: { ready: true }, value: { json: ready } }, { value: { json: unready } }],
  },
});

/** A part of the metadata that says which object owns this one; the garbage collector goes by it. */
const ownerReferences: PropertyModel = list(
  block({
    apiVersion: str({ required: true, example: "v1" }),
    blockOwnerDeletion: { type: "boolean" },
    controller: { type: "boolean" },
    kind: str({ required: true, example: "ConfigMap" }),
    name: str({ required: true, example: "owner" }),
    uid: str({ required: true, example: "5f9a1c5e-0d2f-4f0e-8a57-6f6a3f3d2b11" }),
  }),
);

/** What the API server keeps in an object's metadata, or takes from nobody. */
const KEPT =
  "creationTimestamp, generation, resourceVersion, uid, managedFields, selfLink and deletion times are the API server's, clusterName is gone, and generateName does not go with server-side apply";

/** An object's metadata: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ */
function metadata(kind: Kind): PropertyModel {
  const name = kind.name ?? dnsSubdomain();
  return block(
    {
      annotations: annotations(kind.annotations === undefined ? {} : { fields: kind.annotations }),
      creationTimestamp: out("{now}"),
      finalizers: list(str({ format: "qualified-name", example: "example.com/keep" })),
      ...(kind.generation === true
        ? {
            generation: int({
              computed: true,
              counter: true,
              changesWith: ["spec"],
            }),
          }
        : {}),
      labels: labels(),
      name: { ...name, replace: true },
      ...(kind.namespaced === false
        ? {}
        : {
            namespace: dnsLabel({
              replace: true,
              optionalComputed: true,
              planned: true,
              value: "default",
              ref: { type: NAMESPACE, by: "metadata.name", outside: NAMESPACES, owner: true },
            }),
          }),
      ownerReferences,
      resourceVersion: out("{digits:8}", { changesWith: "*" }),
      uid: out("{uuid}"),
    },
    { omits: KEPT },
  );
}

/** What a model of Kubernetes says of its kind beside the frame that all have. */
export interface Kind extends Pick<
  ResourceModel,
  "source" | "properties" | "rules" | "ready" | "demand" | "quota" | "lends" | "unique" | "seconds"
> {
  /** API group and version as the SDK's token has them: `core/v1`, `apps/v1`. */
  readonly group: string;
  readonly kind: string;
  /** @default true */
  readonly namespaced?: boolean;
  /** The API server counts the changes of the object's `spec`. @default false */
  readonly generation?: boolean;
  /** The form of the name. @default a DNS subdomain */
  readonly name?: PropertyModel;
  /** Annotations that mean something for this kind. */
  readonly annotations?: Readonly<Record<string, PropertyModel>>;
}

/** A model of a kind: its token, version, kind and metadata, and how it is named. */
export function kube(kind: Kind): ResourceModel {
  const { group, kind: type, source, properties } = kind;
  const { rules, ready, demand, quota, lends, unique, seconds } = kind;
  const apiVersion = group.replace(/^core\//, "");
  const fixed = (value: string): PropertyModel =>
    oneOf([value], { optionalComputed: true, planned: true, value });
  return {
    token: `kubernetes:${group}:${type}`,
    source,
    schema: schemaName(group, type),
    id: kind.namespaced === false ? "{metadata.name}" : "{metadata.namespace}/{metadata.name}",
    name: { property: "metadata.name", auto: true, digits: 8 },
    ...{ rules, ready, demand, quota, lends, unique, seconds },
    properties: {
      apiVersion: fixed(apiVersion),
      kind: fixed(type),
      metadata: metadata(kind),
      ...properties,
    },
  };
}

/** The type's name in the published schemas: that of the API's own, or that of a custom resource's group. */
function schemaName(group: string, kind: string): string {
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  const [name = "", version = ""] = group.split("/");
  if (/(^|\.)(google\.com|gke\.io)$/.test(name)) {
    return `${name.split(".").map(capital).join("")}${capital(version)}${kind}`;
  }
  return `IoK8sApi${capital(name.split(".")[0] ?? name)}${capital(version)}${kind}`;
}
