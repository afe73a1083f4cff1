/** Machines of EC2. */
import { all, any, not, type Value } from "../../reader";
import { must, on, resourceRule, type Finding, type Rule } from "../../rule";
import * as t from "../../types";
import { ownKey } from "../data/own-key";
import { securityHub } from "../sources";

/** What a metadata service must be like that does not give a machine's credentials away. */
function guardsCredentials(metadata: Value, hops: number): Finding[] {
  return [
    must(
      any(metadata.at("httpTokens").is("required"), metadata.at("httpEndpoint").is("disabled")),
      "The machine answers for its credentials without a token",
    ),
    must(
      metadata.at("httpPutResponseHopLimit").atMost(hops),
      "Answers of the metadata service travel further than they must",
    ),
    must(
      not(metadata.at("instanceMetadataTags").is("enabled")),
      "Tags can be read by whatever runs on the machine",
    ),
  ];
}

export const ec2: readonly Rule[] = [
  resourceRule(
    {
      id: "ec2-imdsv2",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects: "A request that is forged through GitLab does not get the machine's credentials",
      source: `CIS AWS Foundations 3.0.0, 5.6; Security Hub EC2.8: ${securityHub}/ec2-controls.html#ec2-8`,
      fix: "Set metadataOptions.httpTokens: required; the hop limit 2 for containers that need the role, 1 for all others",
    },
    on(t.awsLaunchTemplate, (p, resource) => {
      const worker = resource.urn.includes("gitlab:runnerFleet:AwsRunnerWorkers$");
      return guardsCredentials(p.get("metadataOptions"), worker ? 1 : 2);
    }),
    on(t.awsInstance, (p) => guardsCredentials(p.get("metadataOptions") as Value, 2)),
  ),
  resourceRule(
    {
      id: "ec2-volumes-encrypted",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "Disks of machines are encrypted with a key of the environment",
      source: `CIS AWS Foundations 3.0.0, 2.2.1; Security Hub EC2.3: ${securityHub}/ec2-controls.html#ec2-3`,
      fix: "Set encrypted and kmsKeyId for every block device",
    },
    on(t.awsLaunchTemplate, (p) => [
      must(p.get("blockDeviceMappings").filled, "The machine's disks are as the image has them"),
      must(
        p
          .get("blockDeviceMappings")
          .every((one) =>
            any(
              all(!one.get("ebs").given, one.get("virtualName").given),
              one.get("noDevice").given,
              all(one.get("ebs").at("encrypted").is(true), ownKey(one.get("ebs").get("kmsKeyId"))),
            ),
          ),
        "A disk of the machine is not encrypted with a key of the environment",
      ),
    ]),
    on(t.awsInstance, (p) =>
      must(
        all(
          p.get("rootBlockDevice").given,
          ...[p.get("rootBlockDevice"), p.get("ebsBlockDevices")].map((disks) =>
            (disks as Value).every((one) =>
              all(one.at("encrypted").is(true), ownKey(one.at("kmsKeyId"))),
            ),
          ),
        ),
        "A disk of the machine is not encrypted with a key of the environment",
      ),
    ),
  ),
  resourceRule(
    {
      id: "ec2-no-way-in-from-outside",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects:
        "Machines have no public address and no SSH key: people come through Session Manager",
      source: `Security Hub EC2.25: ${securityHub}/ec2-controls.html#ec2-25`,
      fix: "Leave keyName and associatePublicIpAddress out",
    },
    on(t.awsLaunchTemplate, (p) => [
      must(p.get("keyName").absent, "The machine has an SSH key"),
      must(
        p.get("networkInterfaces").every((one) => not(one.at("associatePublicIpAddress").is(true))),
        "The machine gets a public address",
      ),
      must(
        any(
          p.get("vpcSecurityGroupIds").filled,
          all(
            p.get("networkInterfaces").filled,
            p.get("networkInterfaces").every((one) => one.get("securityGroups").filled),
          ),
        ),
        "The machine is in the default security group",
      ),
    ]),
    on(t.awsInstance, (p) => [
      must(p.get("keyName").absent, "The machine has an SSH key"),
      must(not(p.get("associatePublicIpAddress").is(true)), "The machine gets a public address"),
      must(p.get("vpcSecurityGroupIds").filled, "The machine is in the default security group"),
    ]),
  ),
  resourceRule(
    {
      id: "ec2-health-by-balancer",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects:
        "A node whose GitLab or Gitaly has stopped answering is replaced, and not one that is switched off alone",
      source: `Security Hub AutoScaling.1: ${securityHub}/autoscaling-controls.html#autoscaling-1`,
      fix: "Set healthCheckType: ELB for every group with target groups",
    },
    on(t.awsAutoScalingGroup, (p) => [
      must(
        any(
          not(any(p.get("targetGroupArns").filled, p.get("loadBalancers").filled)),
          p.get("healthCheckType").is("ELB"),
        ),
        "The group does not hear from the balancer which of its machines answer",
      ),
    ]),
  ),
];
