import { RunError } from "@pulumi/pulumi/errors";
import * as pulumi from "@pulumi/pulumi";

/** What the `dev` stack says of the application that people sign in with. */
export interface SignIn {
  /** dev's address, `https://…`. */
  readonly site: string;
  /** IPv4 address of dev: the app asks it for each sign-in. */
  readonly address: string;
  readonly clientId: string;
  readonly clientSecret: pulumi.Output<string>;
}

/** The stack that people sign in with. */
const provider = "dev";

/**
 * Reads id and secret of the OAuth application from the outputs of the `dev` stack, of the same organisation and project.
 *
 * @param application its name in dev's setting `oauthApplications`
 * @throws RunError, once, naming the stack and the outputs that are missing: an error of the engine for each output
 *   would be said as often as there are outputs, with stack traces
 */
export async function readSignIn(application: string): Promise<SignIn> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${provider}`;
  await mustExist(name);
  const dev = new pulumi.StackReference(provider, { name });
  const [site, address, ids, secrets] = await Promise.all(
    wanted.map((output) => dev.getOutputDetails(output)),
  );
  const clientId = at(ids?.value, application);
  const clientSecret = at(secrets?.secretValue, application);
  const missing = [
    ...(isText(site?.value) ? [] : ["url"]),
    ...(isText(address?.value) ? [] : ["address"]),
    ...(isText(clientId) ? [] : [`oauthClientIds.${application}`]),
    ...(isText(clientSecret) ? [] : [`oauthClientSecrets.${application}`]),
  ];
  if (missing.length > 0) throw lacking(name, missing, application);
  return {
    site: site?.value as string,
    address: address?.value as string,
    clientId: clientId as string,
    clientSecret: pulumi.secret(clientSecret as string),
  };
}

/** Outputs of dev that are read. */
const wanted = ["url", "address", "oauthClientIds", "oauthClientSecrets"] as const;

/**
 * A StackReference to a stack that is not there fails in the engine, which names neither output nor what to do. This
 * asks the engine the same, as a question whose failure is the program's to tell.
 */
async function mustExist(name: string): Promise<void> {
  try {
    await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  } catch {
    throw new RunError(
      `Stack version needs ${list(wanted)} of stack ${name}, which can't be read. Stand it up first: pulumi up -s ${provider}`,
    );
  }
}

function lacking(name: string, missing: readonly string[], application: string): RunError {
  return new RunError(
    `Stack version needs ${list(missing)} of stack ${name}, which has no such output. Name the application ${application} in its setting oauthApplications, then: pulumi up -s ${provider}`,
  );
}

function list(outputs: readonly string[]): string {
  return `output${outputs.length === 1 ? "" : "s"} ${outputs.join(", ")}`;
}

function at(value: unknown, key: string): unknown {
  return value !== null && typeof value === "object"
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
