/** ECR: repositories of container images. */
import type { ResourceModel } from "../../model";
import {
  arnOf,
  block,
  blocks,
  bool,
  kmsKeyArn,
  named,
  oneOf,
  out,
  region,
  registry,
  str,
} from "./common";
import { NEWER, principalsExist, principalsGiven, resourcePolicy } from "./policies";

const REPOSITORY = "aws:ecr/repository:Repository";
const CREATE =
  "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html";
const LIFECYCLE =
  "https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html";
const POLICY = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html";

const ownRepository = str({ required: true, replace: true, ref: named(REPOSITORY, "name") });

const repository: ResourceModel = {
  token: REPOSITORY,
  source: registry("ecr/repository"),
  schema: "aws_ecr_repository",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [{ properties: ["name"], scope: "region", source: CREATE }],
  tags: true,
  properties: {
    encryptionConfigurations: blocks(
      {
        encryptionType: oneOf(["AES256", "KMS", "KMS_DSSE"], { replace: true, default: "AES256" }),
        kmsKey: kmsKeyArn({ optionalComputed: true, replace: true }),
      },
      { replace: true, maxItems: 1, deviates: "AWS takes one" },
    ),
    forceDelete: bool(),
    imageScanningConfiguration: block({ scanOnPush: bool({ required: true }) }),
    imageTagMutability: oneOf(
      ["MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"],
      { default: "MUTABLE" },
    ),
    imageTagMutabilityExclusionFilters: blocks(
      {
        filter: str({
          required: true,
          pattern: "[A-Za-z0-9._*-]{1,128}",
          deviates: NEWER,
        }),
        filterType: oneOf(["WILDCARD"], { required: true, deviates: NEWER }),
      },
      { maxItems: 5, deviates: NEWER },
    ),
    name: str({
      replace: true,
      minLength: 2,
      maxLength: 256,
      pattern: "([a-z0-9]+([._-][a-z0-9]+)*/)*[a-z0-9]+([._-][a-z0-9]+)*",
      example: "gitlab/gitlab-ce",
    }),
    region,
    arn: out(arnOf("ecr", "repository/{name}")),
    registryId: out("{account}"),
    repositoryUrl: out("{account}.dkr.ecr.{region}.amazonaws.com/{name}"),
  },
  rules: [
    {
      name: "key-needs-kms",
      then: {
        property: "encryptionConfigurations[]",
        every: {
          any: [
            { property: "kmsKey", present: false },
            { property: "encryptionType", in: ["KMS", "KMS_DSSE"] },
          ],
        },
      },
      message:
        "InvalidParameterException: `encryptionConfigurations[].kmsKey`: can be given with encryptionType KMS or KMS_DSSE only",
      source: CREATE,
      at: "apply",
    },
    {
      name: "filters-need-exclusion",
      when: { property: "imageTagMutabilityExclusionFilters", present: true },
      then: {
        property: "imageTagMutability",
        in: ["IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"],
      },
      message:
        "`imageTagMutabilityExclusionFilters`: can only be given when imageTagMutability is IMMUTABLE_WITH_EXCLUSION or MUTABLE_WITH_EXCLUSION",
      source: registry("ecr/repository"),
    },
    {
      name: "exclusion-needs-filters",
      when: {
        property: "imageTagMutability",
        in: ["IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"],
      },
      then: { property: "imageTagMutabilityExclusionFilters", present: true },
      message:
        "`imageTagMutabilityExclusionFilters`: must be given when imageTagMutability ends with _WITH_EXCLUSION",
      source: registry("ecr/repository"),
    },
  ],
  seconds: { create: 1, delete: 1 },
};

const EXAMPLE_LIFECYCLE = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 },
      action: { type: "expire" },
    },
  ],
});

const lifecyclePolicy: ResourceModel = {
  token: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  source: registry("ecr/lifecyclepolicy"),
  schema: "aws_ecr_lifecycle_policy",
  id: "{repository}",
  // A repository has one policy: the provider takes the old one away first.
  deleteBeforeReplace: true,
  properties: {
    policy: {
      type: "json",
      required: true,
      replace: true,
      maxBytes: 30720,
      example: EXAMPLE_LIFECYCLE,
    },
    region,
    repository: ownRepository,
    registryId: out("{account}"),
  },
  rules: [
    {
      name: "rules-complete",
      then: {
        property: "policy.rules[]",
        every: {
          all: [
            { property: "rulePriority", atLeast: 1 },
            { property: "selection.tagStatus", in: ["tagged", "untagged", "any"] },
            {
              property: "selection.countType",
              in: [
                "imageCountMoreThan",
                "sinceImagePushed",
                "sinceImagePulled",
                "sinceImageTransitioned",
              ],
            },
            { property: "selection.countNumber", atLeast: 1 },
            { property: "action.type", in: ["expire", "transition"] },
          ],
        },
      },
      message:
        "InvalidParameterException: `policy`: each rule has rulePriority, selection (tagStatus, countType, countNumber) and action.type of the allowed values",
      source: LIFECYCLE,
      at: "apply",
    },
    {
      name: "priorities-differ",
      then: { property: "policy.rules[].rulePriority", distinct: true },
      message: "InvalidParameterException: `policy`: rulePriority must be unique within the policy",
      source: LIFECYCLE,
      at: "apply",
    },
    {
      name: "ages-have-unit",
      then: {
        property: "policy.rules[].selection",
        every: {
          any: [
            { property: "countType", equals: "imageCountMoreThan" },
            { property: "countUnit", equals: "days" },
          ],
        },
      },
      message: "InvalidParameterException: `policy`: countUnit must be days if countType is an age",
      source: LIFECYCLE,
      at: "apply",
    },
    {
      name: "tagged-has-tags",
      then: {
        property: "policy.rules[].selection",
        every: {
          any: [
            { not: { property: "tagStatus", equals: "tagged" } },
            { property: "tagPrefixList", present: true },
            { property: "tagPatternList", present: true },
          ],
        },
      },
      message:
        "InvalidParameterException: `policy`: tagPrefixList or tagPatternList must be given if tagStatus is tagged",
      source: LIFECYCLE,
      at: "apply",
    },
  ],
};

const EXAMPLE_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "codebuild.amazonaws.com" },
      Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    },
  ],
});

const repositoryPolicy: ResourceModel = {
  token: "aws:ecr/repositoryPolicy:RepositoryPolicy",
  source: registry("ecr/repositorypolicy"),
  schema: "aws_ecr_repository_policy",
  id: "{repository}",
  properties: {
    policy: resourcePolicy(EXAMPLE_POLICY, { required: true, maxLength: 10240 }),
    region,
    repository: ownRepository,
    registryId: out("{account}"),
  },
  rules: [
    principalsExist("policy", POLICY),
    principalsGiven("policy", POLICY),
    {
      name: "no-resource",
      then: {
        property: "policy.Statement[]",
        every: { property: "Resource", present: false },
      },
      message:
        "InvalidParameterException: `policy`: invalid repository policy provided; statements of a repository policy have no Resource",
      source: POLICY,
      at: "apply",
    },
  ],
};

export const models: readonly ResourceModel[] = [repository, lifecyclePolicy, repositoryPolicy];
