/** Git data and the machines that serve it. */
import { all, any, not, type Value } from "../../reader";
import { around, dependsOn, hasGitLab, isIn } from "../../relations";
import {
  must,
  on,
  resourceRule,
  type AnyView,
  type ResourceView,
  type Rule,
  type StackView,
  stackRule,
  type TypeToken,
} from "../../rule";
import * as t from "../../types";
import { gitlabArchitectures, gitlabRequirements } from "../sources";
import { steady } from "./steady";
import { oneWriterEach, writerTypes } from "./writers";

/** What serves files over a network, on any cloud, that Git data could be put on. */
const networkFiles: readonly TypeToken<unknown>[] = [
  t.awsFsxOpenZfs,
  t.awsFsxOntap,
  t.azureFileShare,
  t.azureNetAppVolume,
  t.gcpFilestore,
];

/** Whether a part of a node group is of one that serves Git data. */
function servesGit(stack: StackView, part: AnyView): boolean {
  const role = around(stack, part, "gitlabInstance:AwsNodeGroup")?.props.at("role");
  return role?.isOneOf("gitaly", "single") === true;
}

/** Groups whose machines serve Git data: by their component, or by a launch template of such a one. */
function gitalyGroups(stack: StackView) {
  const templates = stack.of(t.awsLaunchTemplate).filter((one) => servesGit(stack, one));
  return stack
    .of(t.awsAutoScalingGroup)
    .filter((group) => servesGit(stack, group) || templates.some((one) => dependsOn(group, one)));
}

function outsideGitLab(resource: Pick<ResourceView, "urn">): boolean {
  return !isIn(resource, "gitlabInstance") || isIn(resource, "runnerFleet");
}

export const gitaly: readonly Rule[] = [
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
    [t.awsAutoScalingGroup, ...writerTypes],
    (stack) => [
      ...gitalyGroups(stack)
        .slice(1)
        .map(({ urn }) => must(false, "A second group serves the same Git data", urn)),
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
        // Over 100 % a group may have one more than it wants, and more than its maximum, while it replaces one
        // (https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-maintenance-policy.html).
        ...[p.get("instanceMaintenancePolicy"), p.get("instanceRefresh").get("preferences")].map(
          (policy) =>
            must(
              policy.at("maxHealthyPercentage").or(100).atMost(100),
              "The group may have two nodes while it replaces one",
              urn,
            ),
        ),
        must(p.get("warmPool").absent, "A second node stands by and has started once", urn),
      ]),
      ...oneWriterEach(stack),
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
      source: `${gitlabArchitectures}#supported-machine-types; ${gitlabRequirements}`,
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
        .of(t.awsAutoScalingGroup)
        .filter((one) => !outsideGitLab(one))
        .map(({ props, urn }) =>
          must(
            props
              .get("mixedInstancesPolicy")
              .get("launchTemplate")
              .get("overrides")
              .every((one) =>
                all(
                  steady(one.get("instanceType")),
                  one
                    .get("instanceRequirements")
                    .get("burstablePerformance")
                    .or("excluded")
                    .is("excluded"),
                ),
              ),
            "The machine may be of a type with burstable CPU",
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
    [t.awsEfsFileSystem, ...networkFiles],
    (stack) => [
      ...stack.of(t.awsEfsFileSystem).map((files) => {
        const purpose = around(stack, files, "managedData:AwsFiles")?.props.at("purpose");
        return must(
          // What says of itself that it is for something else than Git is; all other files are taken for Git data.
          purpose === undefined ? false : all(purpose.given, not(purpose.is("git"))),
          "Git data is on EFS",
          files.urn,
        );
      }),
      ...networkFiles
        .flatMap((type) => (hasGitLab(stack) ? stack.of(type) : []))
        .map(({ urn }) => must(false, "Files for a network stand beside GitLab's data", urn)),
    ],
  ),
];
