/**
 * The language that the sandbox's resource models are written in.
 *
 * A model is data: what the provider's documentation says of one resource type, with the page it
 * was read from. The engine in this folder enforces every model in the same way; no resource type
 * has a code path of its own.
 */

/** A value as it stands in settings, inputs and outputs once Pulumi's wrappers are taken off. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type PropertyType =
  | "string"
  | "integer"
  | "number"
  | "boolean"
  /** A whole number, or text that `pattern` and `format` describe (Kubernetes: a port or its name, a percentage). */
  | "int-or-string"
  | "list"
  /** A map with free keys; `items` describes its values, `fields` those of keys that mean something. */
  | "map"
  /** A block with the keys in `fields` and no others. */
  | "object"
  /** A string that holds a JSON document; compared by meaning, not by spelling. */
  | "json"
  /** A Pulumi asset or archive. */
  | "asset"
  | "any";

/** A string form that is checked and described by name in the error. */
export type PropertyFormat =
  | "cidr"
  | "ipv4"
  | "arn"
  | "base64"
  | "json-policy"
  | "hostname"
  | "url"
  | "cron"
  | "time-window"
  | "rfc3339"
  /** An amount as Kubernetes writes it: `500m`, `1Gi`. Compared by what it amounts to. */
  | "quantity"
  /** Kubernetes: a key of labels and annotations, `prefix/name`. */
  | "qualified-name"
  | "label-value"
  /** Names after RFC 1123 (63, 253 characters) and RFC 1035 (63). */
  | "dns-label"
  | "dns-subdomain"
  | "dns-1035-label";

/** That a property names another object, and what follows from it. */
export interface Reference {
  /** Token of the type that is named, for example `aws:ec2/subnet:Subnet`. */
  readonly type: string;
  /** The property of that object whose value must stand here. @default "id" */
  readonly by?: string;
  /**
   * A regular expression of values that may stand here although no object of the sandbox has them:
   * what exists outside the stack (an AWS-managed policy, a hosted zone named in the settings). `{account}` in it is
   * the account of the object that refers.
   */
  readonly outside?: string;
  /** True where the cloud refuses to delete the named object while this one exists. @default false */
  readonly holds?: boolean;
  /** True where no other object can name the same one in such a reference (a disk is attached to one machine). @default false */
  readonly exclusive?: boolean;
  /**
   * Path of a property that has the same value in both objects (Kubernetes: `metadata.namespace`). Where an object does not
   * say it, what its model fills in counts.
   */
  readonly beside?: string;
  /** True where the named object, when it is deleted, takes this one with it (a namespace, what is in it). @default false */
  readonly owner?: boolean;
  /**
   * True where this object is made without the named one, and is not ready until that exists (a Deployment whose pods
   * take their environment from a Secret). @default false
   */
  readonly late?: boolean;
  /** Key beside the property that, when true, lifts the reference (`optional`). */
  readonly unless?: string;
}

/**
 * A computed value. Text in which `{…}` is replaced:
 * `{property}` or `{a.b}` an input or an output computed before it, `{hex:17}` random lower-case hexadecimal digits,
 * `{alnum:13}` random lower-case letters and digits, `{ALNUM:13}` the same in capitals, `{digits:8}`, `{uuid}`,
 * `{hexBytes:8}`, `{base64Bytes:8}`, `{base64urlBytes:8}`, `{decimalBytes:8}` random bytes, which are the same wherever one
 * object's template names the same stream (`{hexBytes:8:key}`, `{base64Bytes:8:key}`); a length may be the name of a property,
 * `{now}` the time (RFC 3339), `{account}` (a project, a subscription), `{region}`, `{zone}` that the object lives in,
 * `{accountNumber}` the account's number (a GCP project's), `{tenant}` and `{partition}` of the provider instance, `{id}` the id,
 * `{ref:property:output}` an output of the object that the property refers to,
 * `{int:1-254}` a random whole number from that range, both ends included,
 * `{address:property}` a random IPv4 address inside the CIDR block that stands in the property,
 * `{address:property:output}` the same for the block in an output of the object that the property refers to.
 * `{…~regex}` after any of them: the first group of the (unanchored) regular expression over the value, or nothing where
 * it does not match; neither braces nor `~` stand in it. All stable for the object's life; two places in a model
 * with the same text are still different random values, so that what has to agree names the other (`{arnSuffix}`).
 * Values are made in an order in which each comes after those that it names, the id among them.
 * In a property that is no string, the text is read as that type (`{latestVersion}` in an integer).
 * What is not there (an input left out) gives the empty text. `${…}`, with the dollar sign, is text and stays.
 */
