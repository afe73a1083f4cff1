/** Git data and the machines that serve it. */
import { all, any, not, type Value } from "../../reader";
import { around, dependsOn, isIn } from "../../relations";
import {
  must,
  on,
  resourceRule,
  type ResourceView,
  type Rule,
  type StackView,
  stackRule,
} from "../../rule";
import * as t from "../../types";
import { gitlabArchitectures, gitlabRequirements } from "../sources";
import { steady } from "./steady";

/** Groups whose machines serve Git data. */
function gitalyGroups(stack: StackView) {
  return stack.of(t.awsAutoScalingGroup).filter((group) => {
    const role = around(stack, group, "gitlabInstance:AwsNodeGroup")?.props.at("role");
    return role?.isOneOf("gitaly", "single") === true;
  });
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
];
