/**
 * Where Git repositories are kept in each environment, and the machine that serves them.
 *
 * - aws: an EFS file system (component AwsFiles, named for Git) or an EBS volume (AwsGitVolume); served by the machine of
 *   an AwsNodeGroup, which an instance refresh replaces whenever its launch template changes;
 * - dev, ops: the disk `…-repositories` of AzureInstanceDisks or GcpInstanceDisks, beside the disk `…-state` with all
 *   else that the instance is; served by the one machine of the GitLab instance.
 */
import { nameOf, type ResourceFact } from "../../engine/facts";
import type { Danger } from "../record";
import { danger } from "./danger";
import { numberAt } from "./values";

/** Types of the components around a resource, outermost first. */
function around({ urn }: ResourceFact): readonly string[] {
  return (urn.split("::")[2] ?? "").split("$").slice(0, -1);
}

/** The type and name of the component that a resource stands in. */
function home(fact: ResourceFact): { readonly type: string; readonly name: string } {
  return { type: around(fact).at(-1) ?? "", name: nameOf(fact.parent ?? "") };
}

/** Whether a file system's component is the one for Git: others hold uploads and the like. */
function inGitFiles(fact: ResourceFact): boolean {
  const { type, name } = home(fact);
  return type === "gitlab:managedData:AwsFiles" && /(^|-)git(-|$)/.test(name || fact.name);
}

/** Whether it is what the Git repositories themselves lie on. */
export function gitRepositories(fact: ResourceFact): boolean {
  const { type } = home(fact);
  switch (fact.type) {
    case "aws:efs/fileSystem:FileSystem":
      return inGitFiles(fact);
    case "aws:ebs/volume:Volume":
      return type === "gitlab:managedData:AwsGitVolume";
    case "azure-native:compute:Disk":
    case "gcp:compute/disk:Disk":
      return (
        /^gitlab:gitlabInstance:(Azure|Gcp)InstanceDisks$/.test(type) &&
        fact.name.endsWith("-repositories")
      );
    default:
      return false;
  }
}

/** What a machine needs to reach the Git file system on aws. */
const mounts = /^aws:efs\/(accessPoint|mountTarget|fileSystemPolicy):/;

/**
 * Properties for which Compute Engine stops a machine to change them.
 *
 * Source: the provider's `allowStoppingForUpdate`
 * (https://www.pulumi.com/registry/packages/gcp/api-docs/compute/instance/), and
 * https://cloud.google.com/compute/docs/instances/changing-machine-type-of-stopped-instance
 */
const gcpStops =
  /^(machineType|minCpuPlatform|serviceAccount|enableDisplay|shieldedInstanceConfig|advancedMachineFeatures|desiredStatus|networkInterfaces?\b.*\b(network|subnetwork))\b/;

/**
 * A change of size restarts a running machine: https://learn.microsoft.com/en-us/azure/virtual-machines/sizes/resize-vm
 */
const azureStops = /^(hardwareProfile|additionalCapabilities|networkProfile|diskControllerType)\b/;

const attachedDisks = /^(attachedDisks|storageProfile\.dataDisks)\b/;

/** Whether it is the machine, or the group of one, that serves Git. */
function servesGit(fact: ResourceFact): boolean {
  const { type, name } = home(fact);
  if (fact.type === "aws:autoscaling/group:Group") {
    // With one group for all there is none for Gitaly, and the application's own serves Git.
    return type === "gitlab:gitlabInstance:AwsNodeGroup" && /-(gitaly|single)$/.test(name);
  }
  return (
    /^(azure-native:compute:VirtualMachine|gcp:compute\/instance:Instance)$/.test(fact.type) &&
    /^gitlab:gitlabInstance:(Azure|Gcp)GitLabInstance$/.test(type)
  );
}

/** What happens to the machine that serves Git, in words; undefined where Git goes on. */
function machineWords(fact: ResourceFact, stays: string): string | undefined {
  const paths = fact.changes.map(({ path }) => path);
  if (fact.operation === "delete") return `the machine that serves Git is deleted${stays}`;
  if (fact.operation === "replace") {
    return `the machine that serves Git is replaced: Git pauses until the new one has booted${stays}`;
  }
  if (fact.operation !== "update") return undefined;
  if (fact.type === "aws:autoscaling/group:Group") {
    if (numberAt(fact.new?.inputs, "desiredCapacity") === 0) {
      return `the machine that serves Git is taken away (desiredCapacity 0)${stays}`;
    }
    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html
    return paths.some((path) => /^(launchTemplate|mixedInstancesPolicy)\b/.test(path))
      ? `the machine that serves Git is replaced by an instance refresh, for its launch template changes: Git pauses until the new one has booted${stays}`
      : undefined;
  }
  const disks = paths.filter((path) => attachedDisks.test(path));
  if (disks.length > 0) {
    return `which disks are attached to the machine that serves Git changes (${disks.join(", ")}); Git pauses while the repositories are detached`;
  }
  const form = fact.type.startsWith("gcp:") ? gcpStops : azureStops;
  const stops = paths.filter((path) => form.test(path));
  return stops.length > 0
    ? `the machine that serves Git is stopped and started again for ${stops.join(", ")}: Git pauses${stays}`
    : undefined;
}

/** Changes of what repositories lie on or are served by. Losses of the storage itself are told by stateful.ts. */
export function gitStorageTouched(
  fact: ResourceFact,
  all: readonly ResourceFact[],
): readonly Danger[] {
  if (!fact.custom || fact.leftover === true) return [];
  const gone = all.some(
    (one) => ["delete", "replace"].includes(one.operation) && !one.leftover && gitRepositories(one),
  );
  const stays = gone ? "" : "; the repositories stay on their own storage";
  const say = (message: string) => [danger("git-storage-touched", fact, message)];
  if (gitRepositories(fact)) {
    if (fact.operation !== "update") return [];
    const what = fact.changes.map(({ path }) => path).filter((path) => !isAside(path));
    return what.length > 0
      ? say(`the storage that holds the Git repositories is changed in place: ${what.join(", ")}`)
      : [];
  }
  if (mounts.test(fact.type) && inGitFiles(fact)) {
    if (!["update", "replace", "delete"].includes(fact.operation)) return [];
    const what = fact.changes.map(({ path }) => path).filter((path) => !isAside(path));
    if (fact.operation === "update" && what.length === 0) return [];
    const verb = { update: "is changed", replace: "is replaced", delete: "is deleted" }[
      fact.operation as "update" | "replace" | "delete"
    ];
    return say(
      `what the Git file system is mounted by ${verb}: a machine may lose its mount until it mounts again${stays}`,
    );
  }
  if (/^aws:ec2\/volumeAttachment:|^gcp:compute\/attachedDisk:/.test(fact.type)) {
    return /(^|-)(git|gitaly|repositories)(-|$)/.test(fact.name) &&
      ["replace", "delete"].includes(fact.operation)
      ? say(`the disk with the Git repositories is detached${stays}`)
      : [];
  }
  if (!servesGit(fact)) return [];
  const words = machineWords(fact, stays);
  return words === undefined ? [] : say(words);
}

/** Whether a property is for people and bills alone, or for the provider when it deletes. */
function isAside(path: string): boolean {
  return /^(tags|tagsAll|labels|pulumiLabels|effectiveLabels|terraformLabels|description|createSnapshotBeforeDestroy\w*|finalSnapshot)\b/.test(
    path,
  );
}