export type Template = string;

/** A computed value: text, a value in whose strings templates are filled in, or more than one of them. */
export type Computed =
  | Template
  | { readonly json: Json }
  /**
   * A list with one value for each different non-empty element of these properties (strings or lists of
   * strings), in their order. In it `{each}` is the element, and random values are the element's own.
   */
  | { readonly each: readonly string[]; readonly json: Json }
  /**
   * Random text of a length that stands in a property: letters of the alphabets whose condition holds, at least so
   * many of each as the property `least` says (a password).
   */
  | {
      readonly draw: {
        readonly length: string;
        readonly from: readonly {
          readonly letters: Template;
          readonly when?: Condition;
          readonly least?: string;
        }[];
      };
    }
  /** A value in whose texts templates are filled in, and each text is then put into base64 (the data of a Secret). */
  | { readonly base64: Json }
  /** The first whose condition holds, over inputs and over computed values named before. */
  | { readonly cases: readonly { readonly when?: Condition; readonly value: Computed }[] };

export interface PropertyModel {
  readonly type: PropertyType;
  /** What a list or map holds. */
  readonly items?: PropertyModel;
  /** The form of a map's keys: a string's limits. */
  readonly keys?: PropertyModel;
  /** The keys of an object; of a map, those among others that have a model of their own. */
  readonly fields?: Readonly<Record<string, PropertyModel>>;
  /** A list in which order has no meaning (a Terraform set). */
  readonly set?: boolean;
  readonly required?: boolean;
  /** Only the cloud sets it: giving it as an input is an error. */
  readonly computed?: boolean;
  /** The user may set it; the cloud fills it in (from `value` or `default`) where they do not. */
  readonly optionalComputed?: boolean;
  /** How the cloud fills it in. A nested property may have one too. */
  readonly value?: Computed;
  /** The provider itself fills it in from what it knows, so that a preview has the value (a GCP project). */
  readonly planned?: boolean;
  /** What the provider's Check puts in where nothing is given. */
  readonly default?: Json;
  /** A change makes a new object. */
  readonly replace?: boolean;
  /**
   * Where its being given or taken away makes a new object though a changed value does not (the source of a
   * security group rule): always, or where the condition holds of the new inputs.
   */
  readonly replaceOnPresence?: true | Condition;
  /** A change makes a new object where this holds of the new inputs; `^` are the old outputs (a disk that shrinks). */
  readonly replaceWhen?: Condition;
  /** Comes back wrapped as a secret, always. */
  readonly secret?: boolean;
  /** Never comes back from Read (passwords): Read then echoes the last known input. */
  readonly writeOnly?: boolean;
  readonly enum?: readonly (string | number)[];
  /** Regular expression for the whole value; no anchors needed. */
  readonly pattern?: string;
  readonly format?: PropertyFormat;
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Most bytes that it may hold: decoded for `base64`, without white space for JSON, else as UTF-8. */
  readonly maxBytes?: number;
  /** Names of sibling properties. */
  readonly conflicts?: readonly string[];
  readonly exactlyOneOf?: readonly string[];
  readonly atLeastOneOf?: readonly string[];
  readonly requiredWith?: readonly string[];
  readonly ref?: Reference | readonly Reference[];
  /**
   * For a computed value that the cloud makes anew in an update: the inputs whose change does it (`"*"`: any).
   * At an update preview it is unknown then; otherwise an update keeps the old value.
   */
  readonly changesWith?: readonly string[] | "*";
  /** With `changesWith`: a number that goes up by one at each such update. */
  readonly counter?: boolean;
  /**
   * What the cloud itself keeps up to date (a status): made anew at each create, update and read, after everything else, so
   * that its templates and conditions (`ready`) see the whole object. What is random in it stays for the object's life.
   */
  readonly live?: boolean;
  /** A map of texts that the cloud writes, in base64, into the map of this name and never gives back (`stringData`). */
  readonly encodedInto?: string;
  /**
   * Where it is compared by meaning: `lowercase`; `trailing-dot` for DNS names; `location` without blanks and case
   * (Azure's "West Europe"); `self-link` for GCP's links, of which a name, a relative and a full one mean the same.
   */
  readonly same?: "lowercase" | "trailing-dot" | "location" | "self-link";
  /**
   * A value that fits, where none can be made up from the rest of the model (a JSON document, a time window).
   * `{ref:property:output}` in it is replaced as in a template.
   */
  readonly example?: Json;
  /**
   * Why the model leaves out some keys of this block that the SDK has (Azure takes an inline subnet where it reads
   * its id alone). Giving one is an error like any other unknown key, with the reason in it.
   */
  readonly omits?: string;
  /** Why this differs from what the provider's schema says, where it does on purpose. */
  readonly deviates?: string;
}

