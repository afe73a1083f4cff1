import * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import { environments } from "./environments/registry";

/**
 * The Pulumi program: finds the stack's environment and declares it.
 * What the function resolves to are the stack's outputs.
 * @throws RunError for a stack that no environment has, naming those that there are
 */
export = async function program(): Promise<Record<string, unknown>> {
  const stack = pulumi.getStack();
  const entry = environments[stack];
  if (entry === undefined) {
    throw new RunError(
      `There is no environment "${stack}". Known: ${Object.keys(environments).join(", ")}.`,
    );
  }
  const environment = await entry.load();
  return environment.program();
};
