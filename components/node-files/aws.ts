import { BucketObjectv2 } from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { derived, shownText } from "../shared/documents";
import type { NodeFile, NodeFiles } from "./contract";
import { packText } from "./metadata";
import { bundleKey, renderBundle, renderLoader, type Bundle, type LoaderFacts } from "./render";

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
    const bundle = <Part>(part: (whole: Bundle) => Part): pulumi.Output<Part> =>
      derived<readonly NodeFile[], Part>(args.files, (files) => part(renderBundle(files)));
    this.digest = bundle(({ sha256 }) => sha256);
    const bundleName = `${name}-bundle`;
    const object = new BucketObjectv2(
      bundleName,
      {
        bucket: args.bucket,
        key: this.digest.apply((digest) => bundleKey(args.role, digest)),
        content: shownText(
          bundleName,
          ["content"],
          bundle(({ text }) => text),
          { parent: this },
          packText,
        ),
        contentType: "text/plain; charset=utf-8",
        kmsKeyId: args.keyArn,
        serverSideEncryption: "aws:kms",
      },
      { parent: this },
    );
    this.userData = derived<
      Pick<LoaderFacts, "bucket" | "bundle" | "logGroup" | "alertTopicArn">,
      string
    >(
      {
        bucket: args.bucket,
        bundle: this.digest,
        logGroup: args.logGroup,
        alertTopicArn: args.alertTopicArn,
      },
      (known) => {
        const { environment, region, role } = args;
        const loader = renderLoader({ ...known, environment, region, role });
        return Buffer.from(loader, "utf8").toString("base64");
      },
    );
    this.ready = [object];
    this.objectArns = [pulumi.interpolate`arn:aws:s3:::${args.bucket}/bundles/${args.role}/*`];
    this.registerOutputs({ digest: this.digest });
  }
}
