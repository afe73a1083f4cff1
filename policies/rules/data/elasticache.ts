/** ElastiCache. */
import { not } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";
import { ownKey } from "./own-key";

export const elasticache: readonly Rule[] = [
  resourceRule(
    {
      id: "elasticache-encrypted",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Sessions and queues in Redis are encrypted at rest and on the wire",
      source: `Security Hub ElastiCache.4 and ElastiCache.5: ${securityHub}/elasticache-controls.html#elasticache-4`,
      fix: "Set atRestEncryptionEnabled, kmsKeyId, transitEncryptionEnabled and transitEncryptionMode: required",
    },
    on(t.awsCache, (p) => [
      must(p.get("atRestEncryptionEnabled").is(true), "The cache is not encrypted at rest"),
      must(ownKey(p.get("kmsKeyId")), "The cache has no key of its own"),
      must(p.get("transitEncryptionEnabled").is(true), "The cache speaks without TLS"),
      must(
        p.get("transitEncryptionMode").or("required").is("required"),
        "The cache also takes connections without TLS",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "elasticache-auth",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Who reaches Redis by the network still needs its token",
      source: `Security Hub ElastiCache.6: ${securityHub}/elasticache-controls.html#elasticache-6`,
      fix: "Set authToken from a secret",
    },
    on(t.awsCache, (p) => [
      must(p.get("authToken").given, "The cache asks for no token"),
      must(
        not(p.get("authTokenUpdateStrategy").is("DELETE")),
        "The next change takes the token away",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "elasticache-failover",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "The loss of a zone does not take Redis down",
      source: `Security Hub ElastiCache.3: ${securityHub}/elasticache-controls.html#elasticache-3; https://docs.gitlab.com/install/aws/`,
      fix: "Set automaticFailoverEnabled and multiAzEnabled, with two nodes or more",
    },
    on(t.awsCache, (p) => [
      must(p.get("automaticFailoverEnabled").is(true), "The cache does not fail over by itself"),
      must(p.get("multiAzEnabled").is(true), "The cache is not spread over zones"),
      must(p.get("numCacheClusters").atLeast(2), "The cache has no replica"),
    ]),
  ),
  resourceRule(
    {
      id: "elasticache-snapshots",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "Queues of jobs can be restored after a loss of Redis, and a deleted group leaves a snapshot",
      source: `Security Hub ElastiCache.1: ${securityHub}/elasticache-controls.html#elasticache-1`,
      fix: "Set snapshotRetentionLimit to 1 day or more, and finalSnapshotIdentifier",
    },
    on(t.awsCache, (p) => [
      must(p.get("snapshotRetentionLimit").atLeast(1), "No snapshots of the cache are kept"),
      must(p.get("finalSnapshotIdentifier").given, "The cache leaves no final snapshot"),
    ]),
  ),
];
