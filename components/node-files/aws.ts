import * as pulumi from "@pulumi/pulumi";
import * as s3 from "@pulumi/aws/s3";
import { Component } from "../shared/component";
import type { NodeFile, NodeFiles } from "./contract";
import { renderLoader, renderManifest } from "./render";

/** Arguments of AwsNodeFiles. */
export interface AwsNodeFilesArgs {
  /** Private bucket that holds the files. */
  readonly bucket: pulumi.Input<string>;
  readonly bucketArn: pulumi.Input<string>;
  /** Key that the bucket's objects are encrypted with. */
  readonly keyArn: pulumi.Input<string>;
  readonly region: string;
  readonly environment: string;
  /** What the machine is, as it names itself in logs and metrics. */
  readonly role: string;
  /**
   * Paths of the files and their content. The paths are plain, since each makes an object; content may wait for
   * what it names. No secret: every machine that may read the bucket may read all of it.
   */
  readonly files: readonly {
    readonly path: string;
    readonly mode: string;
    readonly content: pulumi.Input<string>;
  }[];
  readonly logGroup: pulumi.Input<string>;
  readonly alertTopicArn: pulumi.Input<string>;
}