/**
 * A condition over an object's inputs. All parts that are given must hold. A comparison with a
 * value that is absent does not hold; one with a value that is unknown at preview is not made.
 */
export interface Condition {
  /**
   * Path of the property: `a.b`, and `a[].b` for "any element of a" (`a[]` of a value that is no list is the
   * value itself: IAM's `Action` may be either); `a[kind=x].b` for those elements alone whose `kind` is `x`; `a{}` for
   * the keys of a map. Paths go on into JSON documents (`policy.Statement[].Effect`).
   * `.` is the value itself, inside `every` and `some`.
   * `^a` is the value before an update, absent at a create (storage that can only grow).
   * `a->b` goes over to the object that `a` refers to and reads its input or output `b`: known at apply only.
   * `a["x.y/z"]` is a key that the path's own signs could not write; `@a` is the provider instance's configuration.
   */
  readonly property?: string;
  /** The values that are compared (`atLeast`, `atMostProperty`, …) are amounts as Kubernetes writes them: `500m`, `1Gi`. */
  readonly as?: "quantity";
  /** The object itself is ready (`ready` of its model). Known at apply only. */
  readonly ready?: boolean;
  /**
   * A regular expression: the first group of every match in a text stands for the value, here and at the paths that
   * it is compared with (the metrics that a filter names, the memory in the name of a machine type).
   */
  readonly part?: string;
  readonly equals?: Json;
  readonly notEquals?: Json;
  readonly in?: readonly Json[];
  readonly notIn?: readonly Json[];
  /** A regular expression for the whole value; `{account}`, `{region}`, `{zone}` and `{partition}` as in templates. */
  readonly matches?: string;
  readonly notMatches?: string;
  readonly present?: boolean;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** How many elements a list (or characters a string) has. */
  readonly lengthAtLeast?: number;
  readonly lengthAtMost?: number;
  /** The value begins with this text, in which templates are filled in (`{region}`). */
  readonly startsWith?: Template;
  /** The value is an address or CIDR block inside the block that this template gives (`{ref:vpcId:cidrBlock}`). */
  readonly inside?: Template;
  /** Compared with another property of the same object. */
  readonly atLeastProperty?: string;
  readonly atMostProperty?: string;
  /** Added to the other property's value before `atLeastProperty` and `atMostProperty` compare. */
  readonly plus?: number;
  /** The number is a multiple of this one (an alarm's period of full minutes). */
  readonly multipleOf?: number;
  /** Path of a number that the value is multiplied by before `atLeast` and `atMost` compare. */
  readonly times?: string;
  /** Every value at `property` stands among the values at these paths; holds where there is none at `property`. */
  readonly allAmong?: readonly string[];
  /** No value at `property` stands among the values at these paths. */
  readonly noneAmong?: readonly string[];
  /** Every value at `property` is an address or a block inside one of the CIDR blocks at these paths. */
  readonly allInside?: readonly string[];
  /** The label selector at `property` selects what has the labels at this path (Kubernetes). */
  readonly selects?: string;
  /** Every value at `property` begins with one of the values at these paths; holds where there is none at `property`. */
  readonly allBeginWith?: readonly string[];
  /** Every value at `property` ends with one of the values at these paths; holds where there is none at `property`. */
  readonly allEndWith?: readonly string[];
  /** So many different values, at least, stand at `property` (`subnetIds[]->availabilityZone`, 2: two zones). */
  readonly distinctAtLeast?: number;
  /** So many different values, at most (`subnets[]->vpcId`, 1: subnets of one VPC). */
  readonly distinctAtMost?: number;
  /** No value stands at `property` twice (`subnets[]->availabilityZone`: one subnet a zone). */
  readonly distinct?: boolean;
  /** Every value at `property` (every element, of a list) meets this; its paths start at that value. */
  readonly every?: Condition;
  /** One value at `property` (one element, of a list) meets this; its paths start at that value. */
  readonly some?: Condition;
  /**
   * An object of this type exists at whose path `property` stands the value of this condition's `property`
   * (a bucket's versioning is an object of its own); links are compared as links. Known at apply only.
   * `beside`: the property at this path has the same value in both. `as: "selector"`: what stands at this condition's
   * `property` is a label selector, and what stands at the other's are the labels that it has to select.
   */
  readonly companion?: {
    readonly type: string;
    readonly property: string;
    readonly where?: Condition;
    readonly beside?: string;
    readonly as?: "selector";
  };
  /** A condition over the object that `property` refers to. */
  readonly referred?: Condition;
  readonly all?: readonly Condition[];
  readonly any?: readonly Condition[];
  readonly not?: Condition;
}

