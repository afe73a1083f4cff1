import { InstanceIAMMember } from "@pulumi/gcp/compute";
import { TunnelInstanceIAMMember } from "@pulumi/gcp/iap";
import { IAMMember as AccountIamMember } from "@pulumi/gcp/serviceaccount";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";

/** One role of people, in plain data: who it is, and what it may do on one machine. */
export interface MachineAccessRole {
  /** What the organisation calls it: `engineering-manager`, `production`. */
  readonly name: string;
  /** Google group, by its email. */
  readonly group: string;
  /** `admin` may become root, `login` may not. */
  readonly level: "admin" | "login";
}

/** Arguments of GcpMachineAccess. */
export interface GcpMachineAccessArgs {
  /** Id of the project. */
  readonly project: string;
  readonly zone: string;
  /** Name of the machine, as the machine itself puts it out: a machine made anew gets its bindings anew. */
  readonly machine: pulumi.Input<string>;
  /** `projects/…/serviceAccounts/…` of the account that the machine runs as. */
  readonly accountName: pulumi.Input<string>;
  /** Port of its sshd: the tunnel leads there and nowhere else. */
  readonly sshPort: number;
  readonly roles: readonly MachineAccessRole[];
}

/**
 * Who may get onto a machine: through Identity-Aware Proxy to its sshd's port, and in by OS Login, on this machine
 * alone. Whoever gets onto a machine acts as its service account, so Google asks for the right to that, too
 * (https://cloud.google.com/compute/docs/oslogin/set-up-oslogin, https://cloud.google.com/iap/docs/using-tcp-forwarding).
 */
export class GcpMachineAccess extends Component {
  constructor(name: string, args: GcpMachineAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "gitlabInstance",
      "GcpMachineAccess",
      name,
      { roles: args.roles.map((role) => role.name).join(",") },
      opts,
    );
    const own = { parent: this };
    for (const role of args.roles) {
      const member = `group:${role.group}`;
      const place = { project: args.project, zone: args.zone, member };
      new TunnelInstanceIAMMember(
        `${name}-${role.name}-tunnel`,
        {
          ...place,
          instance: args.machine,
          role: "roles/iap.tunnelResourceAccessor",
          condition: {
            title: "host sshd only",
            description: "The tunnel leads to the host's own sshd and to no other port",
            expression: `destination.port == ${args.sshPort}`,
          },
        },
        own,
      );
      new InstanceIAMMember(
        `${name}-${role.name}-login`,
        {
          ...place,
          instanceName: args.machine,
          role: role.level === "admin" ? "roles/compute.osAdminLogin" : "roles/compute.osLogin",
        },
        own,
      );
      new AccountIamMember(
        `${name}-${role.name}-acts-as`,
        {
          serviceAccountId: args.accountName,
          role: "roles/iam.serviceAccountUser",
          member,
        },
        own,
      );
    }
    this.registerOutputs({});
  }
}
