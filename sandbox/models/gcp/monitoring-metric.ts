/** Cloud Monitoring: what a metric of one's own is. */
import type { ResourceModel } from "../../model";
import {
  ABANDONED,
  METRIC_DESCRIPTOR,
  block,
  blockSet,
  deletionPolicy,
  oneOf,
  out,
  outJson,
  prevented,
  project,
  registry,
  seconds,
  str,
} from "./common";

const PAGE = registry("monitoring/metricdescriptor");
const KINDS = "https://cloud.google.com/monitoring/api/v3/kinds-and-types";

/** The descriptor of a custom metric. */
export const metricDescriptor: ResourceModel = {
  token: METRIC_DESCRIPTOR,
  source: PAGE,
  schema: "google_monitoring_metric_descriptor",
  api: "monitoring.googleapis.com",
  id: "{name}",
  properties: {
    deletionPolicy,
    description: str(),
    displayName: str(),
    labels: blockSet(
      {
        description: str(),
        key: str({ required: true, pattern: "[A-Za-z][A-Za-z0-9_]{0,99}", example: "disk" }),
        valueType: oneOf(["STRING", "BOOL", "INT64"], { default: "STRING" }),
      },
      { replace: true, maxItems: 30 },
    ),
    launchStage: oneOf(
      [
        "LAUNCH_STAGE_UNSPECIFIED",
        "UNIMPLEMENTED",
        "PRELAUNCH",
        "EARLY_ACCESS",
        "ALPHA",
        "BETA",
        "GA",
        "DEPRECATED",
      ],
      { replace: true },
    ),
    metadata: block({
      ingestDelay: seconds({ example: "60s" }),
      samplePeriod: seconds({ example: "60s" }),
    }),
    metricKind: oneOf(["METRIC_KIND_UNSPECIFIED", "GAUGE", "DELTA", "CUMULATIVE"], {
      required: true,
      replace: true,
      example: "GAUGE",
    }),
    project,
    type: str({
      required: true,
      replace: true,
      maxLength: 200,
      pattern: "(custom|external)\\.googleapis\\.com/[A-Za-z0-9_/.-]{1,100}",
      example: "custom.googleapis.com/gitlab/ready",
    }),
    // https://unitsofmeasure.org/ucum.html
    unit: str({ pattern: "\\S{0,63}", example: "1" }),
    valueType: oneOf(["BOOL", "INT64", "DOUBLE", "STRING", "DISTRIBUTION"], {
      required: true,
      replace: true,
      example: "DOUBLE",
    }),
    monitoredResourceTypes: outJson("list", [], { items: str(), set: true }),
    name: out("projects/{account}/metricDescriptors/{type}"),
  },
  rules: [
    {
      name: "a-kind",
      then: { property: "metricKind", notEquals: "METRIC_KIND_UNSPECIFIED" },
      message: "Error 400: `metricKind` must be one of GAUGE, DELTA and CUMULATIVE",
      source: KINDS,
      at: "apply",
    },
    {
      name: "kinds-of-custom-metrics",
      then: { property: "metricKind", notEquals: "DELTA" },
      message: "Error 400: `metricKind` DELTA is not supported for custom metrics",
      source: KINDS,
      at: "apply",
    },
    {
      name: "only-gauges-of-truth-and-text",
      when: { property: "valueType", in: ["BOOL", "STRING"] },
      then: { property: "metricKind", equals: "GAUGE" },
      message: "Error 400: `valueType` BOOL and STRING only with `metricKind` GAUGE",
      source: KINDS,
      at: "apply",
    },
    {
      name: "each-label-once",
      then: { property: "labels[].key", distinct: true },
      message: "Error 400: `labels`: a key is given twice",
      source: PAGE,
      at: "apply",
    },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 10, update: 5, delete: 5 },
};
