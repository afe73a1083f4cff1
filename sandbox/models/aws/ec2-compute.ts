/** EC2: launch templates and EBS volumes. */
import type { ResourceModel } from "../../model";
import { arnOf, bool, int, LAUNCH_TEMPLATE, out, region, registry, str } from "./common";
import { versioned } from "./ec2-template-fields";
import { volume } from "./ec2-volume";
import { volumeRules } from "./instances";
import { EC2_API } from "./pages";

const launchTemplate: ResourceModel = {
  token: LAUNCH_TEMPLATE,
  source: registry("ec2/launchtemplate"),
  schema: "aws_launch_template",
  id: "lt-0{hex:16}",
  tags: true,
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 128 },
  properties: {
    region,
    ...versioned,
    defaultVersion: int({
      optionalComputed: true,
      value: {
        cases: [
          {
            when: { property: "updateDefaultVersion", equals: true },
            value: "{latestVersion}",
          },
          { value: { json: 1 } },
        ],
      },
      min: 1,
      conflicts: ["updateDefaultVersion"],
      changesWith: Object.keys(versioned),
    }),
    description: str({ maxLength: 255 }),
    name: str({
      optionalComputed: true,
      replace: true,
      minLength: 3,
      maxLength: 128,
      pattern: "[a-zA-Z0-9().\\-/_]+",
      conflicts: ["namePrefix"],
    }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      minLength: 3,
      maxLength: 102,
      pattern: "[a-zA-Z0-9().\\-/_]+",
      conflicts: ["name"],
    }),
    updateDefaultVersion: bool({ conflicts: ["defaultVersion"] }),
    arn: out(arnOf("ec2", "launch-template/{id}")),
    // Unknown at the preview of an update that makes a new version, so that the groups that use it show as
    // changed: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html
    latestVersion: {
      type: "integer",
      computed: true,
      value: { json: 1 },
      changesWith: Object.keys(versioned),
      counter: true,
    },
  },
  unique: [
    { properties: ["name"], scope: "region", source: `${EC2_API}API_CreateLaunchTemplate.html` },
  ],
  rules: [
    {
      name: "security groups stand at the instance or at its interfaces",
      when: { property: "networkInterfaces", present: true },
      then: { property: "vpcSecurityGroupIds", present: false },
      message:
        "InvalidParameterCombination: networkInterfaces and vpcSecurityGroupIds may not be specified together; put the groups into networkInterfaces[].securityGroups",
      source: `${EC2_API}API_RequestLaunchTemplateData.html`,
      at: "apply",
    },
    {
      name: "the reservation preference fits its target",
      when: {
        property: "capacityReservationSpecification.capacityReservationTarget",
        present: true,
      },
      then: {
        not: {
          property: "capacityReservationSpecification.capacityReservationPreference",
          in: ["open", "none"],
        },
      },
      message:
        "InvalidParameterCombination: with a capacityReservationTarget, capacityReservationPreference is left out or capacity-reservations-only",
      source: registry("ec2/launchtemplate"),
      at: "apply",
    },
    {
      name: "Spot options are for the Spot market",
      when: { property: "instanceMarketOptions.spotOptions", present: true },
      then: { property: "instanceMarketOptions.marketType", equals: "spot" },
      message: "InvalidParameterValue: instanceMarketOptions.spotOptions needs marketType spot",
      source: `${EC2_API}API_LaunchTemplateInstanceMarketOptionsRequest.html`,
      at: "apply",
    },
    {
      name: "cores and threads are set together",
      when: { property: "cpuOptions.threadsPerCore", present: true },
      then: { property: "cpuOptions.coreCount", present: true },
      message: "MissingParameter: cpuOptions needs both coreCount and threadsPerCore",
      source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-optimize-cpu.html",
      at: "apply",
    },
    ...volumeRules("blockDeviceMappings[].ebs", "volumeType", "volumeSize", "true"),
  ],
};

/** What instances are started from, and the volumes that outlive them. */
export const models: readonly ResourceModel[] = [launchTemplate, volume];
