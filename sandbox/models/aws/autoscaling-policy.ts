/** EC2 Auto Scaling: scaling policies. */
import type { PropertyModel, ResourceModel } from "../../model";
import { SCALING_API } from "./pages";
import {
  arnOf,
  block,
  blocks,
  blockSet,
  bool,
  GROUP,
  int,
  named,
  newer,
  num,
  oneOf,
  out,
  region,
  registry,
  str,
  required,
} from "./common";

/** A metric of CloudWatch with its statistic; `period` only where the provider has it. */
const metricStat = (period: boolean): PropertyModel =>
  block({
    metric: block(
      {
        dimensions: blockSet({ name: str(required), value: str(required) }),
        metricName: str(required),
        namespace: str(required),
      },
      required,
    ),
    ...(period ? { period: int({ enum: [10, 30, 60], ...newer }) } : {}),
    stat: str({ required: true, minLength: 1, maxLength: 100 }),
    unit: str(),
  });

const query = (period: boolean): Record<string, PropertyModel> => ({
  expression: str({ minLength: 1, maxLength: 2047 }),
  id: str({ required: true, pattern: "[a-z][A-Za-z0-9_]*", maxLength: 255 }),
  label: str({ maxLength: 2047 }),
  metricStat: metricStat(period),
  returnData: bool({ default: true }),
});

const customized = (...conflicts: readonly string[]): PropertyModel =>
  block(
    { metricDataQueries: blocks(query(false), { required: true, maxItems: 10 }) },
    conflicts.length > 0 ? { conflicts } : {},
  );
const predefined = (types: readonly string[], ...conflicts: readonly string[]): PropertyModel =>
  block(
    { predefinedMetricType: oneOf(types, required), resourceLabel: str() },
    conflicts.length > 0 ? { conflicts } : {},
  );

const usage = [
  "ASGAverageCPUUtilization",
  "ASGAverageNetworkIn",
  "ASGAverageNetworkOut",
  "ALBRequestCountPerTarget",
];
/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredictiveScalingMetricSpecification.html */
const predictive = block({
  maxCapacityBreachBehavior: oneOf(["HonorMaxCapacity", "IncreaseMaxCapacity"], {
    default: "HonorMaxCapacity",
  }),
  maxCapacityBuffer: str({ pattern: "\\d{1,3}" }),
  metricSpecification: block(
    {
      customizedCapacityMetricSpecification: customized("predefinedLoadMetricSpecification"),
      customizedLoadMetricSpecification: customized("predefinedLoadMetricSpecification"),
      customizedScalingMetricSpecification: customized("predefinedScalingMetricSpecification"),
      predefinedLoadMetricSpecification: predefined(
        [
          "ASGTotalCPUUtilization",
          "ASGTotalNetworkIn",
          "ASGTotalNetworkOut",
          "ALBTargetGroupRequestCount",
        ],
        "customizedLoadMetricSpecification",
      ),
      predefinedMetricPairSpecification: predefined([
        "ASGCPUUtilization",
        "ASGNetworkIn",
        "ASGNetworkOut",
        "ALBRequestCount",
      ]),
      predefinedScalingMetricSpecification: predefined(
        usage,
        "customizedScalingMetricSpecification",
      ),
      targetValue: num(required),
    },
    required,
  ),
  mode: oneOf(["ForecastOnly", "ForecastAndScale"], { default: "ForecastOnly" }),
  schedulingBufferTime: str({ pattern: "\\d+" }),
});

const single = { conflicts: ["metrics"] };
const tracking = block({
  customizedMetricSpecification: block(
    {
      metricDimensions: blocks({ name: str(required), value: str(required) }, single),
      metricName: str(single),
      metrics: blockSet(query(true), {
        conflicts: ["metricDimensions", "metricName", "namespace", "statistic", "unit"],
      }),
      namespace: str(single),
      period: int({ enum: [10, 30, 60], ...newer }),
      statistic: oneOf(["Average", "Minimum", "Maximum", "SampleCount", "Sum"], single),
      unit: str(single),
    },
    { conflicts: ["predefinedMetricSpecification"] },
  ),
  disableScaleIn: bool(),
  predefinedMetricSpecification: predefined(usage, "customizedMetricSpecification"),
  targetValue: num(required),
});

