/** Systems Manager: parameters and documents. */
import type { ResourceModel } from "../../model";
import {
  arnOf,
  blocks,
  bool,
  int,
  list,
  map,
  oneOf,
  out,
  outJson,
  region,
  registry,
  str,
} from "./common";
import { NEWER, kmsKey } from "./policies";

const NAMES =
  "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html";
const PUT = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html";
const DOCUMENT =
  "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html";
const PAGE = registry("ssm/parameter");

const parameter: ResourceModel = {
  token: "aws:ssm/parameter:Parameter",
  source: PAGE,
  schema: "aws_ssm_parameter",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [{ properties: ["name"], scope: "region", source: PUT }],
  tags: true,
  properties: {
    allowedPattern: str({ maxLength: 1024 }),
    arn: str({
      optionalComputed: true,
      value: {
        cases: [
          { when: { property: "name", matches: "^/.*$" }, value: arnOf("ssm", "parameter{name}") },
          { value: arnOf("ssm", "parameter/{name}") },
        ],
      },
    }),
    dataType: oneOf(["text", "aws:ec2:image", "aws:ssm:integration"], {
      optionalComputed: true,
      value: "text",
    }),
    description: str({ maxLength: 1024 }),
    insecureValue: str({
      optionalComputed: true,
      exactlyOneOf: ["insecureValue", "value", "valueWo"],
      maxLength: 8192,
      deviates: "valueWo is newer than the reference schema",
    }),
    keyId: kmsKey({ optionalComputed: true }),
    name: str({
      replace: true,
      pattern: "/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*",
      maxLength: 1011,
      example: "/gitlab/parameter",
    }),
    overwrite: bool(),
    region,
    tier: oneOf(["Standard", "Advanced", "Intelligent-Tiering"], {
      optionalComputed: true,
      value: "Standard",
    }),
    type: oneOf(["String", "StringList", "SecureString"], { required: true }),
    value: str({
      optionalComputed: true,
      secret: true,
      exactlyOneOf: ["insecureValue", "value", "valueWo"],
      minLength: 1,
      maxLength: 8192,
      deviates: "valueWo is newer than the reference schema",
    }),
    valueWo: str({
      secret: true,
      writeOnly: true,
      exactlyOneOf: ["insecureValue", "value", "valueWo"],
      requiredWith: ["valueWoVersion"],
      maxLength: 8192,
      deviates: NEWER,
    }),
    valueWoVersion: int({ requiredWith: ["valueWo"], deviates: NEWER }),
    hasValueWo: {
      type: "boolean",
      computed: true,
      value: {
        cases: [
          { when: { property: "valueWoVersion", present: true }, value: { json: true } },
          { value: { json: false } },
        ],
      },
      deviates: NEWER,
    },
    version: {
      type: "integer",
      computed: true,
      value: { json: 1 },
      changesWith: [
        "value",
        "insecureValue",
        "valueWoVersion",
        "type",
        "description",
        "tier",
        "dataType",
        "keyId",
        "allowedPattern",
      ],
      counter: true,
    },
  },
  rules: [
    {
      name: "reserved-names",
      then: { not: { property: "name", matches: "^/?([Aa][Ww][Ss]|[Ss][Ss][Mm]).*$" } },
      message:
        "ValidationException: `name`: a parameter name must not begin with aws or ssm (in any case)",
      source: NAMES,
      at: "apply",
    },
    {
      name: "depth",
      then: { not: { property: "name", matches: "^(/[^/]+){16,}$" } },
      message: "HierarchyLevelLimitExceededException: `name`: a hierarchy has 15 levels at most",
      source: NAMES,
      at: "apply",
    },
    {
      name: "paths-begin-with-slash",
      then: { not: { property: "name", matches: "^[^/]+/.*$" } },
      message:
        "ValidationException: `name`: a name with a path must begin with a slash (fully qualified)",
      source: NAMES,
      at: "apply",
    },
    {
      name: "secure-is-secret",
      when: { property: "type", equals: "SecureString" },
      then: { property: "insecureValue", present: false },
      message:
        "invalid configuration, cannot set type = SecureString and insecureValue: use `value`",
      source: PAGE,
    },
    {
      name: "key-of-secure-strings",
      when: { property: "keyId", present: true },
      then: { property: "type", equals: "SecureString" },
      message: "ValidationException: `keyId`: is for parameters of type SecureString",
      source: PUT,
      at: "apply",
    },
    {
      name: "standard-size",
      when: { not: { property: "tier", in: ["Advanced", "Intelligent-Tiering"] } },
      then: {
        all: [
          {
            any: [
              { property: "value", present: false },
              { property: "value", lengthAtMost: 4096 },
            ],
          },
          {
            any: [
              { property: "insecureValue", present: false },
              { property: "insecureValue", lengthAtMost: 4096 },
            ],
          },
        ],
      },
      message:
        "ValidationException: `value`: Standard tier parameters support a maximum parameter value of 4096 characters",
      source:
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html",
      at: "apply",
    },
    {
      name: "tier-stays",
      when: { property: "^tier", equals: "Advanced" },
      then: { not: { property: "tier", equals: "Standard" } },
      message:
        "ValidationException: `tier`: this parameter uses the advanced-parameter tier and can't be downgraded to Standard",
      source:
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html",
      at: "apply",
    },
  ],
};

