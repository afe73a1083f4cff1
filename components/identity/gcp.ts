import { IAMMember as ProjectIamMember } from "@pulumi/gcp/projects";
import { Account, IAMMember as AccountIamMember } from "@pulumi/gcp/serviceaccount";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";

/** Arguments of GcpMachineIdentity. */
export interface GcpMachineIdentityArgs {
  readonly site: Site;
  /** Id of the project. */
  readonly project: string;
  /** What the machine is; last part of the account's name: `gitlab`. */
  readonly machine: string;
  /** One sentence, shown in the console. */
  readonly description: string;
  /** Roles in the whole project, which give nothing but a way to report: `roles/monitoring.metricWriter`. @default none */
  readonly projectRoles?: readonly string[];
  /**
   * Whether it may sign for itself, which is what makes signed URLs without a key
   * (https://cloud.google.com/storage/docs/access-control/signed-urls#signing-iam). On itself alone: in the project,
   * the same role would let it be any other account.
   * @default false
   */
  readonly signsForItself?: boolean;
}

/**
 * Name of a machine's service account, the first part of its email: 6 to 30 characters
 * (https://cloud.google.com/iam/docs/service-accounts-create).
 */
export function machineAccountId(site: Pick<Site, "prefix">, machine: string): string {
  return fixedName({ maxLength: 30 }, site.prefix, machine);
}

/**
 * Who a machine is: a service account, apart from the machine, since buckets, secrets and firewall rules name it
 * before the machine stands. It has no key. Its other rights are given by whoever knows its work, on one thing each.
 *
 * The name is fixed: what names the account would lose it with a new one.
 */
export class GcpMachineIdentity extends Component {
  readonly email: pulumi.Output<string>;
  /** `serviceAccount:<email>`, as policies have it. */
  readonly member: pulumi.Output<string>;
  /** `projects/<project>/serviceAccounts/<email>`. */
  readonly accountName: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpMachineIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("identity", "GcpMachineIdentity", name, { machine: args.machine }, opts);
    const own = { parent: this };
    const account = new Account(
      `${name}-account`,
      {
        accountId: machineAccountId(args.site, args.machine),
        displayName: `${args.site.prefix}: ${args.machine}`,
        description: args.description,
      },
      own,
    );
    const member = pulumi.interpolate`serviceAccount:${account.email}`;
    const rights: pulumi.Resource[] = (args.projectRoles ?? []).map(
      (role) =>
        new ProjectIamMember(
          `${name}-${role.replace(/^roles\//, "").replace(".", "-")}`,
          { project: args.project, role, member },
          own,
        ),
    );
    if (args.signsForItself ?? false) {
      rights.push(
        new AccountIamMember(
          `${name}-signs-for-itself`,
          {
            serviceAccountId: account.name,
            role: "roles/iam.serviceAccountTokenCreator",
            member,
          },
          own,
        ),
      );
    }
    this.email = account.email;
    this.member = member;
    this.accountName = account.name;
    this.ready = [account, ...rights];
    this.registerOutputs({ email: this.email });
  }
}
