/** EC2 Auto Scaling: groups. */
import type { PropertyModel, ResourceModel } from "../../model";
import { groupRules } from "./autoscaling-group-rules";
import { timeout, transition, hookName, notificationTarget } from "./autoscaling-hook";
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
  zoneName,
} from "./common";
import { instanceRequirements, instanceType } from "./instances";
import { SCALING_API } from "./pages";

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

/** A group of instances. */
export const group: ResourceModel = {
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
    {
      properties: ["name"],
      scope: "region",
      source: `${SCALING_API}API_CreateAutoScalingGroup.html`,
    },
  ],
  rules: groupRules,
};
