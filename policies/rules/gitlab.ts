/** GitLab's own needs: Gitaly, PostgreSQL, Redis, health checks, runners. */
import { all, any, not, type Truth, type Value } from "../reader";
import { around, components, componentsOf, dependsOn, hasGitLab, isIn } from "../relations";
import {
  must,
  on,
  resourceRule,
  type ResourceView,
  type Rule,
  type StackView,
  stackRule,
} from "../rule";
import { plainText } from "../secrets-scan";
import * as t from "../types";

const requirements = "https://docs.gitlab.com/install/requirements/";
const architectures = "https://docs.gitlab.com/administration/reference_architectures/";
const autoscaler = "https://docs.gitlab.com/runner/executors/docker_autoscaler/";

/**
 * Types whose CPU is lent: EC2's t, Azure's B, Compute Engine's shared cores.
 * https://cloud.google.com/compute/docs/general-purpose-machines#sharedcore
 */
const burstable =
  /^(?:db\.|cache\.)?t\d|^(?:Standard|Basic)_B|^(?:e2-(?:micro|small|medium)|[fg]1-|db-(?:f1|g1)-)/;

/** Groups whose machines serve Git data. */
function gitalyGroups(stack: StackView) {
  return stack.of(t.awsAutoScalingGroup).filter((group) => {
    const role = around(stack, group, "gitlabInstance:AwsNodeGroup")?.props.at("role");
    return role?.isOneOf("gitaly", "single") === true;
  });
}

function steady(type: Value): Truth {
  return not(type.matches(burstable));
}

function outsideGitLab(resource: Pick<ResourceView, "urn">): boolean {
  return !isIn(resource, "gitlabInstance") || isIn(resource, "runnerFleet");
}