const type = (value: string): { property: string; equals: string } => ({
  property: "policyType",
  equals: value,
});
const only = (
  property: string,
  types: readonly string[],
): NonNullable<ResourceModel["rules"]>[number] => ({
  name: `${property} is for ${types.join(" and ")}`,
  when: { property, present: true },
  then: { property: "policyType", in: types },
  message: `${property} is only supported for policy type ${types.join(" or ")}`,
  source: registry("autoscaling/policy"),
  at: "apply",
});

/** How a group's size follows metrics or a forecast. */
export const policy: ResourceModel = {
  token: "aws:autoscaling/policy:Policy",
  source: registry("autoscaling/policy"),
  schema: "aws_autoscaling_policy",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  properties: {
    region,
    adjustmentType: oneOf(["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"]),
    autoscalingGroupName: str({ required: true, replace: true, ref: named(GROUP, "name") }),
    cooldown: int({ min: 0 }),
    enabled: bool({ default: true }),
    estimatedInstanceWarmup: int({ min: 0 }),
    metricAggregationType: oneOf(["Minimum", "Maximum", "Average"], {
      optionalComputed: true,
      value: "",
    }),
    minAdjustmentMagnitude: int({ min: 1 }),
    name: str({
      optionalComputed: true,
      replace: true,
      minLength: 1,
      maxLength: 255,
    }),
    policyType: oneOf(
      ["SimpleScaling", "StepScaling", "TargetTrackingScaling", "PredictiveScaling"],
      { default: "SimpleScaling" },
    ),
    predictiveScalingConfiguration: predictive,
    scalingAdjustment: int({ conflicts: ["stepAdjustments"] }),
    stepAdjustments: blockSet(
      {
        metricIntervalLowerBound: str({ pattern: "-?\\d+(\\.\\d+)?" }),
        metricIntervalUpperBound: str({ pattern: "-?\\d+(\\.\\d+)?" }),
        scalingAdjustment: int(required),
      },
      { conflicts: ["scalingAdjustment"] },
    ),
    targetTrackingConfiguration: tracking,
    arn: out(
      arnOf(
        "autoscaling",
        "scalingPolicy:{uuid}:autoScalingGroupName/{autoscalingGroupName}:policyName/{name}",
      ),
    ),
  },
  unique: [
    {
      properties: ["name", "autoscalingGroupName"],
      scope: "region",
      source: `${SCALING_API}API_PutScalingPolicy.html`,
    },
  ],
  rules: [
    only("scalingAdjustment", ["SimpleScaling"]),
    only("cooldown", ["SimpleScaling"]),
    only("stepAdjustments", ["StepScaling"]),
    only("metricAggregationType", ["StepScaling"]),
    only("minAdjustmentMagnitude", ["SimpleScaling", "StepScaling"]),
    only("estimatedInstanceWarmup", ["StepScaling", "TargetTrackingScaling"]),
    only("targetTrackingConfiguration", ["TargetTrackingScaling"]),
    only("predictiveScalingConfiguration", ["PredictiveScaling"]),
    {
      name: "a simple policy says by how much",
      when: type("SimpleScaling"),
      then: {
        all: [
          { property: "scalingAdjustment", present: true },
          { property: "adjustmentType", present: true },
        ],
      },
      message: "scalingAdjustment and adjustmentType are required for policy type SimpleScaling",
      source: registry("autoscaling/policy"),
      at: "apply",
    },
    {
      name: "a step policy has steps",
      when: type("StepScaling"),
      then: {
        all: [
          { property: "stepAdjustments", present: true },
          { property: "adjustmentType", present: true },
        ],
      },
      message: "stepAdjustments and adjustmentType are required for policy type StepScaling",
      source: registry("autoscaling/policy"),
      at: "apply",
    },
    {
      name: "a tracking policy has a target",
      when: type("TargetTrackingScaling"),
      then: { property: "targetTrackingConfiguration", present: true },
      message: "targetTrackingConfiguration is required for policy type TargetTrackingScaling",
      source: registry("autoscaling/policy"),
      at: "apply",
    },
    {
      name: "a predictive policy has a configuration",
      when: type("PredictiveScaling"),
      then: { property: "predictiveScalingConfiguration", present: true },
      message: "predictiveScalingConfiguration is required for policy type PredictiveScaling",
      source: registry("autoscaling/policy"),
      at: "apply",
    },
  ],
};
