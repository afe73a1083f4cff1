/** Runners and their workers. */
import { any, not } from "../../reader";
import { components, componentsOf } from "../../relations";
import { must, on, resourceRule, type ResourceView, type Rule, stackRule } from "../../rule";
import * as t from "../../types";

const autoscaler = "https://docs.gitlab.com/runner/executors/docker_autoscaler/";

/** Whether a resource is of the workers of a fleet, whatever the cloud. */
function isWorker(resource: Pick<ResourceView, "urn">): boolean {
  return componentsOf(resource).some((type) => /^gitlab:runnerFleet:\w*Workers$/.test(type));
}

export const runners: readonly Rule[] = [
  resourceRule(
    {
      id: "runners-alone-on-spot",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects:
        "Only workers, whose jobs can be run again, are on Spot; and they are on nothing else",
      source: `${autoscaler}; https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html`,
      fix: "Use Spot for the workers of a fleet only, with several types on AWS and price-capacity-optimized",
    },
    on(t.awsLaunchTemplate, (p, resource) =>
      must(
        any(p.get("instanceMarketOptions").absent, isWorker(resource)),
        "A machine that is no worker is on Spot",
      ),
    ),
    on(t.awsAutoScalingGroup, (p, resource) => {
      const mixed = p.get("mixedInstancesPolicy");
      const spread = mixed.get("instancesDistribution");
      return [
        must(
          any(
            isWorker(resource),
            !mixed.given,
            spread.get("onDemandPercentageAboveBaseCapacity").or(100).atLeast(100),
          ),
          "A machine that is no worker is on Spot",
        ),
        must(
          any(
            !mixed.given,
            spread.get("spotAllocationStrategy").matches(/^(price-)?capacity-optimized/),
          ),
          "Workers are taken where they are cheapest, and most often lost",
        ),
        must(
          any(
            !isWorker(resource),
            mixed
              .get("launchTemplate")
              .get("overrides")
              .test((types) => Array.isArray(types) && types.length > 1),
          ),
          "Workers have one type to choose from",
        ),
      ];
    }),
    on(t.azureVirtualMachine, (p) =>
      must(p.get("priority").or("Regular").is("Regular"), "A machine that is no worker is on Spot"),
    ),
    on(t.gcpInstance, (p) => [
      must(
        p.get("scheduling").get("provisioningModel").or("STANDARD").is("STANDARD"),
        "A machine that is no worker is on Spot",
      ),
      must(
        p.get("scheduling").get("preemptible").or(false).is(false),
        "A machine that is no worker is preemptible",
      ),
    ]),
    on(t.gcpInstanceTemplate, (p, resource) =>
      must(
        any(
          isWorker(resource),
          p.get("scheduling").get("provisioningModel").or("STANDARD").is("STANDARD"),
        ),
        "A machine that is no worker is on Spot",
      ),
    ),
    on(t.gcpNodePool, (p, resource) =>
      (["spot", "preemptible"] as const).map((key) =>
        must(
          any(isWorker(resource), not(p.get("nodeConfig").get(key).or(false).is(true))),
          "Nodes that are no workers are on Spot",
        ),
      ),
    ),
  ),
  resourceRule(
    {
      id: "runners-scaled-by-manager-alone",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "A worker with a job is not taken away: nothing but the manager scales the group",
      source: `${autoscaler} (scale-in protection, AZRebalance suspended, no autoscaling of its own)`,
      fix: "Set protectFromScaleIn, suspend AZRebalance, no minimum; on Azure manual upgrades and no overprovisioning; on Google Cloud updates on demand",
    },
    on(t.awsAutoScalingGroup, (p, resource) =>
      !isWorker(resource)
        ? []
        : [
            must(p.get("protectFromScaleIn").is(true), "Workers may be scaled in with their jobs"),
            must(
              p.get("suspendedProcesses").some((one) => one.is("AZRebalance")),
              "Workers may be moved to another zone with their jobs",
            ),
            must(p.get("minSize").atMost(0), "Workers run without jobs"),
          ],
    ),
    on(t.azureVirtualMachineScaleSet, (p) => [
      must(
        p.get("orchestrationMode").or("Uniform").is("Uniform"),
        "The autoscaler cannot drive the scale set",
      ),
      must(p.get("upgradePolicy").get("mode").is("Manual"), "Workers are upgraded with their jobs"),
      must(p.get("overprovision").is(false), "More workers start than were asked for"),
      must(p.get("virtualMachineProfile").get("priority").is("Spot"), "Workers are not on Spot"),
      must(
        p.get("virtualMachineProfile").get("evictionPolicy").or("Delete").is("Delete"),
        "A worker that was taken away goes on costing",
      ),
    ]),
    on(t.azureAutoscaleSetting, () =>
      must(false, "Something else than the manager scales the workers"),
    ),
    on(t.gcpInstanceGroupManager, (p) => [
      must(
        p.get("updatePolicy").get("type").is("OPPORTUNISTIC"),
        "Workers are replaced with their jobs",
      ),
      must(
        p.get("instanceLifecyclePolicy").get("defaultActionOnFailure").is("DO_NOTHING"),
        "The group brings back what the manager has taken away",
      ),
    ]),
  ),
  stackRule(
    {
      id: "runners-not-privileged",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "A job cannot take over the machine that it runs on",
      source: "https://docs.gitlab.com/runner/security/#usage-of-docker-executor",
      fix: "Leave privileged false, or exempt the fleet whose jobs build images, with its reason",
    },
    [t.awsAutoScalingGroup, t.azureVirtualMachineScaleSet, t.gcpInstanceGroupManager],
    (stack) =>
      components(stack, "runnerFleet:")
        .filter(({ props }) => props.at("privileged").given)
        .map(({ props, urn }) =>
          must(not(props.at("privileged").is(true)), "Jobs of the fleet run privileged", urn),
        ),
  ),
  resourceRule(
    {
      id: "runners-workers-are-nobody",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects: "A job has no cloud identity to take: workers carry none",
      source: "https://docs.gitlab.com/runner/security/; docs of each cloud on instance identities",
      fix: "Leave iamInstanceProfile, identity and serviceAccount of workers out",
    },
    on(t.awsLaunchTemplate, (p, resource) =>
      must(any(!isWorker(resource), p.get("iamInstanceProfile").absent), "Workers carry a role"),
    ),
    on(t.azureVirtualMachineScaleSet, (p) =>
      must(
        any(p.get("identity").absent, p.get("identity").get("type").is("None")),
        "Workers carry an identity",
      ),
    ),
    on(t.gcpInstanceTemplate, (p, resource) =>
      must(any(!isWorker(resource), p.get("serviceAccount").absent), "Workers carry an account"),
    ),
  ),
];