const document: ResourceModel = {
  token: "aws:ssm/document:Document",
  source: registry("ssm/document"),
  schema: "aws_ssm_document",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [{ properties: ["name"], scope: "region", source: DOCUMENT }],
  tags: true,
  properties: {
    attachmentsSources: blocks(
      {
        key: oneOf(["SourceUrl", "S3FileUrl", "AttachmentReference"], { required: true }),
        name: str({ pattern: "[A-Za-z0-9_.-]{3,128}" }),
        values: list(str({ minLength: 1, maxLength: 1024 }), {
          required: true,
          minItems: 1,
          maxItems: 1,
          deviates: "AWS takes one",
        }),
      },
      { maxItems: 20 },
    ),
    content: str({
      required: true,
      maxBytes: 65536,
      example: JSON.stringify({
        schemaVersion: "2.2",
        description: "Says hello",
        mainSteps: [
          { action: "aws:runShellScript", name: "hello", inputs: { runCommand: ["echo hello"] } },
        ],
      }),
    }),
    documentFormat: oneOf(["JSON", "TEXT", "YAML"], { default: "JSON" }),
    documentType: oneOf(
      [
        "Command",
        "Policy",
        "Automation",
        "Session",
        "Package",
        "ApplicationConfiguration",
        "ApplicationConfigurationSchema",
        "DeploymentStrategy",
        "ChangeCalendar",
        "Automation.ChangeTemplate",
        "ProblemAnalysis",
        "ProblemAnalysisTemplate",
        "CloudFormation",
        "ConformancePackTemplate",
        "QuickSetup",
        "ManualApprovalPolicy",
        "AutoApprovalPolicy",
      ],
      { required: true },
    ),
    name: str({ replace: true, pattern: "[a-zA-Z0-9_.-]{3,128}" }),
    permissions: map(),
    region,
    targetType: str({ pattern: "/[\\w.:/-]*", maxLength: 200 }),
    versionName: str({ pattern: "[a-zA-Z0-9_.-]{3,128}" }),
    arn: out(arnOf("ssm", "document/{name}")),
    createdDate: out("{now}"),
    defaultVersion: out("{latestVersion}", { changesWith: ["content", "documentFormat"] }),
    description: out(""),
    documentVersion: out("{latestVersion}", { changesWith: ["content", "documentFormat"] }),
    hash: out("{hex:64}", { changesWith: ["content", "documentFormat"] }),
    hashType: out("Sha256"),
    latestVersion: out("1", {
      changesWith: ["content", "documentFormat", "versionName"],
      counter: true,
    }),
    owner: out("{account}"),
    parameters: outJson("list", [], {
      items: {
        type: "object",
        fields: { defaultValue: out(""), description: out(""), name: out(""), type: out("") },
      },
    }),
    platformTypes: outJson("list", ["Linux"], { items: str() }),
    schemaVersion: {
      type: "string",
      computed: true,
      value: {
        cases: [
          { when: { property: "documentType", equals: "Automation" }, value: "0.3" },
          { when: { property: "documentType", equals: "Session" }, value: "1.0" },
          { value: "2.2" },
        ],
      },
    },
    status: out("Active"),
  },
  rules: [
    {
      name: "content-is-json",
      when: { property: "documentFormat", equals: "JSON" },
      then: { property: "content", matches: "^\\s*\\{[\\s\\S]*\\}\\s*$" },
      message: "InvalidDocumentContent: `content`: JSON not well-formed; an object is expected",
      source: DOCUMENT,
      at: "apply",
    },
    {
      name: "content-has-version",
      when: { property: "documentType", in: ["Command", "Automation", "Session", "Policy"] },
      then: { property: "content", matches: "^[\\s\\S]*schemaVersion[\\s\\S]*$" },
      message: "InvalidDocumentContent: `content`: schemaVersion is missing",
      source:
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html",
      at: "apply",
    },
    {
      name: "name-not-reserved",
      then: { not: { property: "name", matches: "^(aws|AWS|amazon|Amazon|AMZN|amzn)(-|\\.).*$" } },
      message:
        "ValidationException: `name`: names that begin with aws, amazon or amzn are reserved",
      source: DOCUMENT,
      at: "apply",
    },
    {
      name: "permission-keys",
      when: { property: "permissions", present: true },
      then: {
        all: [
          { property: "permissions.type", equals: "Share" },
          { property: "permissions.account_ids", present: true },
        ],
      },
      message: "`permissions`: has the keys type (Share) and account_ids",
      source: registry("ssm/document"),
    },
  ],
};

export const models: readonly ResourceModel[] = [parameter, document];
