/** Cloud Monitoring: what must fit together in an alerting policy. */
import type { Condition, Rule } from "../../model";
import { LOG_METRIC, METRIC_DESCRIPTOR, registry } from "./common";

const PAGE = registry("monitoring/alertpolicy");
const API = "https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies";
const FILTERS = "https://cloud.google.com/monitoring/api/v3/filters";

const present = (property: string): Condition => ({ property, present: true });
const absent = (property: string): Condition => ({ property, present: false });

const KINDS = [
  "conditionAbsent",
  "conditionMatchedLog",
  "conditionMonitoringQueryLanguage",
  "conditionPrometheusQueryLanguage",
  "conditionSql",
  "conditionThreshold",
];
/** The kinds that look at time series through a filter. */
const FILTERED = ["conditionAbsent", "conditionThreshold"];
const all = "conditions[]";

/** Every condition of the kind meets this; its paths start in the condition of that kind. */
const each = (kind: string, meets: Condition): Condition => ({
  property: all,
  every: { any: [absent(kind), { property: kind, every: meets }] },
});

/** A duration in whole seconds of which this many make one. */
const multiple = (property: string, unit: number): Condition => ({
  any: [absent(property), { property, part: "^(\\d+)(?:\\.0+)?s$", multipleOf: unit }],
});

/** The metrics of this form that a filter names are there. */
const exists = (
  kind: string,
  name: string,
  part: string,
  companion: Condition["companion"],
): Rule[] =>
  companion === undefined
    ? []
    : [
        {
          name,
          then: each(kind, { property: "filter", part, every: { property: ".", companion } }),
          message: `Error 404: \`conditions\`: cannot find metric that matches the type in the filter of ${kind}; if it was created recently, it could take up to 10 minutes to become available`,
          source: "https://cloud.google.com/monitoring/custom-metrics/creating-metrics",
          at: "apply",
        },
      ];

/** What a metric is measured of, by the beginning of its name. */
const MEASURED: readonly (readonly [string, string, string])[] = [
  ["kubernetes\\.io/container/.+", "k8s_container", "metrics_kubernetes"],
  ["kubernetes\\.io/pod/.+", "k8s_pod", "metrics_kubernetes"],
  ["kubernetes\\.io/(?:node|node_daemon)/.+", "k8s_node", "metrics_kubernetes"],
  ["kubernetes\\.io/node_pool/.+", "k8s_node_pool", "metrics_kubernetes"],
  ["kubernetes\\.io/autoscaler/.+", "k8s_scale", "metrics_kubernetes"],
  ["prometheus\\.googleapis\\.com/.+", "prometheus_target", "metrics_other"],
  ["cloudsql\\.googleapis\\.com/database/.+", "cloudsql_database", "metrics_gcp_c"],
  ["redis\\.googleapis\\.com/.+", "redis_instance", "metrics_gcp_p_z"],
  ["loadbalancing\\.googleapis\\.com/https/.+", "https_lb_rule", "metrics_gcp_i_o"],
  ["networksecurity\\.googleapis\\.com/https/.+", "network_security_policy", "metrics_gcp_i_o"],
];
const METRIC = 'metric\\.type\\s*=\\s*"([^"]*)"';
const RESOURCE = 'resource\\.type\\s*=\\s*"([^"]*)"';

const measured = (kind: string): Rule[] =>
  MEASURED.map(([metric, resource, page]) => ({
    name: `${kind}-of-${resource}`,
    then: each(kind, {
      any: [
        { not: { property: "filter", part: METRIC, matches: metric } },
        { property: "filter", part: RESOURCE, equals: resource },
      ],
    }),
    message: `Error 400: \`conditions\`: the resource type in the filter of ${kind} has no such metric: it is one of ${resource}`,
    source: `https://cloud.google.com/monitoring/api/${page}`,
    at: "apply",
  }));

/** Resources of Kubernetes: https://cloud.google.com/monitoring/api/resources */
const KUBERNETES =
  "k8s_(?:cluster|container|control_plane_component|node|node_pool|pod|scale|service)";

