/** EC2 Auto Scaling: groups, hooks, schedules. Scaling policies are in autoscaling-policy.ts. */
import type { PropertyModel, ResourceModel } from "../../model";
import { policy } from "./autoscaling-policy";
import {
  arnOf,
  arnPattern,
  block,
  blocks,
  blockSet,
  bool,
  GROUP,
  int,
  LAUNCH_TEMPLATE,
  list,
  named,
  newer,
  oneOf,
  out,
  outJson,
  region,
  registry,
  roleArn,
  set,
  str,
  SUBNET,
  held,
  TARGET_GROUP,
  TOPIC,
  zoneName,
} from "./common";
import { instanceRequirements, instanceType } from "./instances";

const api = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/";
const userGuide = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/";

const transition = (more: Partial<PropertyModel> = {}): PropertyModel =>
  oneOf(["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"], more);
const hookName = { maxLength: 255, pattern: "[A-Za-z0-9\\-_\\/]+" };
const timeout = { min: 30, max: 7200 };
/** SNS topic, SQS queue or Lambda function. */
const notificationTarget = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({
    ref: [
      named(TOPIC, "arn"),
      named("aws:sqs/queue:Queue", "arn"),
      named("aws:lambda/function:Function", "arn", arnPattern("lambda", "function:.+")),
    ],
    ...more,
  });
const version = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({ pattern: "\\$(Latest|Default)|[1-9]\\d*", example: "$Latest", ...more });

/** A template by id or by name, and its version; the group is not held by it nor holds it. */
const specification = block({
  launchTemplateId: str({ optionalComputed: true, ref: named(LAUNCH_TEMPLATE) }),
  launchTemplateName: str({ optionalComputed: true, ref: named(LAUNCH_TEMPLATE, "name") }),
  version: version({ default: "$Default" }),
});
const oneTemplate = ["launchConfiguration", "launchTemplate", "mixedInstancesPolicy"];

const mixedInstancesPolicy = block(
  {
    instancesDistribution: block(
      {
        onDemandAllocationStrategy: oneOf(["prioritized", "lowest-price"], {
          optionalComputed: true,
          value: "prioritized",
        }),
        onDemandBaseCapacity: int({ optionalComputed: true, value: { json: 0 }, min: 0 }),
        onDemandPercentageAboveBaseCapacity: int({
          optionalComputed: true,
          value: { json: 100 },
          min: 0,
          max: 100,
        }),
        spotAllocationStrategy: oneOf(
          [
            "lowest-price",
            "capacity-optimized",
            "capacity-optimized-prioritized",
            "price-capacity-optimized",
          ],
          { optionalComputed: true, value: "lowest-price" },
        ),
        spotInstancePools: int({ optionalComputed: true, value: { json: 0 }, min: 0, max: 20 }),
        spotMaxPrice: str({ pattern: "(\\d+(\\.\\d+)?)?" }),
      },
      { optionalComputed: true },
    ),
    launchTemplate: block(
      {
        launchTemplateSpecification: block(specification.fields ?? {}, { required: true }),
        // 40 types at most: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplate.html
        overrides: blocks(
          {
            instanceRequirements: instanceRequirements(false),
            instanceType: instanceType(),
            launchTemplateSpecification: specification,
            weightedCapacity: str({ pattern: "[1-9]\\d{0,2}" }),
          },
          { optionalComputed: true, maxItems: 40 },
        ),
      },
      { required: true },
    ),
  },
  { optionalComputed: true, exactlyOneOf: oneTemplate },
);

const instanceRefresh = block({
  preferences: block({
    alarmSpecification: block({ alarms: list(str()) }, newer),
    autoRollback: bool(),
    checkpointDelay: str({ pattern: "\\d{1,6}" }),
    checkpointPercentages: list(int({ min: 1, max: 100 })),
    instanceWarmup: str({ pattern: "\\d+" }),
    maxHealthyPercentage: int({ default: 100, min: 100, max: 200, ...newer }),
    minHealthyPercentage: int({ default: 90, min: 0, max: 100 }),
    scaleInProtectedInstances: oneOf(["Refresh", "Ignore", "Wait"], { default: "Ignore" }),
    skipMatching: bool(),
    standbyInstances: oneOf(["Terminate", "Ignore", "Wait"], { default: "Ignore" }),
  }),
  strategy: oneOf(["Rolling"], { required: true }),
  // A change of the template always starts a refresh: https://www.pulumi.com/registry/packages/aws/api-docs/autoscaling/group/
  triggers: set(
    str({
      pattern: "(?!(launchConfiguration|launchTemplate|mixedInstancesPolicy)$)[A-Za-z_]+",
      example: "tag",
    }),
  ),
});

