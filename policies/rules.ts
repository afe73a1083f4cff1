/** Every rule there is. */
import type { Rule, StackRule } from "./rule";
import { accessAws } from "./rules/access/aws";
import { awsStrangers } from "./rules/access/aws-strangers";
import { accessAzure } from "./rules/access/azure";
import { accessGcp } from "./rules/access/gcp";
import { awsBackups } from "./rules/backups/aws-backup";
import { gitlabBackups } from "./rules/backups/gitlab";
import { protection } from "./rules/backups/protection";
import { awsKeys } from "./rules/data/aws-keys";
import { dataAzure } from "./rules/data/azure";
import { azureServices } from "./rules/data/azure-services";
import { cloudsql } from "./rules/data/cloudsql";
import { ebs } from "./rules/data/ebs";
import { efsAndDynamodb } from "./rules/data/efs-dynamodb";
import { elasticache } from "./rules/data/elasticache";
import { gcpDisksAndSecrets } from "./rules/data/gcp-disks-secrets";
import { gcs } from "./rules/data/gcs";
import { memorystore } from "./rules/data/memorystore";
import { rds } from "./rules/data/rds";
import { s3Access } from "./rules/data/s3-access";
import { s3Keeping } from "./rules/data/s3-keeping";
import { caches } from "./rules/gitlab/caches";
import { gitaly } from "./rules/gitlab/gitaly";
import { gitalyPods } from "./rules/gitlab/pods";
import { runners } from "./rules/gitlab/runners";
import { stores } from "./rules/gitlab/stores";
import { web } from "./rules/gitlab/web";
import { cluster } from "./rules/kubernetes/cluster";
import { clusterEdge } from "./rules/kubernetes/edge";
import { namespaces } from "./rules/kubernetes/namespaces";
import { networkPolicies } from "./rules/kubernetes/network-policies";
import { nodes } from "./rules/kubernetes/nodes";
import { podBounds } from "./rules/kubernetes/pod-bounds";
import { pods } from "./rules/kubernetes/pods";
import { rbac } from "./rules/kubernetes/rbac";
import { workloads } from "./rules/kubernetes/workloads";
import { azureMachines } from "./rules/machines/azure";
import { boot } from "./rules/machines/boot";
import { ec2 } from "./rules/machines/ec2";
import { gce } from "./rules/machines/gce";
import { awsNetwork } from "./rules/network/aws";
import { boundaries } from "./rules/network/boundaries";
import { edge } from "./rules/network/edge";
import { googleBalancers } from "./rules/network/google-balancers";
import { openings } from "./rules/network/openings";
import { alarms } from "./rules/operations/alarms";
import { labels } from "./rules/operations/labels";
import { sizes } from "./rules/operations/sizes";
import { types } from "./rules/operations/types";

/** The rule about exemptions themselves; its findings come from all that the others came to. */
export const exemptionsRule: StackRule = {
  id: "exemptions-hold",
  kind: "stack",
  severity: "high",
  level: "mandatory",
  theme: "operations",
  protects: "Every exemption has a reason, an owner and a last day, and still exempts something",
  source:
    "https://www.pulumi.com/docs/insights/policy/ (policy exceptions: reason, policies, targets)",
  fix: "Mend or take out the entry in policies/exemptions.yaml",
  types: ["pulumi:pulumi:Stack"],
  check: () => [],
};

/** All others, in the order in which reports have them. */
export const rules: readonly Rule[] = [
  ...rds,
  ...elasticache,
  ...efsAndDynamodb,
  ...ebs,
  ...awsKeys,
  ...s3Access,
  ...s3Keeping,
  ...dataAzure,
  ...azureServices,
  ...cloudsql,
  ...memorystore,
  ...gcs,
  ...gcpDisksAndSecrets,
  ...protection,
  ...awsBackups,
  ...gitlabBackups,
  ...ec2,
  ...boot,
  ...azureMachines,
  ...gce,
  ...openings,
  ...boundaries,
  ...edge,
  ...googleBalancers,
  ...awsNetwork,
  ...cluster,
  ...nodes,
  ...pods,
  ...podBounds,
  ...workloads,
  ...namespaces,
  ...networkPolicies,
  ...rbac,
  ...clusterEdge,
  ...gitaly,
  ...gitalyPods,
  ...stores,
  ...caches,
  ...web,
  ...runners,
  ...alarms,
  ...labels,
  ...sizes,
  ...types,
  ...accessAws,
  ...awsStrangers,
  ...accessGcp,
  ...accessAzure,
];
