/** A small project in the sandbox for tests of GCP's models: what most objects need around them. */
import { gcp } from "../../../sandbox/models/gcp";
import { Bench, urnOf, type Connection, type Known, type Wire } from "../sandbox/support/client";

/** A project with the APIs that its objects need, and a provider to make more in it. */
export class Project {
  static readonly id = "gitlab-tests";
  private count = 0;

  private constructor(
    readonly bench: Bench,
    readonly provider: Connection,
  ) {}

  /** @param apis short names of the services to enable: `sqladmin` */
  static async open(apis: readonly string[] = []): Promise<Project> {
    const bench = await Bench.start([gcp]);
    const provider = await bench.connect("gcp", { project: Project.id, region: "europe-west4" });
    const project = new Project(bench, provider);
    for (const api of apis) {
      await project.make("gcp:projects/service:Service", { service: `${api}.googleapis.com` });
    }
    return project;
  }

  close(): void {
    this.bench.stop();
  }

  /** Makes an object; fails with what Check or the cloud says. */
  make(token: string, inputs: Wire, name = `object-${++this.count}`): Promise<Known> {
    return this.provider.make(urnOf(token, name), given(inputs));
  }

  /** Changes an object in place; fails with what Check, Diff or the cloud says. */
  async change(object: Known, inputs: Wire): Promise<Known> {
    const checked = await this.provider.check(object.urn, given(inputs), object.inputs);
    if (checked.failures.length > 0) {
      throw new Error(checked.failures.map(({ reason }) => reason).join("; "));
    }
    return this.provider.update(object, checked.inputs);
  }

  /** What a change of inputs would replace. */
  async replaced(object: Known, inputs: Wire): Promise<readonly string[]> {
    const checked = await this.provider.check(object.urn, given(inputs), object.inputs);
    return (await this.provider.diff(object, checked.inputs)).replaces;
  }

  /** A VPC network with private services access. */
  async connected(): Promise<{ network: Known; connection: Known }> {
    const network = await this.make("gcp:compute/network:Network", {
      name: "gitlab",
      autoCreateSubnetworks: false,
    });
    const range = await this.make("gcp:compute/globalAddress:GlobalAddress", {
      name: "services",
      purpose: "VPC_PEERING",
      addressType: "INTERNAL",
      address: "10.200.0.0",
      prefixLength: 20,
      network: network.id,
    });
    const connection = await this.make("gcp:servicenetworking/connection:Connection", {
      network: network.id,
      service: "servicenetworking.googleapis.com",
      reservedPeeringRanges: [range.outputs["name"] as string],
    });
    return { network, connection };
  }

  /** A service account. */
  account(accountId: string): Promise<Known> {
    return this.make("gcp:serviceaccount/account:Account", { accountId });
  }
}

/** Inputs without those that a test takes away. */
function given(inputs: Wire): Wire {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
}