const group: ResourceModel = {
  token: GROUP,
  source: registry("autoscaling/group"),
  schema: "aws_autoscaling_group",
  id: "{name}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 255 },
  seconds: { create: 120, update: 15, delete: 180 },
  properties: {
    region,
    availabilityZoneDistribution: block(
      {
        capacityDistributionStrategy: oneOf(
          ["balanced-only", "balanced-best-effort", "reservations-then-balanced"],
          { default: "balanced-best-effort" },
        ),
      },
      { optionalComputed: true, ...newer },
    ),
    availabilityZones: set(zoneName(), {
      optionalComputed: true,
      value: { json: [] },
      conflicts: ["vpcZoneIdentifiers"],
    }),
    capacityRebalance: bool(),
    capacityReservationSpecification: block(
      {
        capacityReservationPreference: oneOf([
          "default",
          "capacity-reservations-only",
          "capacity-reservations-first",
          "none",
        ]),
        capacityReservationTarget: block({
          capacityReservationIds: list(str({ pattern: "cr-[0-9a-f]+" })),
          capacityReservationResourceGroupArns: list(str({ format: "arn" })),
        }),
      },
      { optionalComputed: true, ...newer },
    ),
    context: str(),
    defaultCooldown: int({ optionalComputed: true, value: { json: 300 }, min: 0 }),
    defaultInstanceWarmup: int({ min: 0 }),
    desiredCapacity: int({ optionalComputed: true, value: "{minSize}", min: 0 }),
    desiredCapacityType: oneOf(["units", "vcpu", "memory-mib"]),
    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_EnableMetricsCollection.html
    enabledMetrics: set(
      str({
        pattern:
          "Group(MinSize|MaxSize|DesiredCapacity|InServiceInstances|PendingInstances|StandbyInstances|TerminatingInstances|TotalInstances|InServiceCapacity|PendingCapacity|StandbyCapacity|TerminatingCapacity|TotalCapacity)|GroupAndWarmPool(DesiredCapacity|TotalCapacity)|WarmPool(DesiredCapacity|WarmedCapacity|PendingCapacity|TerminatingCapacity|TotalCapacity|MinSize)|PredictiveScaling(LoadForecast|CapacityForecast|MetricPairCorrelation)",
        example: "GroupInServiceInstances",
      }),
    ),
    forceDelete: bool(),
    forceDeleteWarmPool: bool(),
    healthCheckGracePeriod: int({ default: 300, min: 0 }),
    healthCheckType: str({
      optionalComputed: true,
      value: "EC2",
      pattern: "(EC2|ELB|EBS|VPC_LATTICE)(,(EC2|ELB|EBS|VPC_LATTICE))*",
    }),
    ignoreFailedScalingActivities: bool(),
    initialLifecycleHooks: blockSet(
      {
        defaultResult: oneOf(["CONTINUE", "ABANDON"], { replace: true }),
        heartbeatTimeout: int({ replace: true, ...timeout }),
        lifecycleTransition: transition({ required: true, replace: true }),
        name: str({ required: true, replace: true, ...hookName }),
        notificationMetadata: str({ replace: true, maxLength: 1023 }),
        notificationTargetArn: notificationTarget({ replace: true }),
        roleArn: roleArn({ replace: true }),
      },
      { replace: true },
    ),
    instanceLifecyclePolicy: block(
      { retentionTriggers: block({ terminateHookAbandon: oneOf(["retain", "terminate"]) }) },
      { optionalComputed: true, ...newer },
    ),
    instanceMaintenancePolicy: block({
      maxHealthyPercentage: int({ required: true, min: -1, max: 200 }),
      minHealthyPercentage: int({ required: true, min: -1, max: 100 }),
    }),
    instanceRefresh,
    launchConfiguration: str({ exactlyOneOf: oneTemplate }),
    launchTemplate: block(
      {
        id: str({ optionalComputed: true, ref: named(LAUNCH_TEMPLATE), conflicts: ["name"] }),
        name: str({
          optionalComputed: true,
          ref: named(LAUNCH_TEMPLATE, "name"),
          conflicts: ["id"],
        }),
        version: version(),
      },
      { optionalComputed: true, exactlyOneOf: oneTemplate },
    ),
    loadBalancers: set(str(), {
      optionalComputed: true,
      value: { json: [] },
      conflicts: ["trafficSources"],
    }),
    maxInstanceLifetime: int({ min: 0, max: 31536000 }),
    maxSize: int({ required: true, min: 0 }),
    metricsGranularity: oneOf(["1Minute"], { default: "1Minute" }),
    minElbCapacity: int({ min: 0 }),
    minSize: int({ required: true, min: 0 }),
    mixedInstancesPolicy,
    name: str({
      optionalComputed: true,
      replace: true,
      minLength: 1,
      maxLength: 255,
      pattern: "[^:]+",
      conflicts: ["namePrefix"],
    }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      maxLength: 229,
      pattern: "[^:]+",
      conflicts: ["name"],
    }),
    placementGroup: str({ maxLength: 255 }),
    protectFromScaleIn: bool(),
    serviceLinkedRoleArn: str({
      optionalComputed: true,
      value:
        "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
      ref: named(
        "aws:iam/serviceLinkedRole:ServiceLinkedRole",
        "arn",
        arnPattern("iam", "role/aws-service-role/autoscaling.amazonaws.com/.+"),
      ),
    }),
    suspendedProcesses: set(
      oneOf([
        "Launch",
        "Terminate",
        "HealthCheck",
        "ReplaceUnhealthy",
        "AZRebalance",
        "AlarmNotification",
        "ScheduledActions",
        "AddToLoadBalancer",
        "InstanceRefresh",
      ]),
    ),
    tags: blockSet({
      key: str({ required: true, minLength: 1, maxLength: 128 }),
      propagateAtLaunch: bool({ required: true }),
      value: str({ required: true, maxLength: 256 }),
    }),
    targetGroupArns: set(str({ ref: named(TARGET_GROUP, "arn") }), {
      optionalComputed: true,
      value: { json: [] },
      conflicts: ["trafficSources"],
    }),
    terminationPolicies: list(
      str({
        pattern: `OldestInstance|NewestInstance|OldestLaunchConfiguration|ClosestToNextInstanceHour|OldestLaunchTemplate|AllocationStrategy|Default|${arnPattern("lambda", "function:.+")}`,
        example: "OldestInstance",
      }),
    ),
    trafficSources: blockSet(
      {
        identifier: str({ required: true, maxLength: 2048 }),
        type: oneOf(["elb", "elbv2", "vpc-lattice"]),
      },
      {
        optionalComputed: true,
        value: { json: [] },
        conflicts: ["loadBalancers", "targetGroupArns"],
      },
    ),
    // Instances lie in the subnets, which can't be deleted then.
    vpcZoneIdentifiers: set(str({ ref: held(SUBNET) }), {
      optionalComputed: true,
      value: { json: [] },
      conflicts: ["availabilityZones"],
    }),
    waitForCapacityTimeout: str({ default: "10m", pattern: "0|(\\d+(\\.\\d+)?(ms|s|m|h))+" }),
    waitForElbCapacity: int({ min: 0 }),
    warmPool: block({
      instanceReusePolicy: block({ reuseOnScaleIn: bool() }),
      maxGroupPreparedCapacity: int({ default: -1, min: -1 }),
      minSize: int({ min: 0 }),
      poolState: oneOf(["Stopped", "Running", "Hibernated"], { default: "Stopped" }),
    }),
    arn: out(arnOf("autoscaling", "autoScalingGroup:{uuid}:autoScalingGroupName/{name}")),
    predictedCapacity: outJson("integer", 0),
    warmPoolSize: outJson("integer", 0),
  },
  unique: [
    { properties: ["name"], scope: "region", source: `${api}API_CreateAutoScalingGroup.html` },
  ],
  rules: [
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
      source: `${api}API_CreateAutoScalingGroup.html`,
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
      source: `${api}API_CreateAutoScalingGroup.html`,
      at: "apply",
    },
    {
      name: "a group's subnets lie in one VPC",
      when: { property: "vpcZoneIdentifiers", present: true },
      then: { property: "vpcZoneIdentifiers[]->vpcId", distinctAtMost: 1 },
      message: "ValidationError: the subnets of vpcZoneIdentifiers belong to different VPCs",
      source: `${userGuide}asg-in-vpc.html`,
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
      source: `${api}API_LaunchTemplateSpecification.html`,
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
      source: `${api}API_LaunchTemplateSpecification.html`,
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
      source: `${userGuide}ec2-auto-scaling-mixed-instances-groups.html`,
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
      source: `${api}API_InstancesDistribution.html`,
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
      source: `${api}API_LaunchTemplateOverrides.html`,
      at: "apply",
    },
    {
      name: "an instance's lifetime is a day at least, or not limited",
      when: { property: "maxInstanceLifetime", atLeast: 1 },
      then: { property: "maxInstanceLifetime", atLeast: 86400 },
      message:
        "maxInstanceLifetime: expected 0 (no limit) or from 86400 (a day) to 31536000 seconds",
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
      source: `${api}API_InstanceMaintenancePolicy.html`,
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
      source: `${api}API_RefreshPreferences.html`,
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
      source: `${userGuide}instance-refresh-rollback.html`,
      at: "apply",
    },
    {
      name: "a warm pool and a mixed group exclude one another",
      when: { property: "warmPool", present: true },
      then: { property: "mixedInstancesPolicy", present: false },
      message: "ValidationError: warmPool can't be used with mixedInstancesPolicy",
      source: `${userGuide}ec2-auto-scaling-warm-pools.html`,
      at: "apply",
    },
  ],
};

