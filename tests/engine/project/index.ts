import * as pulumi from "@pulumi/pulumi";
import { environments } from "./environments/registry";

/** Stack name to environment, as the real project's index.ts does. */
export = async (): Promise<Record<string, unknown>> => {
  const entry = environments[pulumi.getStack()];
  if (entry === undefined) throw new Error(`unknown stack ${pulumi.getStack()}`);
  return (await entry.load()).program();
};
