/** ACM: certificates and the wait for their validation. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  arnOf,
  arnPattern,
  block,
  blockSet,
  CERTIFICATE,
  int,
  named,
  newer,
  oneOf,
  out,
  outJson,
  RECORD,
  region,
  registry,
  set,
  str,
} from "./common";

const api = "https://docs.aws.amazon.com/acm/latest/APIReference/";
const guide = "https://docs.aws.amazon.com/acm/latest/userguide/";

/** A domain name, with a wildcard as its first label or none: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
const domain = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({
    maxLength: 253,
    pattern: "(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
    example: "gitlab.example.com",
    ...more,
  });
const requested = ["certificateBody", "certificateChain", "privateKey"];
const byKey = ["domainName", "privateKey", "privateKeyWo"];
const orWriteOnly = {
  deviates: "privateKeyWo of the newer provider is one more way to bring a certificate",
};
const pem = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({ pattern: "\\s*-----BEGIN [\\s\\S]+-----END [A-Z ]+-----\\s*", ...more });
const byDns = { property: "validationMethod", equals: "DNS" };

const certificate: ResourceModel = {
  token: CERTIFICATE,
  source: registry("acm/certificate"),
  schema: "aws_acm_certificate",
  id: "{arn}",
  tags: true,
  seconds: { create: 10, delete: 3 },
  properties: {
    region,
    certificateAuthorityArn: str({
      replace: true,
      format: "arn",
      pattern: arnPattern("acm-pca", "certificate-authority/.+"),
      conflicts: ["certificateBody", "privateKey", "validationMethod"],
    }),
    certificateBody: pem({
      example: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
      conflicts: ["certificateAuthorityArn", "domainName", "validationMethod"],
      ...orWriteOnly,
    }),
    certificateChain: pem({
      example: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
      conflicts: ["certificateAuthorityArn", "domainName", "validationMethod"],
    }),
    domainName: domain({
      optionalComputed: true,
      value: "",
      replace: true,
      same: "lowercase",
      conflicts: requested,
      exactlyOneOf: byKey,
      ...orWriteOnly,
    }),
    earlyRenewalDuration: str({
      pattern: "P(\\d+[YMWD])+|\\d+h.*",
      example: "P30D",
      conflicts: [...requested, "validationMethod"],
    }),
    keyAlgorithm: oneOf(
      [
        "RSA_1024",
        "RSA_2048",
        "RSA_3072",
        "RSA_4096",
        "EC_prime256v1",
        "EC_secp384r1",
        "EC_secp521r1",
      ],
      { optionalComputed: true, value: "RSA_2048", replace: true, conflicts: requested },
    ),
    options: block(
      {
        certificateTransparencyLoggingPreference: oneOf(["ENABLED", "DISABLED"], {
          default: "ENABLED",
        }),
        export: oneOf(["ENABLED", "DISABLED"], newer),
      },
      {
        optionalComputed: true,
        value: { json: { certificateTransparencyLoggingPreference: "ENABLED" } },
      },
    ),
    privateKey: pem({
      secret: true,
      example: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----",
      exactlyOneOf: byKey,
      ...orWriteOnly,
    }),
    // Held in no state; a new version number has it sent again.
    privateKeyWo: pem({
      secret: true,
      writeOnly: true,
      example: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----",
      exactlyOneOf: byKey,
      requiredWith: ["privateKeyWoVersion"],
      ...newer,
    }),
    privateKeyWoVersion: int({ requiredWith: ["privateKeyWo"], ...newer }),
    subjectAlternativeNames: set(domain(), {
      optionalComputed: true,
      value: { json: ["{domainName}"] },
      replace: true,
      // A quota that can be raised: https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
      maxItems: 100,
      conflicts: requested,
    }),
    validationMethod: oneOf(["DNS", "EMAIL"], {
      optionalComputed: true,
      value: "NONE",
      replace: true,
      conflicts: ["certificateAuthorityArn", ...requested],
    }),
    validationOptions: blockSet(
      {
        domainName: str({ required: true, replace: true }),
        validationDomain: str({ required: true, replace: true }),
      },
      { replace: true, conflicts: requested },
    ),
    arn: out(arnOf("acm", "certificate/{uuid}")),
    domainValidationOptions: {
      type: "list",
      set: true,
      items: {
        type: "object",
        fields: {
          domainName: str(),
          resourceRecordName: str(),
          resourceRecordType: str(),
          resourceRecordValue: str(),
        },
      },
      computed: true,
      // Each name has a CNAME of its own: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
      value: {
        cases: [
          {
            when: byDns,
            value: {
              each: ["domainName", "subjectAlternativeNames"],
              json: {
                domainName: "{each}",
                resourceRecordName: "_{hex:32}.{each~^(?:[*][.])?(.+)$}.",
                resourceRecordType: "CNAME",
                resourceRecordValue: "_{hex:32}.{alnum:10}.acm-validations.aws.",
              },
            },
          },
          { value: { json: [] } },
        ],
      },
    },
    notAfter: out(""),
    notBefore: out(""),
    pendingRenewal: outJson("boolean", false),
    renewalEligibility: out("INELIGIBLE"),
    renewalSummaries: outJson("list", []),
    status: out("", {
      value: {
        cases: [
          { when: { property: "validationMethod", present: true }, value: "PENDING_VALIDATION" },
          { value: "ISSUED" },
        ],
      },
    }),
    type: out("", {
      value: {
        cases: [
          { when: { property: "certificateAuthorityArn", present: true }, value: "PRIVATE" },
          { when: { property: "certificateBody", present: true }, value: "IMPORTED" },
          { value: "AMAZON_ISSUED" },
        ],
      },
    }),
    validationEmails: outJson("list", []),
  },
  rules: [
    {
      name: "a public certificate says how it is validated",
      when: {
        all: [
          { property: "domainName", present: true },
          { property: "certificateAuthorityArn", present: false },
        ],
      },
      then: { property: "validationMethod", present: true },
      message: "validationMethod: DNS or EMAIL must be given for a certificate that ACM issues",
      source: registry("acm/certificate"),
    },
    {
      name: "an imported certificate has a body",
      when: { not: { property: "domainName", present: true } },
      then: { property: "certificateBody", present: true },
      message: "ValidationException: certificateBody is required with privateKey or privateKeyWo",
      source: `${api}API_ImportCertificate.html`,
      at: "apply",
    },
    {
      name: "a certificate's body comes with its key",
      when: { property: "certificateBody", present: true },
      then: {
        any: [
          { property: "privateKey", present: true },
          { property: "privateKeyWo", present: true },
        ],
      },
      message:
        "certificateBody: all of certificateBody, privateKey (or privateKeyWo) must be given",
      source: registry("acm/certificate"),
    },
    {
      name: "an imported certificate has no options",
      when: { property: "privateKey", present: true },
      then: { property: "options", present: false },
      message: "options: conflicts with privateKey",
      source: registry("acm/certificate"),
    },
    {
      name: "the first name has 64 characters at most",
      when: { property: "domainName", present: true },
      then: { property: "domainName", lengthAtMost: 64 },
      message:
        "ValidationException: domainName: the first domain name is limited to 64 octets; put a longer one into subjectAlternativeNames",
      source: `${api}API_RequestCertificate.html`,
      at: "apply",
    },
    {
      name: "a private certificate renews early",
      when: { property: "earlyRenewalDuration", present: true },
      then: { property: "certificateAuthorityArn", present: true },
      message: "earlyRenewalDuration: only for certificates of a private authority",
      source: `${guide}managed-renewal.html`,
      at: "apply",
    },
  ],
};

const certificateValidation: ResourceModel = {
  token: "aws:acm/certificateValidation:CertificateValidation",
  source: registry("acm/certificatevalidation"),
  schema: "aws_acm_certificate_validation",
  id: "{now}",
  seconds: { create: 60 },
  properties: {
    region,
    certificateArn: str({ required: true, replace: true, ref: named(CERTIFICATE, "arn") }),
    validationRecordFqdns: set(str({ ref: named(RECORD, "fqdn") }), { replace: true }),
  },
  rules: [
    {
      name: "every name's record is there",
      when: { property: "validationRecordFqdns", present: true },
      then: {
        property: "certificateArn->domainValidationOptions[].resourceRecordName",
        allAmong: ["validationRecordFqdns[]->name"],
      },
      message:
        "validationRecordFqdns: a validation record of the certificate is missing; each resourceRecordName of domainValidationOptions needs a Record",
      source: registry("acm/certificatevalidation"),
      at: "apply",
    },
    {
      name: "records validate by DNS",
      when: { property: "validationRecordFqdns", present: true },
      then: { property: "certificateArn->validationMethod", equals: "DNS" },
      message: "validationRecordFqdns is only valid for DNS validation",
      source: registry("acm/certificatevalidation"),
      at: "apply",
    },
  ],
};

/** Certificates and that they are issued. */
export const models: readonly ResourceModel[] = [certificate, certificateValidation];