const filtered = FILTERED.flatMap((kind): Rule[] => [
  {
    name: `${kind}-names-metric-and-resource`,
    then: each(kind, {
      all: [
        { property: "filter", matches: ".*metric\\.type\\s*=.*" },
        { property: "filter", matches: ".*resource\\.type\\s*=.*" },
      ],
    }),
    message: `Error 400: \`conditions\`: the filter of ${kind} must specify a restriction on "resource.type" and on "metric.type"`,
    source: FILTERS,
    at: "apply",
  },
  ...exists(kind, `${kind}-of-known-metrics`, '"(custom\\.googleapis\\.com/[^"]+)"', {
    type: METRIC_DESCRIPTOR,
    property: "type",
  }),
  ...exists(kind, `${kind}-of-known-log-metrics`, '"logging\\.googleapis\\.com/user/([^"]+)"', {
    type: LOG_METRIC,
    property: "name",
  }),
  ...measured(kind),
  {
    name: `${kind}-of-known-kubernetes-resources`,
    then: each(kind, {
      property: "filter",
      part: RESOURCE,
      every: { property: ".", matches: `(?!k8s_).*|${KUBERNETES}` },
    }),
    message: `Error 400: \`conditions\`: the filter of ${kind} names a resource type that is unknown`,
    source: "https://cloud.google.com/monitoring/api/resources",
    at: "apply",
  },
  {
    name: `${kind}-duration`,
    then: each(kind, multiple("duration", 60)),
    message: `Error 400: \`conditions\`: the duration of ${kind} must be a multiple of a minute`,
    source: API,
    at: "apply",
  },
  {
    name: `${kind}-alignment`,
    then: each(kind, {
      property: "aggregations[]",
      every: {
        all: [
          {
            any: [
              absent("alignmentPeriod"),
              { property: "alignmentPeriod", part: "^(\\d+)", atLeast: 60 },
            ],
          },
          {
            any: [
              absent("perSeriesAligner"),
              { property: "perSeriesAligner", equals: "ALIGN_NONE" },
              present("alignmentPeriod"),
            ],
          },
          {
            any: [
              absent("crossSeriesReducer"),
              { property: "crossSeriesReducer", equals: "REDUCE_NONE" },
              {
                all: [
                  { property: "perSeriesAligner", notEquals: "ALIGN_NONE" },
                  present("alignmentPeriod"),
                ],
              },
            ],
          },
        ],
      },
    }),
    message: `Error 400: \`conditions\`: in the aggregations of ${kind}, alignmentPeriod is at least 60s, and there where there is an aligner; a reducer needs an aligner`,
    source: API,
    at: "apply",
  },
]);

