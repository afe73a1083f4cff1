/** Rules decide on documents of which a preview knows all but what a cloud makes. */
import { Documents, documentType } from "../../policies/documents";
import { unknownString, Value } from "../../policies/reader";
import { judge, type ResourceRule, type ResourceView } from "../../policies/rule";
import { rules } from "../../policies/rules";

const stack = "urn:pulumi:aws::gitlab::gitlab:objectStorage:AwsBucket$";
const policyType = "aws:s3/bucketPolicy:BucketPolicy";

function view(type: string, name: string, props: Record<string, unknown>): ResourceView {
  const value = new Value(props, "");
  return { urn: `${stack}${type}::${name}`, type, name, protect: false, props: value };
}

const key = "arn:aws:kms:{region}:{account}:key/{id}";
const tlsOnly = {
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const otherKey = {
  Sid: "NoOtherKey",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:PutObject",
  Resource: "arn:aws:s3:::b/*",
  Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": key } },
};
const everybody = {
  Sid: "Everybody",
  Effect: "Allow",
  Principal: "*",
  Action: "s3:GetObject",
  Resource: "*",
};

/** What a rule says of a bucket policy whose text is not known, with these statements shown beside it. */
function verdict(id: string, statements: unknown[] | undefined, named = "b-policy") {
  const documents = new Documents();
  if (statements !== undefined) {
    const shown = { policy: { Version: "2012-10-17", Statement: statements } };
    documents.complete(view(documentType, "b-policy", shown));
  }
  const rule = rules.find((one) => one.id === id) as ResourceRule;
  const policy = view(policyType, named, { bucket: "b", policy: unknownString });
  return judge(rule, documents.complete(policy));
}

test.each([
  ["s3-tls-only", [tlsOnly, otherKey], "passed"],
  ["s3-tls-only", [otherKey], "failed"],
  ["s3-policy-not-public", [tlsOnly, otherKey], "passed"],
  ["s3-policy-not-public", [tlsOnly, otherKey, everybody], "failed"],
])(
  "%s decides on what is shown of a document whose text waits for a key",
  (id, statements, state) => {
    expect(verdict(id, statements)?.state).toBe(state);
  },
);

test("what is not known of a document and could change the verdict is named itself", () => {
  const unknown = { ...everybody, Principal: { AWS: unknownString } };
  const found = verdict("s3-policy-not-public", [tlsOnly, unknown]);
  expect(found?.state).toBe("undecided");
  expect(found?.open.map(({ holds }) => holds.path)).toEqual(["policy.Statement[1].Principal.AWS"]);
  // What is wrong beside it is wrong all the same.
  expect(verdict("s3-policy-not-public", [unknown, everybody])?.state).toBe("failed");
});

test("a document is shown for the resource of its name and parent alone, and never in place of a known text", () => {
  expect(verdict("s3-tls-only", [tlsOnly], "other-policy")?.state).toBe("undecided");
  expect(verdict("s3-tls-only", undefined)?.state).toBe("undecided");
  const documents = new Documents();
  documents.complete(view(documentType, "b-policy", { policy: { Statement: [tlsOnly] } }));
  const text = JSON.stringify({ Version: "2012-10-17", Statement: [everybody] });
  const known = documents.complete(view(policyType, "b-policy", { bucket: "b", policy: text }));
  const rule = rules.find(({ id }) => id === "s3-tls-only") as ResourceRule;
  expect(judge(rule, known)?.state).toBe("failed");
});

test("boot data that waits for an address is judged by what is shown of it, also as one key of a map", () => {
  const type = "gcp:compute/instance:Instance";
  const judged = (text: string) => {
    const documents = new Documents();
    documents.complete(view(documentType, "vm", { metadata: { files: text, other: "x" } }));
    const props = { metadata: { files: unknownString, "enable-oslogin": "TRUE" } };
    const rule = rules.find(({ id }) => id === "no-secrets-in-boot-data") as ResourceRule;
    const machine = documents.complete(view(type, "vm", props));
    expect(machine.props.at("metadata").at("enable-oslogin").known).toBe("TRUE");
    expect(machine.props.at("metadata").at("other").given).toBe(false);
    return judge(rule, machine)?.state;
  };
  expect(judged("DATABASE_HOST=known-after-up")).toBe("passed");
  expect(judged("export TOKEN=glrt-Zx7kP2mQ9vL4nB8cT5wY")).toBe("failed");
  expect(judged(unknownString)).toBe("undecided");
});
