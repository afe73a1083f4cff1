/** What makes a document weaker that a preview knows but for what the cloud makes in it. */
import { documentType } from "../../../policies/documents";
import { unknownString } from "../../../policies/reader";
import { weak, type Weakening } from "./weakening";

const anything = { Sid: "Anything", Effect: "Allow", Principal: { AWS: "*" }, Action: "*" };

const token = "export TOKEN=glrt-Zx7kP2mQ9vL4nB8cT5wY";

export const documentWeakenings: Readonly<Record<string, readonly Weakening[]>> = {
  [documentType]: [
    weak("policy", { Version: "2012-10-17", Statement: [{ ...anything, Resource: "*" }] }),
    // Also where it is not known on what, and where the one statement is no list.
    weak("policy.Statement", [{ ...anything, Resource: unknownString }]),
    weak("policy.Statement", { ...anything, Resource: [unknownString, "*"] }),
    weak("content", token, "gitlab_rails['monitoring_whitelist'] = ['0.0.0.0/0']"),
    weak("userData", Buffer.from(token).toString("base64")),
    weak("metadata.gitlab-node-files", token),
  ],
};