/** A rule over more than one property: where `when` holds, `then` must. */
export interface Rule {
  readonly name: string;
  readonly when?: Condition;
  readonly then: Condition;
  /** What the cloud says; names the property, what was found and what is allowed. */
  readonly message: string;
  /** Documentation page. */
  readonly source: string;
  /** `plan`: seen by the provider's own checks at preview. `apply`: only by the cloud. @default "plan" */
  readonly at?: "plan" | "apply";
}

/** What an object takes of a quota (`quota` of another model), for itself or for each of its parts. */
export interface Demand {
  /** Names in a quota under which it counts: `pods`, `requests.cpu`, `count/jobs.batch`. */
  readonly keys: readonly string[];
  /** Path of the parts that each take something (`spec.template.spec.containers[]`). @default the object itself */
  readonly each?: string;
  /** Where a part says how much, the first path that has a value counts; 1 where no path is listed. */
  readonly amount?: readonly string[];
  /** Path of a number that the sum is multiplied by (`spec.replicas`). @default 1 */
  readonly times?: string;
  /** What more than is left of the quota does: `made` the object is refused, `ready` it is made and not ready. @default "ready" */
  readonly at?: "made" | "ready";
}

export interface ResourceModel {
  /** Pulumi type token, for example `aws:rds/instance:Instance`. */
  readonly token: string;
  /** Documentation page that the model was written from. */
  readonly source: string;
  /** Name of the type in the provider's own schema (`aws_db_instance`), to check the model against it. */
  readonly schema: string;
  /** How the id is made. */
  readonly id: Template;
  readonly properties: Readonly<Record<string, PropertyModel>>;
  /** The property that is the object's name; auto-named by the provider where `auto` is set and none is given. */
  readonly name?: {
    /** Its path; nested where the provider is of the kind `kubernetes` (`metadata.name`). */
    readonly property: string;
    readonly auto?: boolean;
    /** The property that gives a prefix instead (`namePrefix`). */
    readonly prefix?: string;
    readonly maxLength?: number;
    readonly separator?: string;
    /** Makes auto-names lower case. */
    readonly lowercase?: boolean;
    /** The auto-name is the resource's own name, with nothing random after it (the key of an S3 object). */
    readonly exact?: boolean;
    /** How many hexadecimal digits come after the resource's own name. @default 7 */
    readonly digits?: number;
    /** The auto-name is a UUID (an Azure role assignment). */
    readonly uuid?: boolean;
    /** Auto-names begin with this (`alias/`). */
    readonly begins?: string;
    /** Auto-names end with `text` where the condition holds (`.fifo`). */
    readonly ends?: { readonly text: string; readonly when: Condition };
  };
  /**
   * Sets of properties that no two objects share, within `scope`. A set whose first property is absent is not
   * looked at; a later one that is absent in both counts as shared.
   */
  readonly unique?: readonly {
    readonly properties: readonly string[];
    readonly scope: "global" | "account" | "region" | "zone";
    readonly source?: string;
    /** For how long, in words, the cloud keeps the values of a deleted object from being used again. */
    readonly keptAfterDelete?: string;
  }[];
  /**
   * CIDR blocks that do not overlap among the objects with the same value of `within` (subnets of one VPC). All that
   * have the same `within` are held against each other.
   */
  readonly disjoint?: readonly {
    readonly property: string;
    readonly within: string;
    readonly source: string;
  }[];
  readonly rules?: readonly Rule[];
  /**
   * What has to hold, beside references that are `late` and quotas, before the object counts as ready. Until then it exists,
   * and Create, Update and Read answer that it is not initialised, with the messages of the rules that are broken
   * (templates in them are filled in). Nothing is waited for while `unless` holds.
   */
  readonly ready?: {
    readonly unless?: Condition;
    readonly rules?: readonly Omit<Rule, "at">[];
  };
  /** What the object takes of quotas. */
  readonly demand?: readonly Demand[];
  /**
   * The object is a quota: over all objects that have the same value at `beside`, no sum of demands is more than the
   * amount under its key in the map at `hard`.
   */
  readonly quota?: { readonly hard: string; readonly beside: string; readonly source: string };
  /**
   * Amounts that the object gives parts of objects beside it which leave them out: by the path of a demand's `amount`, where it
   * says how much, the first path that has a value (a LimitRange).
   */
  readonly lends?: Readonly<Record<string, readonly string[]>>;
  /**
   * Inputs that the SDK has and the model does not, each with the reason (deprecated, and by what replaced).
   * Giving one is an error like any other unknown property, with the reason in it.
   */
  readonly omitted?: Readonly<Record<string, string>>;
  /** Deleting is refused while this holds of the object's current state. */
  readonly deleteRefusedWhile?: readonly {
    readonly condition: Condition;
    readonly message: string;
    readonly source: string;
  }[];
  /** Deleting is refused while objects of these types name this one through the property (a bucket with objects). */
  readonly contains?: readonly {
    readonly type: string;
    readonly property: string;
    /** Input of this object that lets it be deleted with its content. */
    readonly unless?: string;
  }[];
  /**
   * An object of this type keeps from deletion, while `deletes` holds of it, what has the id in `property` or one beneath
   * it, and all that this lies in (an Azure management lock); while `updates` holds, from changes and additions too.
   */
  readonly locks?: {
    readonly property: string;
    readonly deletes: Condition;
    readonly updates: Condition;
    /** Types that no lock keeps. */
    readonly spares: readonly string[];
    /** What the cloud says; the lock's id comes after it. */
    readonly message: string;
    readonly source: string;
  };
  /** A replacement deletes the old object first, whatever the names. */
  readonly deleteBeforeReplace?: boolean;
  /** Has `tags` and `tagsAll` (AWS) with the provider's default tags merged in. */
  readonly tags?: boolean;
  /**
   * Has `labels`, `pulumiLabels` and `effectiveLabels` (GCP): the labels of the program, those with the provider's
   * default labels under them, and those with the labels of others beside them.
   */
  readonly labels?: boolean;
  /** The service that has to be enabled in the object's account before one can be made (`compute.googleapis.com`). */
  readonly api?: string;
  /** The object stays in its cloud, managed by nobody, where it is deleted while this holds (an API that stays enabled). */
  readonly leftWhile?: Condition;
  /** It exists in Pulumi's state alone, and no cloud has it (random values): nobody can change or delete it there. */
  readonly local?: boolean;
  /** Seconds that create, update and delete take on the real cloud, for latency rehearsals. */
  readonly seconds?: {
    readonly create: number;
    readonly update?: number;
    readonly delete?: number;
  };
  /** Updates are refused by the cloud: every changed input replaces. */
  readonly immutable?: boolean;
}

