import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { ServiceError } from "../support/dynamodb";
import type { World } from "../support/world";

/** One version of an object as it landed. */
export interface Landed {
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
  readonly versionId: string;
}

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly parts: Map<
    number,
    { readonly body: Buffer; readonly sum: string; readonly etag: string }
  >;
}

/** A locked bucket of the backup account, as one role sees it that may only upload and list. */
export interface LockedBuckets {
  readonly landed: Landed[];
  readonly open: Map<string, Upload>;
  /** Puts that arrive changed on the way. @default 0 */
  corrupt: number;
  /** Answer without a version, as a bucket without versioning gives. @default true */
  versioned: boolean;
  /** Bytes that a listing shows too few. @default 0 */
  listedShort: number;
  /** Put this checksum in the answer. @default the true one */
  answerChecksum: string | undefined;
}

/** Twelve digits: who owns the buckets. */
export const backupAccount = "444455556666";

const sha256 = (body: Buffer): string => createHash("sha256").update(body).digest("base64");

/**
 * Adds the S3 operations of an upload to the world, as strict as S3 is towards a bucket with Object Lock: a checksum is
 * required and compared, the owner must be the expected one, parts are known by number, ETag and checksum.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html and API_CompleteMultipartUpload.html
 */
export function addLockedBuckets(world: World, names: readonly string[]): LockedBuckets {
  const state: LockedBuckets = {
    landed: [],
    open: new Map(),
    corrupt: 0,
    versioned: true,
    listedShort: 0,
    answerChecksum: undefined,
  };
  const enter = (bucket: string, owner: string): void => {
    if (!names.includes(bucket)) throw new ServiceError("NoSuchBucket", bucket);
    if (owner !== backupAccount) throw new ServiceError("AccessDenied", "Access Denied");
  };
  const land = (bucket: string, key: string, body: Buffer, checksum: string): unknown => {
    const versionId = randomUUID();
    state.landed.push({ bucket, key, body, versionId });
    world.happened("s3", "landed", `${bucket}/${key}`);
    return {
      ...(state.versioned ? { VersionId: versionId } : {}),
      ChecksumSHA256: state.answerChecksum ?? checksum,
    };
  };
  const arrive = (body: Buffer, claimed: string): string => {
    if (claimed === "")
      throw new ServiceError("InvalidRequest", "Content-MD5 or checksum required");
    let arrived = body;
    if (state.corrupt > 0) {
      state.corrupt--;
      arrived = Buffer.concat([body, Buffer.from("x")]);
    }
    if (sha256(arrived) !== claimed)
      throw new ServiceError(
        "BadDigest",
        "The SHA256 you specified did not match the calculated checksum.",
      );
    return claimed;
  };
  const upload = (id: string, bucket: string, key: string): Upload => {
    const found = state.open.get(id);
    if (found === undefined || found.bucket !== bucket || found.key !== key)
      throw new ServiceError("NoSuchUpload", "The specified upload does not exist.");
    return found;
  };
  world.aws["s3api put-object"] = {
    required: ["bucket", "key", "body", "checksum-sha256", "expected-bucket-owner"],
    run: (one) => {
      enter(one("bucket"), one("expected-bucket-owner"));
      const body = readFileSync(one("body"));
      return land(one("bucket"), one("key"), body, arrive(body, one("checksum-sha256")));
    },
  };
  world.aws["s3api create-multipart-upload"] = {
    required: ["bucket", "key", "checksum-algorithm", "expected-bucket-owner"],
    run: (one) => {
      enter(one("bucket"), one("expected-bucket-owner"));
      if (one("checksum-algorithm") !== "SHA256")
        throw new ServiceError("InvalidRequest", "checksum");
      const id = randomUUID();
      state.open.set(id, { bucket: one("bucket"), key: one("key"), parts: new Map() });
      return { UploadId: id };
    },
  };
  world.aws["s3api upload-part"] = {
    required: [
      "bucket",
      "key",
      "upload-id",
      "part-number",
      "body",
      "checksum-sha256",
      "expected-bucket-owner",
    ],
    run: (one) => {
      enter(one("bucket"), one("expected-bucket-owner"));
      const body = readFileSync(one("body"));
      const sum = arrive(body, one("checksum-sha256"));
      const etag = createHash("md5").update(body).digest("hex");
      upload(one("upload-id"), one("bucket"), one("key")).parts.set(Number(one("part-number")), {
        body,
        sum,
        etag,
      });
      return { ETag: `"${etag}"`, ChecksumSHA256: sum };
    },
  };
  world.aws["s3api complete-multipart-upload"] = {
    required: [
      "bucket",
      "key",
      "upload-id",
      "multipart-upload",
      "checksum-sha256",
      "expected-bucket-owner",
    ],
    run: (one) => {
      enter(one("bucket"), one("expected-bucket-owner"));
      const { parts } = upload(one("upload-id"), one("bucket"), one("key"));
      const list = (
        JSON.parse(one("multipart-upload")) as {
          Parts: { PartNumber: number; ETag: string; ChecksumSHA256: string }[];
        }
      ).Parts;
      const bodies = list.map(({ PartNumber, ETag, ChecksumSHA256 }, index) => {
        const part = parts.get(PartNumber);
        if (
          part === undefined ||
          part.etag !== ETag ||
          part.sum !== ChecksumSHA256 ||
          PartNumber !== index + 1
        )
          throw new ServiceError("InvalidPart", `part ${PartNumber}`);
        return part;
      });
      const whole = `${sha256(Buffer.concat(bodies.map(({ sum }) => Buffer.from(sum, "base64"))))}-${list.length}`;
      if (one("checksum-sha256") !== whole)
        throw new ServiceError("BadDigest", "composite checksum");
      state.open.delete(one("upload-id"));
      return land(one("bucket"), one("key"), Buffer.concat(bodies.map(({ body }) => body)), whole);
    },
  };
  world.aws["s3api abort-multipart-upload"] = {
    required: ["bucket", "key", "upload-id", "expected-bucket-owner"],
    run: (one) => {
      upload(one("upload-id"), one("bucket"), one("key"));
      state.open.delete(one("upload-id"));
    },
  };
  world.aws["s3api list-objects-v2"] = {
    required: ["bucket", "prefix", "expected-bucket-owner"],
    run: (one) => {
      enter(one("bucket"), one("expected-bucket-owner"));
      const current = new Map(
        state.landed
          .filter(({ bucket }) => bucket === one("bucket"))
          .map((object) => [object.key, object]),
      );
      const found = [...current.values()].filter(({ key }) => key.startsWith(one("prefix")));
      return found.length === 0
        ? {}
        : {
            Contents: found.map(({ key, body }) => ({
              Key: key,
              Size: body.length - state.listedShort,
            })),
          };
    },
  };
  return state;
}
