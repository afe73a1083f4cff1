import type * as pulumi from "@pulumi/pulumi";

/** A file that a machine has when it boots. Never holds a secret: it lies in a bucket that every machine may read. */
export interface NodeFile {
  /** Absolute path on the machine. */
  readonly path: string;
  /** Octal, four digits, for example `0644`. */
  readonly mode: string;
  readonly content: string;
}

/** The files of one machine role, kept where its loader finds them. */
export interface NodeFiles {
  /** SHA-256 of the bundle (hexadecimal): changes with any byte of any file. */
  readonly digest: pulumi.Output<string>;
  /** The loader as user data, base64, under EC2's 16 KB. */
  readonly userData: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];
}
