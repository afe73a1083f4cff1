/**
 * What the AWS provider itself takes.
 * https://www.pulumi.com/registry/packages/aws/installation-configuration/
 */
import type { PropertyModel } from "../../model";

const text: PropertyModel = { type: "string" };
const texts: PropertyModel = { type: "list", items: text };
const flag: PropertyModel = { type: "boolean" };
const whole: PropertyModel = { type: "integer", min: 0 };
const account: PropertyModel = { type: "string", pattern: "\\d{12}" };
const accounts: PropertyModel = { type: "list", set: true, items: account };
const textMap: PropertyModel = { type: "map", items: text };
const roleArn: PropertyModel = {
  type: "string",
  pattern: "arn:aws(-[a-z]+)*:iam::\\d{12}:role/.+",
};
// Go's duration form, 15 minutes to 12 hours: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
const duration: PropertyModel = { type: "string", pattern: "(\\d+h)?(\\d+m)?(\\d+s)?" };
const sessionName: PropertyModel = { type: "string", pattern: "[\\w+=,.@-]{2,64}" };

/** Configuration of an AWS provider instance. */
export const provider: Readonly<Record<string, PropertyModel>> = {
  accessKey: { type: "string", secret: true },
  allowedAccountIds: { ...accounts, conflicts: ["forbiddenAccountIds"] },
  assumeRoleWithWebIdentity: {
    type: "object",
    fields: {
      duration,
      policy: { type: "json" },
      policyArns: texts,
      roleArn,
      sessionName,
      webIdentityToken: { type: "string", secret: true },
      webIdentityTokenFile: text,
    },
  },
  assumeRoles: {
    type: "list",
    items: {
      type: "object",
      fields: {
        duration,
        externalId: { type: "string", minLength: 2, maxLength: 1224 },
        policy: { type: "json" },
        policyArns: texts,
        roleArn: { ...roleArn, required: true },
        sessionName,
        sourceIdentity: sessionName,
        tags: textMap,
        transitiveTagKeys: texts,
      },
    },
  },
  customCaBundle: text,
  defaultTags: { type: "object", fields: { tags: textMap } },
  ec2MetadataServiceEndpoint: text,
  ec2MetadataServiceEndpointMode: { type: "string", enum: ["IPv4", "IPv6"] },
  endpoints: { type: "list", items: { type: "map", items: { type: "string", format: "url" } } },
  forbiddenAccountIds: accounts,
  httpProxy: text,
  httpsProxy: text,
  ignoreTags: { type: "object", fields: { keyPrefixes: texts, keys: texts } },
  insecure: flag,
  maxRetries: whole,
  noProxy: text,
  profile: text,
  // "us-east-1", "us-gov-west-1", "ap-southeast-2", "mx-central-1".
  region: { type: "string", required: true, pattern: "[a-z]{2}(-[a-z]+)+-\\d" },
  retryMode: { type: "string", enum: ["standard", "adaptive"] },
  s3UsEast1RegionalEndpoint: { type: "string", enum: ["legacy", "regional"] },
  s3UsePathStyle: flag,
  secretKey: { type: "string", secret: true },
  sharedConfigFiles: texts,
  sharedCredentialsFiles: texts,
  skipCredentialsValidation: flag,
  skipMetadataApiCheck: flag,
  skipRegionValidation: flag,
  skipRequestingAccountId: flag,
  stsRegion: text,
  tagPolicyCompliance: { type: "string", enum: ["error", "warning", "disabled"] },
  token: { type: "string", secret: true },
  tokenBucketRateLimiterCapacity: whole,
  useDualstackEndpoint: flag,
  useFipsEndpoint: flag,
  userAgents: texts,
};