/** Where to read something in a provider instance's configuration: a path, and the part of it that counts. */
export interface Setting {
  readonly path: string;
  /** A regular expression whose first group is the value. @default all of it */
  readonly part?: string;
  /** Which of several values counts. @default "first" */
  readonly which?: "first" | "last";
}

/** What says where a provider instance's objects live; the first setting that gives a value counts. */
export interface PlaceModel {
  /** The account, the project, the subscription. */
  readonly account: readonly Setting[];
  /** The account where no setting names one: made up. Without it, the objects must name their own. */
  readonly otherwise?: string;
  readonly region?: readonly Setting[];
  readonly zone?: readonly Setting[];
  readonly tenant?: readonly Setting[];
  /** The objects live in an object of another package (a cluster), and go with it. */
  readonly home?: Home;
}

/** The object that a provider instance's objects live in, found by the kubeconfig of the instance. */
export interface Home {
  /** Token of its type, for example `gcp:container/cluster:Cluster`. */
  readonly type: string;
  /** Configuration with the kubeconfig, and with the id of the home, where one is given. */
  readonly kubeconfig: string;
  readonly identifier: string;
  /** Where such an object is reached. One of them is the kubeconfig's server. */
  readonly endpoints: readonly {
    /** Path of the host name or address in the object. */
    readonly host: string;
    /** It can be reached while this holds of the object. */
    readonly when?: Condition;
    /** Path of the certificate (base64) that the kubeconfig has to name; a public one, and none to be named, without it. */
    readonly authority?: string;
  }[];
  /** A regular expression of servers that are outside of the sandbox: their clusters are taken to exist. */
  readonly elsewhere: string;
  readonly source: string;
}

