import * as pulumi from "@pulumi/pulumi";
import { BucketObjectv2 } from "@pulumi/aws/s3";
import { Component } from "../shared/component";
import type { NodeFile, NodeFiles } from "./contract";
import { bundleKey, renderBundle, renderLoader } from "./render";

/** Arguments of AwsNodeFiles. */
export interface AwsNodeFilesArgs {
  /** Private bucket that holds the files. */
  readonly bucket: pulumi.Input<string>;
  /** Key that the bucket's objects are encrypted with. */
  readonly keyArn: pulumi.Input<string>;
  readonly region: string;
  readonly environment: string;
  /** What the machine is, as it names itself in logs and metrics; also the bundle's place in the bucket. */
  readonly role: string;
  /** Never a secret: every machine of the role may read all of it, and it stands in the plan. */
  readonly files: pulumi.Input<readonly NodeFile[]>;
  readonly logGroup: pulumi.Input<string>;
  readonly alertTopicArn: pulumi.Input<string>;
}

/**
 * The files of one machine role in S3, and the user data that fetches them.
 *
 * User data itself holds only the loader: EC2 takes 16 KB of it, and the hash in it is what makes a new launch
 * template version when any file changes.
 */
export class AwsNodeFiles extends Component implements NodeFiles {
  readonly digest: pulumi.Output<string>;
  readonly userData: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];
  /** What a machine of this role must be allowed to read. */
  readonly objectArns: pulumi.Output<string>[];

  constructor(name: string, args: AwsNodeFilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nodeFiles", "AwsNodeFiles", name, { role: args.role }, opts);
    const bundle = pulumi.output(args.files).apply((files) => renderBundle(files));
    const object = new BucketObjectv2(
      `${name}-bundle`,
      {
        bucket: args.bucket,
        key: bundle.apply(({ sha256 }) => bundleKey(args.role, sha256)),
        content: bundle.apply(({ text }) => text),
        contentType: "text/plain; charset=utf-8",
        kmsKeyId: args.keyArn,
        serverSideEncryption: "aws:kms",
      },
      { parent: this },
    );
    this.digest = bundle.apply(({ sha256 }) => sha256);
    this.userData = pulumi
      .output({
        bucket: args.bucket,
        bundle: this.digest,
        logGroup: args.logGroup,
        alertTopicArn: args.alertTopicArn,
      })
      .apply(({ bucket, bundle: digest, logGroup, alertTopicArn }) => {
        const { environment, region, role } = args;
        const loader = renderLoader({
          bucket,
          bundle: digest,
          logGroup,
          alertTopicArn,
          environment,
          region,
          role,
        });
        return Buffer.from(loader, "utf8").toString("base64");
      });
    this.ready = [object];
    this.objectArns = [pulumi.interpolate`arn:aws:s3:::${args.bucket}/bundles/${args.role}/*`];
    this.registerOutputs({ digest: this.digest });
  }
}
