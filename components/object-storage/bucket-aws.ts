import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { PolicyStatement } from "../shared/iam";
import type { Site } from "../shared/site";

/** Arguments of AwsBucket. */
export interface AwsBucketArgs {
  readonly site: Site;
  /** Name of the bucket, unique in all of AWS: 3 to 63 characters, lower case, no dots (`bucketName` makes one). */
  readonly bucket: string;
  /** Whether it holds what can't be made again: then it is protected as the site says. */
  readonly holdsData: boolean;
  /** Key that objects are encrypted with; `s3` where AWS can't write to the bucket otherwise (load balancer logs). */
  readonly encryption: { readonly keyArn: pulumi.Input<string> } | "s3";
  /** Keep replaced and deleted objects for a while. @default true */
  readonly versioned?: boolean;
  /** Days that a replaced or deleted object is kept. @default 30 */
  readonly noncurrentDays?: number;
  /** Days after which an object is deleted. @default never */
  readonly expireDays?: number;
  /** Lock of each new object: no version of it can be deleted before the days are over. Not for GitLab's own object storage. */
  readonly objectLock?: { readonly mode: "governance" | "compliance"; readonly days: number };
  /** Sends the bucket's events to EventBridge. @default false */
  readonly eventBridge?: boolean;
  /**
   * Statements of the bucket's policy beside the one that denies all traffic without TLS. `Resource` is written by
   * AwsBucket: `bucket` for the bucket itself, `objects` for all objects, or a prefix as `objects/<prefix>*`.
   */
  readonly statements?: pulumi.Input<readonly PolicyStatement[]>;
  /** Bucket that takes this one's server access logs, and the prefix there. @default no logs */
  readonly accessLogs?: { readonly bucket: pulumi.Input<string>; readonly prefix: string };
}

/** A private bucket: encrypted, versioned, owner-enforced, TLS only. */
export class AwsBucket extends Component {
  /** The bucket's name; known to exist, with its policy, once `ready` does. */
  readonly bucketName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Replication has to wait for it. */
  readonly versioning: pulumi.Resource | undefined;
  /** All that makes the bucket safe to write to: pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("objectStorage", "AwsBucket", name, { versioned: args.versioned ?? true }, opts);
    this.bucketName = pulumi.output(args.bucket);
    this.arn = pulumi.output(`arn:aws:s3:::${args.bucket}`);
    this.ready = [];
    this.registerOutputs({});
  }
}