/** Hooks and schedules go with their group; they do not hold it. */
const groupName = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({ required: true, ref: named(GROUP, "name"), ...more });

const lifecycleHook: ResourceModel = {
  token: "aws:autoscaling/lifecycleHook:LifecycleHook",
  source: registry("autoscaling/lifecyclehook"),
  schema: "aws_autoscaling_lifecycle_hook",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  properties: {
    region,
    autoscalingGroupName: groupName(),
    defaultResult: oneOf(["CONTINUE", "ABANDON"], { optionalComputed: true, value: "ABANDON" }),
    heartbeatTimeout: int(timeout),
    lifecycleTransition: transition({ required: true }),
    name: str({
      optionalComputed: true,
      replace: true,
      ...hookName,
    }),
    notificationMetadata: str({ minLength: 1, maxLength: 1023 }),
    notificationTargetArn: notificationTarget(),
    roleArn: roleArn(),
  },
  unique: [
    {
      properties: ["name", "autoscalingGroupName"],
      scope: "region",
      source: `${api}API_PutLifecycleHook.html`,
    },
  ],
};

/** Unix cron of five fields: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html */
const recurrence = "(\\S+ ){4}\\S+";

const schedule: ResourceModel = {
  token: "aws:autoscaling/schedule:Schedule",
  source: registry("autoscaling/schedule"),
  schema: "aws_autoscaling_schedule",
  id: "{scheduledActionName}",
  properties: {
    region,
    autoscalingGroupName: groupName({ replace: true }),
    desiredCapacity: int({ optionalComputed: true, value: { json: 0 }, min: -1 }),
    endTime: str({ optionalComputed: true, value: "", format: "rfc3339" }),
    maxSize: int({ optionalComputed: true, value: { json: 0 }, min: -1 }),
    minSize: int({ optionalComputed: true, value: { json: 0 }, min: -1 }),
    recurrence: str({
      optionalComputed: true,
      value: "",
      format: "cron",
      pattern: recurrence,
      example: "0 2 * * *",
    }),
    scheduledActionName: str({ required: true, replace: true, minLength: 1, maxLength: 255 }),
    startTime: str({ optionalComputed: true, value: "", format: "rfc3339" }),
    timeZone: str({
      optionalComputed: true,
      value: "",
      pattern: "UTC|[A-Za-z_]+/[A-Za-z0-9_+/-]+",
    }),
    arn: out(
      arnOf(
        "autoscaling",
        "scheduledUpdateGroupAction:{uuid}:autoScalingGroupName/{autoscalingGroupName}:scheduledActionName/{scheduledActionName}",
      ),
    ),
  },
  unique: [
    {
      properties: ["scheduledActionName", "autoscalingGroupName"],
      scope: "region",
      source: `${api}API_PutScheduledUpdateGroupAction.html`,
    },
  ],
  rules: [
    {
      name: "a schedule recurs or has a start",
      then: {
        any: [
          { property: "recurrence", present: true },
          { property: "startTime", present: true },
        ],
      },
      message: "ValidationError: a schedule needs a recurrence or a startTime",
      source: `${api}API_PutScheduledUpdateGroupAction.html`,
      at: "apply",
    },
    {
      name: "a schedule sets a size",
      then: {
        any: ["desiredCapacity", "minSize", "maxSize"].map((property) => ({
          property,
          present: true,
        })),
      },
      message:
        "ValidationError: at least one of desiredCapacity, minSize and maxSize must be given",
      source: `${api}API_PutScheduledUpdateGroupAction.html`,
      at: "apply",
    },
  ],
};

/** Groups of instances and what changes their size. */
export const models: readonly ResourceModel[] = [group, lifecycleHook, schedule, policy];
