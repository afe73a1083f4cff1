import { InstanceProfile, Role, RolePolicyAttachment } from "@pulumi/aws/iam";
import type * as pulumi from "@pulumi/pulumi";
import { standingArn, type AwsPlace } from "../shared/aws";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import { plainTrust } from "../shared/policy-json";
import type { Site } from "../shared/site";

/** Arguments of AwsMachineIdentity. */
export interface AwsMachineIdentityArgs extends AwsPlace {
  readonly site: Site;
  /** What the machine is; last part of the role's name: `application`, `gitaly`, `backup`. */
  readonly machine: string;
  /** One sentence, shown in the console. */
  readonly description: string;
}

/**
 * Who a machine is: role and instance profile, apart from the machine, since the policies of file systems, keys and
 * buckets name the role before the machine stands. Its rights are given by whoever knows its work.
 *
 * The name is fixed: those policies refer to the role by ARN, and a role made anew under the same name would have
 * another unique id, which resource policies do not follow
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
 */
export class AwsMachineIdentity extends Component {
  readonly roleName: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;
  readonly instanceProfileArn: pulumi.Output<string>;
  /** Session Manager's rights and the profile: wait for them before a machine is started. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsMachineIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("identity", "AwsMachineIdentity", name, { machine: args.machine }, opts);
    const role = new Role(
      `${name}-role`,
      {
        name: fixedName({ maxLength: 64 }, args.site.prefix, args.machine),
        description: args.description,
        assumeRolePolicy: plainTrust("ec2.amazonaws.com", "Machines"),
      },
      { parent: this },
    );
    // People reach machines through Session Manager only; there is no SSH to hosts.
    const sessions = new RolePolicyAttachment(
      `${name}-session-manager`,
      { role: role.name, policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
      { parent: this },
    );
    const profile = new InstanceProfile(`${name}-profile`, { role: role.name }, { parent: this });
    this.roleName = role.name;
    this.roleArn = standingArn("role", args, role.name);
    this.instanceProfileArn = standingArn("instanceProfile", args, profile.name);
    this.ready = [sessions, profile];
    this.registerOutputs({ roleArn: this.roleArn });
  }
}
