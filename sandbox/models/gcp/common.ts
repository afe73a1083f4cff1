/**
 * What many GCP models share: where objects live, names, labels, links and the references between types.
 */
import type { Condition, PropertyModel, Reference, ResourceModel } from "../../model";
import { block, map, out, str } from "../constructors";

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
  blockSet,
  out,
  outJson,
} from "../constructors";

type More = Partial<Omit<PropertyModel, "type">>;

/** Page of a resource type in the Pulumi registry, for example `compute/network`. */
export const registry = (page: string): string =>
  `https://www.pulumi.com/registry/packages/gcp/api-docs/${page.toLowerCase()}/`;

/** Host and version that Compute Engine's links begin with. */
export const COMPUTE = "https://www.googleapis.com/compute/v1/";

/** A project id: https://cloud.google.com/resource-manager/docs/creating-managing-projects */
export const projectName = (more: More = {}): PropertyModel =>
  str({ pattern: "([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]", example: "gitlab-ops", ...more });
/** A region: https://cloud.google.com/compute/docs/regions-zones */
export const regionName = (more: More = {}): PropertyModel =>
  str({ pattern: "[a-z]+(-[a-z]+)+\\d+", example: "europe-west1", ...more });
/** A zone: https://cloud.google.com/compute/docs/regions-zones */
export const zoneName = (more: More = {}): PropertyModel =>
  str({ pattern: "[a-z]+(-[a-z]+)+\\d+-[a-z]", example: "europe-west1-b", ...more });

/** The project that an object lives in: the provider's unless it names its own. */
export const project: PropertyModel = projectName({
  optionalComputed: true,
  planned: true,
  value: "{account}",
  replace: true,
});
/** The region that an object lives in: the provider's unless it names its own. */
export const region: PropertyModel = regionName({
  optionalComputed: true,
  planned: true,
  value: "{region}",
  replace: true,
});
/** The zone that an object lives in: the provider's unless it names its own. */
export const zone: PropertyModel = zoneName({
  optionalComputed: true,
  planned: true,
  value: "{zone}",
  replace: true,
});

/** Compute Engine's names, after RFC 1035: https://cloud.google.com/compute/docs/naming-resources */
export const RFC1035 = "[a-z]([-a-z0-9]{0,61}[a-z0-9])?";

/** The name of an object of Compute Engine, made up by the provider where none is given. */
export const computeName = (more: More = {}): PropertyModel =>
  str({
    optionalComputed: true,
    replace: true,
    pattern: RFC1035,
    example: "gitlab-ops",
    ...more,
  });
/** How the provider makes up such a name. */
export const autoName = { property: "name", auto: true, maxLength: 63 } as const;

/** Labels: https://cloud.google.com/resource-manager/docs/labels-overview#requirements */
export const labelMap = (more: More = {}): PropertyModel =>
  map({
    items: str({ pattern: "[\\p{Ll}\\p{Lo}\\p{N}_-]{0,63}" }),
    keys: str({ pattern: "[\\p{Ll}\\p{Lo}][\\p{Ll}\\p{Lo}\\p{N}_-]{0,62}" }),
    maxItems: 64,
    example: { environment: "ops" },
    ...more,
  });

/** What `labels: true` stands for. */
const labels: Readonly<Record<string, PropertyModel>> = {
  labels: labelMap(),
  pulumiLabels: map({ computed: true, secret: true }),
  effectiveLabels: map({ computed: true, secret: true }),
};

/** A model with its labels among its properties, where it says that it has them. */
export const withLabels = (model: ResourceModel): ResourceModel =>
  model.labels === true ? { ...model, properties: { ...labels, ...model.properties } } : model;

const references = (type: string, by: readonly string[], holds: boolean): Reference[] =>
  by.map((name) => ({ type, ...(name === "id" ? {} : { by: name }), ...(holds ? { holds } : {}) }));

/** References to an object by its id or full link, or by its bare name. */
export const link = (type: string): readonly Reference[] => references(type, ["id", "name"], false);
/** The same for an object that can't be deleted while this one exists. */
export const heldLink = (type: string): readonly Reference[] =>
  references(type, ["id", "name"], true);
/** A property that names an object by link or name; compared by what it means. */
export const linkTo = (type: string, more: More = {}): PropertyModel =>
  str({ ref: link(type), same: "self-link", ...more });
/** The same for an object that can't be deleted while this one exists. */
export const heldLinkTo = (type: string, more: More = {}): PropertyModel =>
  str({ ref: heldLink(type), same: "self-link", ...more });

