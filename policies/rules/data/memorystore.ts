/** Memorystore for Redis. */
import { isDefaultNetwork } from "../../addresses";
import { any } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";

const redis = "https://cloud.google.com/memorystore/docs/redis";

export const memorystore: readonly Rule[] = [
  resourceRule(
    {
      id: "memorystore-private-tls-auth",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Redis is reached from its network alone, over TLS, with its string",
      source: `${redis}/about-in-transit-encryption; ${redis}/about-redis-auth (Checkov CKV_GCP_95)`,
      fix: "Set authEnabled, transitEncryptionMode: SERVER_AUTHENTICATION and authorizedNetwork",
    },
    on(t.gcpRedis, (p) => [
      must(p.get("authEnabled").is(true), "Redis asks for no string"),
      must(p.get("transitEncryptionMode").is("SERVER_AUTHENTICATION"), "Redis speaks without TLS"),
      must(
        p.get("authorizedNetwork").given && !isDefaultNetwork(p.get("authorizedNetwork")),
        "Redis is in the default network",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "memorystore-failover",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "The loss of a zone does not take Redis down, and its queues are kept on disk",
      source: `${redis}/high-availability-for-memorystore-for-redis; ${redis}/about-rdb-snapshots`,
      fix: "Set tier: STANDARD_HA and persistenceConfig.persistenceMode: RDB",
    },
    on(t.gcpRedis, (p, { protect }) => [
      must(p.get("tier").is("STANDARD_HA"), "Redis has no replica in another zone"),
      must(
        any(!protect, p.get("deletionProtection").is(true)),
        "Redis has no deletion protection in its cloud",
      ),
    ]),
  ),
];
