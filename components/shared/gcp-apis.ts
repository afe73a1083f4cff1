import { Service } from "@pulumi/gcp/projects";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component";

/** Arguments of GcpApis. */
export interface GcpApisArgs {
  /** Id of the project. */
  readonly project: string;
  /** Short names, without `.googleapis.com`: `compute`, `sqladmin`. */
  readonly services: readonly string[];
}

/**
 * The APIs that an environment uses, turned on. A new project has nearly none of them on.
 *
 * They stay on when the stack is destroyed: others in the project may use them, and turning one off deletes what is
 * behind it (https://cloud.google.com/service-usage/docs/enable-disable#disabling).
 */
export class GcpApis extends Component {
  /** Wait for them before anything else is made: give them to `dependsOn` of the provider that makes it. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpApisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("shared", "GcpApis", name, { services: args.services.length }, opts);
    this.ready = args.services.map(
      (service) =>
        new Service(
          `${name}-${service}`,
          {
            project: args.project,
            service: `${service}.googleapis.com`,
            disableOnDestroy: false,
          },
          { parent: this },
        ),
    );
    this.registerOutputs({});
  }
}
