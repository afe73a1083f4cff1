import * as ec2 from "@pulumi/aws/ec2";
import * as vpc from "@pulumi/aws/vpc";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";

/** Arguments of VpcEndpoints. */
export interface VpcEndpointsArgs {
  readonly site: Site;
  readonly region: string;
  readonly vpcId: pulumi.Input<string>;
  readonly vpcCidr: string;
  /** Where interface endpoints have their addresses, one subnet a zone. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Route tables that lead to S3 and DynamoDB without NAT. */
  readonly routeTableIds: readonly pulumi.Input<string>[];
  /** Short names of services (`ecr.api`). */
  readonly interfaceServices: readonly string[];
}

/**
 * Ways to AWS services that do not lead through NAT: S3 and DynamoDB always, since gateway endpoints cost nothing
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html) and carry the bulk of the traffic (object
 * data, container layers, the leases); others as asked for.
 */
export class VpcEndpoints extends Component {
  /** The endpoints and the rule that lets the VPC reach them. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: VpcEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    const services = [...new Set(args.interfaceServices)];
    super("network", "VpcEndpoints", name, { interfaces: services.join(",") }, opts);
    const own = { parent: this };
    const gateways = ["s3", "dynamodb"].map(
      (service) =>
        new ec2.VpcEndpoint(
          `${name}-${service}`,
          {
            vpcId: args.vpcId,
            vpcEndpointType: "Gateway",
            serviceName: `com.amazonaws.${args.region}.${service}`,
            routeTableIds: [...args.routeTableIds],
            tags: { Name: `${args.site.prefix}-${service}` },
          },
          own,
        ),
    );
    this.ready = gateways;
    if (services.length > 0) {
      const group = new ec2.SecurityGroup(
        `${name}-group`,
        {
          description: "Interface endpoints of AWS services",
          vpcId: args.vpcId,
          tags: { Name: `${args.site.prefix}-endpoints` },
        },
        own,
      );
      const rule = new vpc.SecurityGroupIngressRule(
        `${name}-https`,
        {
          securityGroupId: group.id,
          cidrIpv4: args.vpcCidr,
          ipProtocol: "tcp",
          fromPort: 443,
          toPort: 443,
          description: "AWS services for everything in the VPC",
        },
        own,
      );
      const interfaces = services.map(
        (service) =>
          new ec2.VpcEndpoint(
            `${name}-${service.replace(/\./g, "-")}`,
            {
              vpcId: args.vpcId,
              vpcEndpointType: "Interface",
              serviceName: `com.amazonaws.${args.region}.${service}`,
              subnetIds: [...args.subnetIds],
              securityGroupIds: [group.id],
              // The service's public name then leads here, so that no client has to know of the endpoint.
              privateDnsEnabled: true,
              tags: { Name: `${args.site.prefix}-${service}` },
            },
            own,
          ),
      );
      this.ready = [...gateways, ...interfaces, rule];
    }
    this.registerOutputs({});
  }
}
