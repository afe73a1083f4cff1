import type { PolicyStatement } from "../shared/iam";
import type { InputStatement } from "../shared/policy-json";

/** ARN of a bucket, from its name (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html). */
export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

/**
 * Policy of a private bucket: what is given, and no request without TLS 1.2 for anybody
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html).
 */
export function bucketPolicy(
  bucket: string,
  statements: readonly InputStatement[],
): readonly InputStatement[] {
  const everything = [bucketArn(bucket), `${bucketArn(bucket)}/*`];
  return [
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: everything,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      Sid: "Tls12",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: everything,
      Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
    },
    ...statements,
  ];
}

/**
 * Statements that let the account's application load balancers write their access logs
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html).
 */
export function loadBalancerLogStatements(
  bucket: string,
  prefix: string,
  accountId: string,
): readonly PolicyStatement[] {
  return [
    {
      Sid: "LoadBalancerLogs",
      Effect: "Allow",
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${bucketArn(bucket)}/${prefix}/AWSLogs/${accountId}/*`,
    },
  ];
}

/** One rule of a bucket's lifecycle, over all of its objects. */
export interface LifecycleRule {
  readonly id: string;
  readonly status: "Enabled";
  readonly filter: { readonly prefix: "" };
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation: number };
  readonly expiration?: { readonly days: number } | { readonly expiredObjectDeleteMarker: true };
  readonly noncurrentVersionExpiration?: { readonly noncurrentDays: number };
}

/**
 * What is deleted by itself: uploads that were broken off a week ago, versions that were replaced or deleted long
 * enough ago with the markers that they leave, and everything past its days.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 *
 * @throws if a number of days is not a whole number above 0
 */
export function lifecycleRules(args: {
  readonly versioned: boolean;
  readonly noncurrentDays: number;
  readonly expireDays?: number;
}): LifecycleRule[] {
  for (const days of [args.noncurrentDays, args.expireDays ?? 1]) {
    if (!Number.isInteger(days) || days < 1) throw new Error(`days: found ${days}, allowed: 1 on`);
  }
  const whole = { status: "Enabled", filter: { prefix: "" } } as const;
  const rules: LifecycleRule[] = [
    {
      id: "broken-off-uploads",
      ...whole,
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    },
  ];
  if (args.versioned) {
    rules.push({
      id: "old-versions",
      ...whole,
      noncurrentVersionExpiration: { noncurrentDays: args.noncurrentDays },
      // Beside `days` S3 refuses it: the expiration below then removes the markers itself.
      ...(args.expireDays === undefined
        ? { expiration: { expiredObjectDeleteMarker: true as const } }
        : {}),
    });
  }
  if (args.expireDays !== undefined) {
    rules.push({ id: "past-its-days", ...whole, expiration: { days: args.expireDays } });
  }
  return rules;
}