/** What the API checks of an alerting policy. */
export const rules: readonly Rule[] = [
  {
    name: "one-kind-a-condition",
    then: {
      property: all,
      every: {
        any: KINDS.map((kind) => ({
          all: [present(kind), ...KINDS.filter((other) => other !== kind).map(absent)],
        })),
      },
    },
    message: "Error 400: `conditions`: a condition must have exactly one kind",
    source: API,
    at: "apply",
  },
  {
    name: "log-conditions-alone",
    when: present(`${all}.conditionMatchedLog`),
    then: {
      all: [
        { property: "conditions", lengthAtMost: 1 },
        present("alertStrategy.notificationRateLimit.period"),
      ],
    },
    message:
      "Error 400: `conditions`: a conditionMatchedLog is the only condition of its policy, with `alertStrategy.notificationRateLimit`",
    source: API,
    at: "apply",
  },
  {
    name: "rate-limit-of-logs",
    when: present("alertStrategy.notificationRateLimit"),
    then: present(`${all}.conditionMatchedLog`),
    message:
      "Error 400: only log-based alert policies may specify a notification rate limit (`alertStrategy.notificationRateLimit`)",
    source: API,
    at: "apply",
  },
  {
    name: "prometheus-interval",
    then: each("conditionPrometheusQueryLanguage", {
      all: [
        multiple("evaluationInterval", 30),
        {
          any: [
            absent("evaluationInterval"),
            { property: "evaluationInterval", part: "^(\\d+)", atLeast: 30 },
          ],
        },
      ],
    }),
    message:
      "Error 400: `conditions`: evaluationInterval of conditionPrometheusQueryLanguage must be a positive multiple of 30 seconds",
    source: API,
    at: "apply",
  },
  {
    name: "prometheus-alone",
    when: present(`${all}.conditionPrometheusQueryLanguage`),
    then: { property: "conditions", lengthAtMost: 1 },
    message:
      "Error 400: `conditions`: a conditionPrometheusQueryLanguage is the only condition of its policy",
    source: "https://cloud.google.com/monitoring/promql/promql-in-alerting",
    at: "apply",
  },
  {
    name: "query-language-duration",
    then: each("conditionMonitoringQueryLanguage", multiple("duration", 60)),
    message:
      "Error 400: `conditions`: the duration of conditionMonitoringQueryLanguage must be a multiple of a minute",
    source: API,
    at: "apply",
  },
  {
    name: "comparison-of-thresholds",
    then: each("conditionThreshold", {
      property: "comparison",
      in: ["COMPARISON_GT", "COMPARISON_LT"],
    }),
    message:
      "Error 400: `conditions`: conditionThreshold supports COMPARISON_GT and COMPARISON_LT alone",
    source: `${API}#MetricThreshold`,
    at: "apply",
  },
  {
    name: "absence-is-seen-for-two-minutes",
    then: each("conditionAbsent", {
      all: [
        { property: "duration", part: "^(\\d+)", atLeast: 120 },
        { property: "duration", part: "^(\\d+)", atMost: 84600 },
      ],
    }),
    message:
      "Error 400: `conditions`: the duration of conditionAbsent is at least two minutes and at most 23.5 hours",
    source: "https://cloud.google.com/monitoring/alerts/types-of-conditions#metric-absence",
    at: "apply",
  },
  {
    name: "forecast-horizon",
    then: each("conditionThreshold", {
      any: [
        absent("forecastOptions"),
        {
          all: [
            { property: "forecastOptions.forecastHorizon", part: "^(\\d+)", atLeast: 3600 },
            { property: "forecastOptions.forecastHorizon", part: "^(\\d+)", atMost: 604800 },
          ],
        },
      ],
    }),
    message: "Error 400: `conditions`: forecastHorizon is 1 hour to 7 days",
    source: API,
    at: "apply",
  },
  {
    name: "close-after-half-an-hour",
    when: present("alertStrategy.autoClose"),
    then: {
      all: [
        { property: "alertStrategy.autoClose", part: "^(\\d+)", atLeast: 1800 },
        { property: "alertStrategy.autoClose", part: "^(\\d+)", atMost: 604800 },
      ],
    },
    message: "Error 400: `alertStrategy.autoClose` must be 30 minutes (1800s) to 7 days (604800s)",
    source: "https://cloud.google.com/monitoring/alerts/concepts-indepth",
    at: "apply",
  },
  {
    name: "renotify-own-channels",
    when: present("alertStrategy.notificationChannelStrategies[].notificationChannelNames"),
    then: {
      property: "alertStrategy.notificationChannelStrategies[].notificationChannelNames[]",
      allAmong: ["notificationChannels[]"],
    },
    message:
      "Error 400: `alertStrategy.notificationChannelStrategies` names a channel that is not among `notificationChannels`",
    source: API,
    at: "apply",
  },
  {
    name: "documentation-says-something",
    when: present("documentation"),
    then: {
      any: [
        present("documentation.content"),
        present("documentation.subject"),
        present("documentation.links"),
      ],
    },
    message: "Error 400: `documentation` has neither content, subject nor links",
    source: PAGE,
    at: "apply",
  },
  ...filtered,
];
