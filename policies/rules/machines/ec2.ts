/** Machines of EC2. */
import { all, any, not } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";

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
      const metadata = p.get("metadataOptions");
      const worker = resource.urn.includes("gitlab:runnerFleet:AwsRunnerWorkers$");
      return [
        must(
          any(
            metadata.get("httpTokens").is("required"),
            metadata.get("httpEndpoint").is("disabled"),
          ),
          "The machine answers for its credentials without a token",
        ),
        must(
          metadata.get("httpPutResponseHopLimit").atMost(worker ? 1 : 2),
          "Answers of the metadata service travel further than they must",
        ),
        must(
          not(metadata.get("instanceMetadataTags").is("enabled")),
          "Tags can be read by whatever runs on the machine",
        ),
      ];
    }),
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
            all(one.get("ebs").at("encrypted").is(true), one.get("ebs").get("kmsKeyId").given),
          ),
        "A disk of the machine is not encrypted with a key of the environment",
      ),
    ]),
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
        any(p.get("vpcSecurityGroupIds").given, p.get("networkInterfaces").given),
        "The machine is in the default security group",
      ),
    ]),
  ),
];