/** The service that all of Compute Engine needs. */
export const COMPUTE_API = "compute.googleapis.com";

/** The service that Google Kubernetes Engine needs. */
export const CONTAINER_API = "container.googleapis.com";

/** Tags of the Resource Manager that an object is made with: `tagKeys/1` to `tagValues/2`. */
export const resourceTags = (fixed: boolean): PropertyModel =>
  block(
    {
      resourceManagerTags: map({
        items: str({ pattern: "tagValues/\\d+|[^/]+/[^/]+/[^/]+" }),
        example: { "tagKeys/281478395625": "tagValues/281479442205" },
        ...(fixed ? { replace: true } : {}),
      }),
    },
    { replace: true },
  );

/** An IPv4 block with no host bits set. */
export const cidrV4 = (more: More = {}): PropertyModel =>
  str({ format: "cidr", pattern: "[0-9.]+/\\d+", example: "10.0.0.0/24", ...more });

/** A service account by its address. */
export const serviceAccountEmail = (more: More = {}): PropertyModel =>
  str({
    pattern: "[^@\\s]+@[^@\\s]+\\.gserviceaccount\\.com",
    example: "gitlab@gitlab-tests.iam.gserviceaccount.com",
    ...more,
  });

/** A full link to an object of Compute Engine. */
export const selfLink = (path = "{id}"): PropertyModel => out(`${COMPUTE}${path}`);
/** When the object was made. */
export const creationTimestamp: PropertyModel = out("{now}");

/**
 * What deleting the resource does: deletes the cloud's object, leaves it there, or fails.
 * https://www.pulumi.com/registry/packages/gcp/api-docs/compute/subnetwork/ (deletionPolicy)
 */
export const deletionPolicy: PropertyModel = str({
  enum: ["DELETE", "ABANDON", "PREVENT"],
  optionalComputed: true,
  planned: true,
  value: "DELETE",
});
/** While the cloud's object outlives the resource. */
export const ABANDONED: Condition = { property: "deletionPolicy", equals: "ABANDON" };
/** The refusal of `PREVENT`. */
export const prevented = {
  condition: { property: "deletionPolicy", equals: "PREVENT" },
  message:
    "cannot destroy: deletionPolicy is PREVENT; set it to DELETE and apply that before deleting",
  source: "https://www.pulumi.com/registry/packages/gcp/api-docs/compute/subnetwork/",
} as const;

export const NETWORK = "gcp:compute/network:Network";
export const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
export const ROUTER = "gcp:compute/router:Router";
export const ADDRESS = "gcp:compute/address:Address";
export const GLOBAL_ADDRESS = "gcp:compute/globalAddress:GlobalAddress";
export const DISK = "gcp:compute/disk:Disk";
export const INSTANCE = "gcp:compute/instance:Instance";
export const INSTANCE_TEMPLATE = "gcp:compute/instanceTemplate:InstanceTemplate";
export const HEALTH_CHECK = "gcp:compute/healthCheck:HealthCheck";
export const RESOURCE_POLICY = "gcp:compute/resourcePolicy:ResourcePolicy";
export const ACCOUNT = "gcp:serviceaccount/account:Account";
export const SERVICE = "gcp:projects/service:Service";
export const SQL_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
export const REDIS_INSTANCE = "gcp:redis/instance:Instance";
export const CONNECTION = "gcp:servicenetworking/connection:Connection";
export const SERVICE_IDENTITY = "gcp:projects/serviceIdentity:ServiceIdentity";
export const BUCKET = "gcp:storage/bucket:Bucket";
export const SECRET = "gcp:secretmanager/secret:Secret";
export const KEY_RING = "gcp:kms/keyRing:KeyRing";
export const CRYPTO_KEY = "gcp:kms/cryptoKey:CryptoKey";
export const LOG_METRIC = "gcp:logging/metric:Metric";
export const LOG_BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig";
export const METRIC_DESCRIPTOR = "gcp:monitoring/metricDescriptor:MetricDescriptor";
export const CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel";
export const CLUSTER = "gcp:container/cluster:Cluster";
export const DNS_ZONE = "gcp:dns/managedZone:ManagedZone";

/** A duration as the APIs' JSON has it: seconds with up to nine decimals and an `s`. */
export const seconds = (more: More = {}): PropertyModel =>
  str({ pattern: "\\d+(\\.\\d{1,9})?s", example: "3600s", ...more });

/** Why a write-only property is called secret here: the SDK never shows it, and the schema need not say so. */
export const WRITE_ONLY =
  "never comes back, and is kept secret by the SDK (additionalSecretOutputs)";
