/** What is registered of a document beside its text: the same content, with forms for what a cloud makes. */
import { declared, isSecret, valueOf } from "../../support/aws-mocks";
import { inputsOf } from "../../support/mocks";
import * as pulumi from "@pulumi/pulumi";
import { RolePolicy } from "@pulumi/aws/iam";
import { arnForm, madeArn } from "../../../components/shared/aws";
import { derived, documentText, shownText } from "../../../components/shared/documents";
import { documentType as typeThatPoliciesRead } from "../../../policies/documents";

const type = "gitlab:shared:ShownDocument";

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

test("what a function makes of a document is known as far as the document is", async () => {
  const arn = madeArn("key", pulumi.output("arn:aws:kms:eu-central-1:111111111111:key/2"));
  const lines = derived(
    { key: arn, name: "n" },
    ({ key, name }: Record<"key" | "name", string>) => [`KEY=${key}`, `NAME=${name}`],
  );
  const text = derived(lines, (known: string[]) => known.join("\n"));
  const made = shownText("text", ["userData"], text, {}, (whole) => `packed ${whole}`);
  await valueOf(shownText("map", ["metadata", "files"], text, {}));
  expect(await valueOf(made)).toBe("KEY=arn:aws:kms:eu-central-1:111111111111:key/2\nNAME=n");
  const shown = `KEY=${arnForm("key")}\nNAME=n`;
  expect(inputsOf(type, "text")).toEqual({ userData: `packed ${shown}` });
  expect(inputsOf(type, "map")).toEqual({ metadata: { files: shown } });
});

test("a form that a function refuses stops nothing: what is shown is then the value itself", async () => {
  const arn = madeArn("key", pulumi.output("arn:aws:kms:eu-central-1:111111111111:key/3"));
  const text = derived({ arn }, (known: { readonly arn: string }) => {
    if (known.arn.includes("{")) throw new Error("no ARN");
    return `secret-free ${known.arn}`;
  });
  await valueOf(shownText("strict", ["userData"], text, {}));
  expect(inputsOf(type, "strict")).toEqual({ userData: await valueOf(text) });
});

test("a secret that a text is made of stays one in what is shown of it", async () => {
  const text = derived(
    { value: pulumi.secret("planted") },
    ({ value }: { value: string }) => value,
  );
  await valueOf(shownText("hidden", ["userData"], text, {}));
  expect(isSecret(inputsOf(type, "hidden")?.["userData"])).toBe(true);
});

test("policies look for the type that components register", () => {
  expect(typeThatPoliciesRead).toBe(type);
});
