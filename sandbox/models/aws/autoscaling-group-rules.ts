/** EC2 Auto Scaling: what is checked of a group. */
import type { Rule } from "../../model";
import { registry } from "./common";
import { SCALING_API, SCALING_GUIDE } from "./pages";

/** What EC2 Auto Scaling checks of a group. */
export const groupRules: readonly Rule[] = [
  {
    name: "a group's sizes are in order",
    then: {
      all: [
        { property: "maxSize", atLeastProperty: "minSize" },
        {
          any: [
            { property: "desiredCapacity", present: false },
            {
              all: [
                { property: "desiredCapacity", atLeastProperty: "minSize" },
                { property: "desiredCapacity", atMostProperty: "maxSize" },
              ],
            },
          ],
        },
      ],
    },
    message: "ValidationError: minSize <= desiredCapacity <= maxSize must hold",
    source: `${SCALING_API}API_CreateAutoScalingGroup.html`,
    at: "apply",
  },
  {
    name: "a group has subnets or zones",
    then: {
      any: [
        { property: "vpcZoneIdentifiers", present: true },
        { property: "availabilityZones", present: true },
      ],
    },
    message:
      "ValidationError: at least one of vpcZoneIdentifiers and availabilityZones must be given",
    source: `${SCALING_API}API_CreateAutoScalingGroup.html`,
    at: "apply",
  },
  {
    name: "a group's subnets lie in one VPC",
    when: { property: "vpcZoneIdentifiers", present: true },
    then: { property: "vpcZoneIdentifiers[]->vpcId", distinctAtMost: 1 },
    message: "ValidationError: the subnets of vpcZoneIdentifiers belong to different VPCs",
    source: `${SCALING_GUIDE}asg-in-vpc.html`,
    at: "apply",
  },
  {
    name: "the template is named",
    when: { property: "launchTemplate", present: true },
    then: {
      any: [
        { property: "launchTemplate.id", present: true },
        { property: "launchTemplate.name", present: true },
      ],
    },
    message: "ValidationError: launchTemplate needs an id or a name",
    source: `${SCALING_API}API_LaunchTemplateSpecification.html`,
    at: "apply",
  },
  {
    name: "a mixed group's template is named once",
    when: { property: "mixedInstancesPolicy", present: true },
    then: {
      property: "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification",
      some: {
        any: [
          {
            all: [
              { property: "launchTemplateId", present: true },
              { property: "launchTemplateName", present: false },
            ],
          },
          {
            all: [
              { property: "launchTemplateId", present: false },
              { property: "launchTemplateName", present: true },
            ],
          },
        ],
      },
    },
    message:
      "ValidationError: launchTemplateSpecification needs exactly one of launchTemplateId and launchTemplateName",
    source: `${SCALING_API}API_LaunchTemplateSpecification.html`,
    at: "apply",
  },
  {
    name: "a mixed group's template asks for no market of its own",
    when: { property: "mixedInstancesPolicy", present: true },
    then: {
      property:
        "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.launchTemplateId->instanceMarketOptions",
      present: false,
    },
    message:
      "ValidationError: incompatible launch template: you cannot use a launch template that is set to request Spot Instances (instanceMarketOptions) with mixedInstancesPolicy",
    source: `${SCALING_GUIDE}ec2-auto-scaling-mixed-instances-groups.html`,
    at: "apply",
  },
  {
    name: "the number of Spot pools is for lowest-price",
    when: {
      property: "mixedInstancesPolicy.instancesDistribution.spotInstancePools",
      atLeast: 1,
    },
    then: {
      not: {
        property: "mixedInstancesPolicy.instancesDistribution.spotAllocationStrategy",
        in: ["capacity-optimized", "capacity-optimized-prioritized", "price-capacity-optimized"],
      },
    },
    message:
      "ValidationError: spotInstancePools can only be used with spotAllocationStrategy lowest-price",
    source: `${SCALING_API}API_InstancesDistribution.html`,
    at: "apply",
  },
  {
    name: "an override names a type or requirements, not both",
    when: { property: "mixedInstancesPolicy.launchTemplate.overrides", present: true },
    then: {
      property: "mixedInstancesPolicy.launchTemplate.overrides[]",
      every: {
        any: [
          { property: "instanceType", present: false },
          { property: "instanceRequirements", present: false },
        ],
      },
    },
    message: "ValidationError: an override can't have both instanceType and instanceRequirements",
    source: `${SCALING_API}API_LaunchTemplateOverrides.html`,
    at: "apply",
  },
  {
    name: "an instance's lifetime is a day at least, or not limited",
    when: { property: "maxInstanceLifetime", atLeast: 1 },
    then: { property: "maxInstanceLifetime", atLeast: 86400 },
    message: "maxInstanceLifetime: expected 0 (no limit) or from 86400 (a day) to 31536000 seconds",
    source: registry("autoscaling/group"),
  },
  {
    name: "a maintenance policy has both limits or none",
    when: { property: "instanceMaintenancePolicy", present: true },
    then: {
      any: [
        {
          all: [
            { property: "instanceMaintenancePolicy.maxHealthyPercentage", equals: -1 },
            { property: "instanceMaintenancePolicy.minHealthyPercentage", equals: -1 },
          ],
        },
        {
          all: [
            { property: "instanceMaintenancePolicy.maxHealthyPercentage", atLeast: 100 },
            { property: "instanceMaintenancePolicy.minHealthyPercentage", atLeast: 0 },
            {
              property: "instanceMaintenancePolicy.maxHealthyPercentage",
              atMostProperty: "instanceMaintenancePolicy.minHealthyPercentage",
              plus: 100,
            },
          ],
        },
      ],
    },
    message:
      "ValidationError: instanceMaintenancePolicy: minHealthyPercentage is 0 to 100 and maxHealthyPercentage 100 to 200, at most 100 apart, or both are -1",
    source: `${SCALING_API}API_InstanceMaintenancePolicy.html`,
    at: "apply",
  },
  {
    name: "a refresh's limits are at most 100 apart",
    when: { property: "instanceRefresh.preferences.maxHealthyPercentage", present: true },
    then: {
      any: [
        { property: "instanceRefresh.preferences.minHealthyPercentage", present: false },
        {
          property: "instanceRefresh.preferences.maxHealthyPercentage",
          atMostProperty: "instanceRefresh.preferences.minHealthyPercentage",
          plus: 100,
        },
      ],
    },
    message:
      "ValidationError: instanceRefresh.preferences: maxHealthyPercentage may be at most 100 above minHealthyPercentage",
    source: `${SCALING_API}API_RefreshPreferences.html`,
    at: "apply",
  },
  {
    name: "a refresh rolls back to a template's numbered version",
    when: { property: "instanceRefresh.preferences.autoRollback", equals: true },
    then: {
      all: [
        { property: "launchConfiguration", present: false },
        {
          any: [
            { property: "launchTemplate.version", matches: "\\d+" },
            {
              property: "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version",
              matches: "\\d+",
            },
          ],
        },
      ],
    },
    message:
      "ValidationError: autoRollback needs a launch template with a numbered version, not $Latest or $Default",
    source: `${SCALING_GUIDE}instance-refresh-rollback.html`,
    at: "apply",
  },
  {
    name: "a warm pool and a mixed group exclude one another",
    when: { property: "warmPool", present: true },
    then: { property: "mixedInstancesPolicy", present: false },
    message: "ValidationError: warmPool can't be used with mixedInstancesPolicy",
    source: `${SCALING_GUIDE}ec2-auto-scaling-warm-pools.html`,
    at: "apply",
  },
];
