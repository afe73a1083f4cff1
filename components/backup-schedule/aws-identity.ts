import * as iam from "@pulumi/aws/iam";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import { plainTrust } from "../shared/policy-json";
import type { Site } from "../shared/site";

/**
 * Who the backup machine is. Apart from the schedule, since the policies of file systems and of the backup account's
 * keys and buckets name this role; its rights are given by AwsBackupSchedule.
 *
 * The role's name is fixed: the backup account refers to it by ARN, and a role made anew under the same name would
 * have another unique id, which resource policies do not follow
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
 */
export class AwsBackupIdentity extends Component {
  readonly roleName: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;
  readonly instanceProfileArn: pulumi.Output<string>;
  /** Session Manager's rights and the profile: wait for them before a machine is started. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: { readonly site: Site }, opts?: pulumi.ComponentResourceOptions) {
    super("backupSchedule", "AwsBackupIdentity", name, {}, opts);
    const role = new iam.Role(
      `${name}-role`,
      {
        name: fixedName({ maxLength: 64 }, args.site.prefix, "backup"),
        description: "The one-shot machine that makes GitLab's backups",
        assumeRolePolicy: plainTrust("ec2.amazonaws.com"),
      },
      { parent: this },
    );
    // People reach machines through Session Manager only; there is no SSH to hosts.
    const sessions = new iam.RolePolicyAttachment(
      `${name}-session-manager`,
      { role: role.name, policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
      { parent: this },
    );
    const profile = new iam.InstanceProfile(`${name}-profile`, { role: role.name }, { parent: this });
    this.roleName = role.name;
    this.roleArn = role.arn;
    this.instanceProfileArn = profile.arn;
    this.ready = [sessions, profile];
    this.registerOutputs({ roleArn: this.roleArn });
  }
}