/** Whether a monitoring allow-list in rendered files lets everybody in. */
function allowListClosed(text: Value<string>): Truth {
  return any(
    text.absent,
    text.test((value) => {
      const plain = typeof value === "string" ? plainText(value) : "";
      const lists = plain.match(/monitoring_whitelist['"]?\]?\s*=\s*\[[^\]]*\]/g) ?? [];
      return !lists.some((list) => /0\.0\.0\.0\/0|::\/0/.test(list));
    }),
  );
}

export const gitlab: readonly Rule[] = [
  stackRule(
    {
      id: "gitlab-one-writer",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects: "Two Gitaly nodes never write to one Git storage",
      source:
        "https://docs.gitlab.com/administration/gitaly/ (a storage belongs to one Gitaly); docs/decisions/0001-one-writer-by-lease.md",
      fix: "Keep maxSize 1, AZRebalance suspended, and minimum healthy 0 % in the group's maintenance and refresh; attach a disk to one machine",
    },
    [t.awsAutoScalingGroup, t.gcpInstance, t.azureVirtualMachine],
    (stack) => [
      ...gitalyGroups(stack).flatMap(({ props: p, urn }) => [
        must(p.get("maxSize").atMost(1), "The group may start a second node on the same data", urn),
        must(p.get("desiredCapacity").or(1).atMost(1), "The group wants more than one node", urn),
        must(
          p.get("suspendedProcesses").some((one) => one.is("AZRebalance")),
          "The group may move the node to another zone by itself, with two of them for a while",
          urn,
        ),
        must(
          p.get("instanceMaintenancePolicy").get("minHealthyPercentage").atMost(0),
          "The group launches a node before the old one has gone",
          urn,
        ),
        must(
          any(
            !p.get("instanceRefresh").given,
            p.get("instanceRefresh").get("preferences").get("minHealthyPercentage").atMost(0),
          ),
          "A refresh launches a node before the old one has gone",
          urn,
        ),
      ]),
      ...stack.of(t.gcpDisk).map((disk) => {
        const writers = stack
          .of(t.gcpInstance)
          .filter(
            ({ props, dependencies = [] }) =>
              dependencies.includes(disk.urn) && props.get("attachedDisks").filled === true,
          );
        return must(writers.length <= 1, "Several machines may write to the disk", disk.urn);
      }),
      ...stack.of(t.azureDisk).map((disk) => {
        const writers = stack
          .of(t.azureVirtualMachine)
          .filter((machine) => isIn(machine, "gitlabInstance") && dependsOn(machine, disk));
        return must(writers.length <= 1, "Several machines may write to the disk", disk.urn);
      }),
    ],
  ),
  resourceRule(
    {
      id: "gitlab-one-machine-at-a-time",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects:
        "A machine's replacement is never started while the old one still writes to its disks",
      source:
        "https://docs.gitlab.com/administration/gitaly/; https://www.pulumi.com/docs/iac/concepts/options/deletebeforereplace/",
      fix: "Attach data disks for writing to GitLab's machine alone, and set deleteBeforeReplace",
    },
    on(t.gcpInstance, (p, resource) => [
      must(
        any(!isIn(resource, "runnerFleet"), not(p.get("attachedDisks").filled)),
        "A runner manager has a data disk",
      ),
      must(
        p.get("attachedDisks").every((disk) => disk.get("mode").or("READ_WRITE").is("READ_WRITE")),
        "A data disk is attached for reading only",
      ),
      must(
        any(outsideGitLab(resource), p.get("desiredStatus").or("RUNNING").is("RUNNING")),
        "GitLab's machine is stopped",
      ),
    ]),
  ),
  stackRule(
    {
      id: "gitlab-never-burstable",
      severity: "high",
      level: "mandatory",
      theme: "gitlab",
      protects: "GitLab, Gitaly above all, has steady CPU: credits run out just when Git is busy",
      source: `${architectures}#supported-machine-types; ${requirements}`,
      fix: "Take a type that is not burstable: no t2 to t4g, no B series, no shared core",
    },
    [t.awsLaunchTemplate, t.awsAutoScalingGroup, t.azureVirtualMachine, t.gcpInstance],
    (stack) => [
      ...stack
        .of(t.awsLaunchTemplate)
        .filter((one) => !outsideGitLab(one) || isIn(one, "backupSchedule"))
        .map(({ props, urn }) =>
          must(
            all(props.get("instanceType").given, steady(props.get("instanceType") as Value)),
            "The machine has burstable CPU",
            urn,
          ),
        ),
      ...stack
        .of(t.azureVirtualMachine)
        .filter((one) => !outsideGitLab(one))
        .map(({ props, urn }) =>
          must(
            steady(props.get("hardwareProfile").get("vmSize") as Value),
            "The machine has burstable CPU",
            urn,
          ),
        ),
      ...stack
        .of(t.gcpInstance)
        .filter((one) => !outsideGitLab(one))
        .map(({ props, urn }) =>
          must(steady(props.get("machineType") as Value), "The machine has burstable CPU", urn),
        ),
    ],
  ),
  resourceRule(
    {
      id: "gitlab-database-never-burstable",
      severity: "high",
      level: "mandatory",
      theme: "gitlab",
      protects: "PostgreSQL and Redis have steady CPU",
      source: "https://docs.gitlab.com/install/aws/ (no t-class for the database)",
      fix: "Take a class that is not burstable: no db.t or cache.t, no db-f1 or db-g1",
    },
    on(t.awsDatabase, (p) =>
      must(steady(p.get("instanceClass") as Value), "The database has burstable CPU"),
    ),
    on(t.awsCache, (p) => must(steady(p.get("nodeType") as Value), "The cache has burstable CPU")),
    on(t.gcpDatabaseInstance, (p) =>
      must(steady(p.get("settings").get("tier") as Value), "The database has a shared core"),
    ),
  ),
  stackRule(
    {
      id: "gitlab-git-data-not-on-nfs",
      severity: "medium",
      level: "advisory",
      theme: "gitlab",
      protects:
        "Git data is on a disk: NFS and EFS are slow for Git, and GitLab gives no support for their speed",
      source: "https://docs.gitlab.com/administration/nfs/#avoid-using-cloud-based-file-systems",
      fix: "Set gitaly.data to ebs, and mind that the node is then bound to the volume's zone",
    },
    [t.awsEfsFileSystem],
    (stack) =>
      stack.of(t.awsEfsFileSystem).map((files) => {
        const purpose = around(stack, files, "managedData:AwsFiles")?.props.at("purpose");
        return must(
          // What says of itself that it is for something else than Git is; all other files are taken for Git data.
          purpose === undefined ? false : all(purpose.given, not(purpose.is("git"))),
          "Git data is on EFS",
          files.urn,
        );
      }),
  ),
  resourceRule(
    {
      id: "gitlab-postgres-supported",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects: "GitLab finds a PostgreSQL that it runs on: 17, which 18.x and 19.x both support",
      source: requirements,
      fix: "Set the major version to 17",
    },
    on(t.awsDatabase, (p) => [
      must(p.get("engine").is("postgres"), "The database is no PostgreSQL of RDS"),
      must(
        p.get("engineVersion").matches(/^17(\.\d+)?$/),
        "GitLab does not run on this major version",
      ),
    ]),
    on(t.awsDatabaseParameters, (p) =>
      must(
        any(not(p.get("family").matches(/^postgres/)), p.get("family").is("postgres17")),
        "The parameters are for a major version that GitLab does not run on",
      ),
    ),
    on(t.gcpDatabaseInstance, (p) =>
      must(p.get("databaseVersion").is("POSTGRES_17"), "GitLab does not run on this major version"),
    ),
  ),
  resourceRule(
    {
      id: "gitlab-no-aurora",
      severity: "high",
      level: "mandatory",
      theme: "gitlab",
      protects:
        "The database is one that GitLab supports: an RDS instance, no Aurora and no multi-AZ cluster",
      source: `${architectures}#best-practices-for-the-database-services`,
      fix: "Use aws.rds.Instance with multiAz",
    },
    on(t.awsDatabaseCluster, () => must(false, "GitLab does not support clusters of RDS")),
  ),
  resourceRule(
    {
      id: "gitlab-connections-enough",
      severity: "medium",
      level: "mandatory",
      theme: "gitlab",
      protects: "GitLab's processes all find a connection: 400 is its least",
      source: "https://docs.gitlab.com/administration/postgresql/tune/",
      fix: "Set max_connections to 400 or more",
    },
    on(t.awsDatabaseParameters, (p) =>
      must(
        any(
          not(p.get("family").matches(/^postgres/)),
          p
            .get("parameters")
            .some((one) =>
              all(one.get("name").is("max_connections"), one.get("value").atLeast(400)),
            ),
        ),
        "The database has fewer than 400 connections, or as many as its size gives",
      ),
    ),
  ),
  stackRule(
    {
      id: "gitlab-redis-keeps-all",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects: "Redis holds GitLab's queues and sessions: it must refuse rather than drop",
      source:
        "https://docs.gitlab.com/administration/redis/replication_and_failover_external/ (maxmemory-policy noeviction)",
      fix: "Set maxmemory-policy to noeviction",
    },
    [t.awsCacheParameters, t.gcpRedis],
    (stack) =>
      !hasGitLab(stack)
        ? []
        : [
            ...stack.of(t.awsCacheParameters).map(({ props, urn }) =>
              must(
                props
                  .get("parameters")
                  .some((one) =>
                    all(one.get("name").is("maxmemory-policy"), one.get("value").is("noeviction")),
                  ),
                "Redis may drop jobs and sessions",
                urn,
              ),
            ),
            ...stack
              .of(t.gcpRedis)
              .flatMap(({ props, urn }) => [
                must(
                  (props.get("redisConfigs") as Value).at("maxmemory-policy").is("noeviction"),
                  "Redis may drop jobs and sessions",
                  urn,
                ),
                must(
                  props.get("persistenceConfig").get("persistenceMode").is("RDB"),
                  "Redis keeps nothing on disk",
                  urn,
                ),
              ]),
          ],
  ),
  resourceRule(
    {
      id: "gitlab-redis-supported",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects:
        "Redis is of a version and kind that GitLab runs on: 7, or Valkey 7.2, and no cluster mode",
      source: `${requirements}; https://docs.gitlab.com/administration/redis/ (no cluster mode, no serverless)`,
      fix: "Set clusterMode: disabled with one node group, and a version 7",
    },
    on(t.awsCache, (p) => [
      must(p.get("clusterMode").or("disabled").is("disabled"), "Redis is in cluster mode"),
      must(p.get("numNodeGroups").or(1).atMost(1), "Redis is split into several node groups"),
      must(p.get("engine").or("redis").isOneOf("redis", "valkey"), "The cache is no Redis"),
      must(p.get("engineVersion").matches(/^7\./), "GitLab does not run on this version"),
    ]),
    on(t.gcpRedis, (p) =>
      must(p.get("redisVersion").matches(/^REDIS_7_/), "GitLab does not run on this version"),
    ),
  ),
  resourceRule(
    {
      id: "gitlab-health-check-own",
      severity: "high",
      level: "mandatory",
      theme: "gitlab",
      protects:
        "A failing database does not have every node replaced: readiness is asked for the node alone",
      source:
        "https://docs.gitlab.com/administration/monitoring/health_check/ (all=1 adds database, Redis and Gitaly)",
      fix: "Ask /-/readiness without all=1, on a target that is a machine",
    },
    on(t.awsTargetGroup, (p) => [
      must(
        not(
          p
            .get("healthCheck")
            .get("path")
            .matches(/[?&]all=/),
        ),
        "The check asks for the database too",
      ),
      must(
        p.get("healthCheck").get("enabled").or(true).is(true),
        "The target's health is not checked",
      ),
      must(
        not(
          p
            .get("healthCheck")
            .get("path")
            .matches(/^\/-\/(health|liveness)/),
        ),
        "The check passes while GitLab is not ready",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "gitlab-monitoring-closed",
      severity: "high",
      level: "mandatory",
      theme: "gitlab",
      protects: "Health and metrics of GitLab are for balancers and monitoring, not for everybody",
      source: "https://docs.gitlab.com/administration/monitoring/ip_allowlist/",
      fix: "Name the balancers' and the network's own ranges in monitoring_whitelist",
    },
    on(t.awsBucketObjectv2, (p) =>
      must(allowListClosed(p.get("content")), "The allow-list of monitoring is open to all"),
    ),
    on(t.gcpInstance, (p) =>
      p
        .get("metadata")
        .entries.map(([, value]) =>
          must(allowListClosed(value), "The allow-list of monitoring is open to all"),
        ),
    ),
    on(t.azureVirtualMachine, (p) =>
      must(allowListClosed(p.get("userData")), "The allow-list of monitoring is open to all"),
    ),
  ),
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

/** Whether a resource is of the workers of a fleet, whatever the cloud. */
function isWorker(resource: Pick<ResourceView, "urn">): boolean {
  return componentsOf(resource).some((type) => /^gitlab:runnerFleet:\w*Workers$/.test(type));
}