/** One package's models, and what its provider itself takes. */
export interface PackageModel {
  /** `aws`, `gcp`, `azure-native`, `kubernetes`. */
  readonly package: string;
  /** Version of the SDK that the models were written for; GetPluginInfo answers it. */
  readonly version: string;
  /** Configuration of a provider instance; the same language. */
  readonly provider: Readonly<Record<string, PropertyModel>>;
  /** @default the account that the provider's `allowedAccountIds` or roles name, and its `region` (AWS) */
  readonly place?: PlaceModel;
  /**
   * How the provider works where providers differ. A native one keeps no record of defaults (`__defaults`), goes by the
   * old inputs for what is not given any more, and deletes first whatever it replaces, unless it made up the name itself.
   * The one of Kubernetes answers with the live object, compares what of it was set before with the new inputs, marks a name
   * that it made up with an annotation, and deletes first where an object of the same name is to follow.
   * @default "bridged"
   */
  readonly kind?: "bridged" | "native" | "kubernetes";
  /** Names, ids and references mean the same in capitals (Azure Resource Manager). */
  readonly ignoresCase?: boolean;
  /** The type that enables services in an account, its property with the service, and the services that are on from the start. */
  readonly apis?: {
    readonly type: string;
    readonly property: string;
    readonly enabled: readonly string[];
    readonly source: string;
  };
  readonly resources: readonly ResourceModel[];
}
