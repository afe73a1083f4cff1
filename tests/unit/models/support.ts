/** A small account in the sandbox for tests of models: what most objects need around them. */
import type { ResourceModel } from "../../../sandbox/model";
import { aws } from "../../../sandbox/models/aws";
import { Bench, urnOf, type Connection, type Known, type Wire } from "../sandbox/support/client";

/** The model of a type. */
export function modelOf(token: string): ResourceModel {
  const found = aws.resources.find((model) => model.token === token);
  if (!found) throw new Error(`no model of ${token}`);
  return found;
}

/** A policy document as text. */
export const policy = (...statements: Wire[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** An account with a network and a provider to make more in it. */
export class Account {
  private count = 0;

  private constructor(
    readonly bench: Bench,
    readonly provider: Connection,
  ) {}

  static async open(): Promise<Account> {
    const bench = await Bench.start([aws]);
    return new Account(bench, await bench.connect("aws", { region: "eu-west-1" }));
  }

  close(): void {
    this.bench.stop();
  }

  /** Makes an object; fails with what Check or the cloud says. */
  make(token: string, inputs: Wire, name = `object-${++this.count}`): Promise<Known> {
    return this.provider.make(urnOf(token, name), inputs);
  }

  /** Changes an object in place; fails with what Check or the cloud says. */
  async change(object: Known, inputs: Wire): Promise<Known> {
    const checked = await this.provider.check(object.urn, inputs, object.inputs);
    if (checked.failures.length > 0) {
      throw new Error(checked.failures.map(({ reason }) => reason).join("; "));
    }
    return this.provider.update(object, checked.inputs);
  }

  /** A VPC with a subnet in each of so many zones, and a security group. */
  async network(zones = 2): Promise<{ vpc: Known; subnets: Known[]; group: Known }> {
    const vpc = await this.make("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
    const subnets: Known[] = [];
    for (let index = 0; index < zones; index++) {
      subnets.push(
        await this.make("aws:ec2/subnet:Subnet", {
          vpcId: vpc.id,
          cidrBlock: `10.0.${index}.0/24`,
          availabilityZone: `eu-west-1${"abc"[index] ?? "a"}`,
        }),
      );
    }
    const group = await this.make("aws:ec2/securityGroup:SecurityGroup", {
      vpcId: vpc.id,
      description: "data",
    });
    return { vpc, subnets, group };
  }

  /** A role that the service may assume. */
  role(service: string): Promise<Known> {
    return this.make("aws:iam/role:Role", {
      assumeRolePolicy: policy({
        Effect: "Allow",
        Principal: { Service: `${service}.amazonaws.com` },
        Action: "sts:AssumeRole",
      }),
    });
  }

  /** A key that the account's root administers, and that the services may use. */
  key(...services: string[]): Promise<Known> {
    return this.make("aws:kms/key:Key", {
      enableKeyRotation: true,
      policy: policy(
        {
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::123456789012:root" },
          Action: "kms:*",
          Resource: "*",
        },
        ...services.map((service) => ({
          Effect: "Allow",
          Principal: { Service: service },
          Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
          Resource: "*",
        })),
      ),
    });
  }
}
