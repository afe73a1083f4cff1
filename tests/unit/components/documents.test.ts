/** What is registered of a document beside its text: the same content, with forms for what a cloud makes. */
import { declared, isSecret, valueOf } from "../../support/aws-mocks";
import { inputsOf } from "../../support/mocks";
import * as pulumi from "@pulumi/pulumi";
import { RolePolicy } from "@pulumi/aws/iam";
import { arnForm, madeArn } from "../../../components/shared/aws";
import { documentText } from "../../../components/shared/documents";
import { documentType as typeThatPoliciesRead } from "../../../policies/documents";

const type = "gitlab:shared:JsonDocument";

/** Registers a resource with a document; resolves to its text and to what is shown of it. */
async function shown(name: string, content: object) {
  const { made, resources } = await declared((opts) => {
    const text = documentText(name, "policy", content, opts);
    return { text, policy: new RolePolicy(name, { role: "r", policy: text }, opts) };
  });
  return {
    text: await valueOf(made.text),
    taken: resources[0]?.inputs["policy"],
    inputs: inputsOf(type, name),
    secret: await pulumi.isSecret(made.text),
  };
}

test("text and what is shown are made of the same content", async () => {
  const content = {
    Version: "1",
    Statement: [{ Resource: pulumi.output("arn:a"), Action: ["b"] }],
  };
  const { text, taken, inputs } = await shown("plain", content);
  const known = { Version: "1", Statement: [{ Resource: "arn:a", Action: ["b"] }] };
  expect(JSON.parse(text)).toEqual(known);
  expect(taken).toBe(text);
  expect(inputs).toEqual({ policy: known });
});

test("what a cloud makes is shown in its form, and written as it is", async () => {
  const arn = madeArn("key", pulumi.output("arn:aws:kms:eu-central-1:111111111111:key/1"));
  const { text, inputs } = await shown("made", { Resource: [arn], NotResource: arn });
  expect(inputs).toEqual({ policy: { Resource: [arnForm("key")], NotResource: arnForm("key") } });
  expect(text).toContain("key/1");
});

test("a form is of one output: what is made of it is not known by it", async () => {
  const arn = madeArn("key", pulumi.output("arn:aws:kms:eu-central-1:111111111111:key/1"));
  const { inputs } = await shown("derived", { Resource: arn.apply(() => "*") });
  expect(inputs).toEqual({ policy: { Resource: "*" } });
});

test("a secret in a document stays one in the text and in what is shown", async () => {
  const { inputs, secret } = await shown("secret", { Sid: pulumi.secret("planted-in-a-policy") });
  expect(secret).toBe(true);
  // The mocks take a property with a secret in it for one.
  expect(isSecret(inputs?.["policy"])).toBe(true);
});

test("policies look for the type that components register", () => {
  expect(typeThatPoliciesRead).toBe(type);
});
