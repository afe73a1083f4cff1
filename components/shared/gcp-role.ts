import { IAMCustomRole, IAMMember } from "@pulumi/gcp/projects";
import * as pulumi from "@pulumi/pulumi";
import { fixedName } from "./names";

/** Where or when a grant counts, in CEL (https://cloud.google.com/iam/docs/conditions-overview). */
export interface GcpCondition {
  readonly title: string;
  readonly expression: string;
}

/** Arguments of grantPermissions. */
export interface GcpGrantArgs {
  readonly project: string;
  /** First part of the role's id and title. */
  readonly prefix: string;
  /** Last part of them: what it is for. */
  readonly part: string;
  /** One sentence, shown in the console. */
  readonly description: string;
  readonly permissions: readonly string[];
  /** `serviceAccount:…`. */
  readonly member: pulumi.Input<string>;
  /** @default everywhere in the project */
  readonly condition?: GcpCondition;
}

/**
 * Gives somebody these permissions and no other: a role of the project's own, and who has it. The role's id is fixed;
 * one that was deleted is brought back by making it again
 * (https://cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role).
 * @param name name of the grant in the program; the role's is `<name>-role`
 */
export function grantPermissions(
  name: string,
  args: GcpGrantArgs,
  opts: pulumi.CustomResourceOptions,
): IAMMember {
  // Letters, digits, _ and . alone (https://cloud.google.com/iam/docs/creating-custom-roles).
  const roleId = fixedName({ maxLength: 64 }, args.prefix, args.part).replace(/-/g, "_");
  const role = new IAMCustomRole(
    `${name}-role`,
    {
      project: args.project,
      roleId,
      title: `${args.prefix} ${args.part}`,
      description: args.description,
      permissions: [...args.permissions],
      stage: "GA",
    },
    opts,
  );
  return new IAMMember(
    name,
    {
      project: args.project,
      // The role's own name, by its parts: policies see at preview which role is given.
      role: `projects/${args.project}/roles/${roleId}`,
      member: args.member,
      condition: args.condition,
    },
    pulumi.mergeOptions(opts, { dependsOn: [role] }),
  );
}
