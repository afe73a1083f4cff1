/** Services of Azure that hold data and that no stack has yet: accounts of storage, databases, caches, keys. */
import { any, not, type Truth, type Value } from "../../reader";
import { dependsOn } from "../../relations";
import { must, on, resourceRule, type Rule, stackRule } from "../../rule";
import * as t from "../../types";
import { isAnywhere } from "../network/azure-openings";
import { says } from "../words";

const learn = "https://learn.microsoft.com/en-us/azure";

/** Whether an account or a vault is shut to the internet, by itself or by its list of networks. */
function isShut(publicAccess: Value, networks: Value): Truth {
  return any(
    says(publicAccess, "Disabled", "SecuredByPerimeter"),
    says(networks.at("defaultAction"), "Deny"),
  );
}

/** Addresses from which on a range is everybody's: nobody's own network is larger than a /8. */
const widest = 2 ** 24;

function addressOf(text: unknown): number {
  const parts = String(text).split(".").map(Number);
  return parts.length === 4 ? parts.reduce((sum, part) => sum * 256 + part, 0) : NaN;
}

/** Whether a range of addresses is the internet, or all customers of Azure: 0.0.0.0 to itself means them. */
function isWide(from: Value, to: Value): Truth {
  return (
    to.unknown ??
    from.test((first) => {
      const [low, high] = [addressOf(first), addressOf(to.known)];
      return high === 0 || high - low >= widest;
    })
  );
}

export const azureServices: readonly Rule[] = [
  resourceRule(
    {
      id: "azure-storage-closed",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "Nobody reads an account of storage without an identity, from anywhere, or in clear",
      source: `CIS Microsoft Azure Foundations, "Storage Accounts" (secure transfer, public access, shared key, minimum TLS); ${learn}/storage/blobs/anonymous-read-access-prevent; ${learn}/storage/common/shared-key-authorization-prevent; ${learn}/storage/common/transport-layer-security-configure-minimum-version`,
      fix: "Set publicNetworkAccess: Disabled or networkRuleSet.defaultAction: Deny, minimumTlsVersion: TLS1_2, allowSharedKeyAccess: false, and leave allowBlobPublicAccess out",
    },
    on(t.azureStorageAccount, (p) => [
      // Left out, it is false by the API that the SDK speaks, and was true by older ones.
      must(
        not(p.get("allowBlobPublicAccess").or(false).is(true)),
        "Containers of the account can be opened to everybody",
      ),
      must(
        isShut(p.get("publicNetworkAccess") as Value, p.get("networkRuleSet") as Value),
        "The account answers to every network",
      ),
      must(
        p
          .get("networkRuleSet")
          .get("ipRules")
          .every((rule) => not(isAnywhere(rule.at("iPAddressOrRange")))),
        "The account answers to the whole internet",
      ),
      must(
        p.get("enableHttpsTrafficOnly").or(true).is(true),
        "The account takes requests in clear",
      ),
      // Older than 1.2 where it is left out.
      must(
        says(p.get("minimumTlsVersion"), "TLS1_2", "TLS1_3"),
        "The account takes TLS older than 1.2",
      ),
      must(
        p.get("allowSharedKeyAccess").is(false),
        "Whoever has the account's key has everything, and is nobody in its logs",
      ),
      must(not(p.get("isLocalUserEnabled").is(true)), "People of the account's own get in by SFTP"),
    ]),
    on(t.azureBlobContainer, (p) =>
      must(
        any(p.get("publicAccess").absent, says(p.get("publicAccess"), "None")),
        "The container is open to everybody",
      ),
    ),
  ),
  resourceRule(
    {
      id: "azure-postgres-closed",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "The database has no address that the internet can reach, and nobody talks to it in clear",
      source: `CIS Microsoft Azure Foundations, "require_secure_transport"; ${learn}/postgresql/flexible-server/concepts-networking-private; ${learn}/postgresql/flexible-server/concepts-networking-ssl-tls`,
      fix: "Set network.publicNetworkAccess: Disabled or a delegated subnet, leave require_secure_transport on, and add no firewall rule for everybody",
    },
    on(t.azurePostgresServer, (p) =>
      must(
        any(
          says(p.get("network").get("publicNetworkAccess"), "Disabled"),
          p.get("network").get("delegatedSubnetResourceId").given,
        ),
        "The database has a public address",
      ),
    ),
    on(t.azurePostgresFirewallRule, (p) =>
      must(
        not(isWide(p.get("startIpAddress") as Value, p.get("endIpAddress") as Value)),
        "The database answers to the whole internet, or to all customers of Azure",
      ),
    ),
    on(t.azurePostgresConfiguration, (p, { name }) => [
      must(
        any(
          not(says(p.get("configurationName").or(name), "require_secure_transport")),
          says(p.get("value"), "on"),
        ),
        "The database takes connections without TLS",
      ),
      must(
        any(
          not(says(p.get("configurationName").or(name), "ssl_min_protocol_version")),
          p.get("value").matches(/^TLSv1\.[23]$/i),
        ),
        "The database takes TLS older than 1.2",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "azure-postgres-survives",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "The loss of a zone does not take the database down, its last week can be restored, and its storage grows",
      source: `${learn}/postgresql/flexible-server/concepts-high-availability; ${learn}/postgresql/flexible-server/concepts-backup-restore`,
      fix: "Set highAvailability.mode: ZoneRedundant, backup.backupRetentionDays of 7 or more, and storage.autoGrow: Enabled",
    },
    on(t.azurePostgresServer, (p) => {
      const replica = says(p.get("createMode"), "Replica");
      return [
        must(
          any(replica, says(p.get("highAvailability").get("mode"), "ZoneRedundant")),
          "The database has no standby in another zone",
        ),
        must(
          p.get("backup").get("backupRetentionDays").or(7).atLeast(7),
          "Backups of the database are kept for less than 7 days",
        ),
        must(
          says(p.get("storage").get("autoGrow"), "Enabled"),
          "The storage of the database cannot grow",
        ),
      ];
    }),
  ),
  resourceRule(
    {
      id: "azure-redis-closed",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Redis is reached from its network alone, over TLS, with its key",
      source: `${learn}/azure-cache-for-redis/cache-private-link; ${learn}/redis/secure-azure-managed-redis; https://learn.microsoft.com/en-us/azure/azure-cache-for-redis/cache-remove-tls-10-11`,
      fix: "Set publicNetworkAccess: Disabled or a subnet, enableNonSslPort: false, clientProtocol: Encrypted, minimumTlsVersion: 1.2",
    },
    on(t.azureRedis, (p) => [
      must(
        any(says(p.get("publicNetworkAccess"), "Disabled"), p.get("subnetId").given),
        "Redis has a public address",
      ),
      must(not(p.get("enableNonSslPort").or(false).is(true)), "Redis speaks without TLS too"),
      must(p.get("minimumTlsVersion").isOneOf("1.2", "1.3"), "Redis takes TLS older than 1.2"),
      must(
        not(says(p.get("redisConfiguration").get("authnotrequired"), "true")),
        "Redis asks for no key",
      ),
    ]),
    on(t.azureRedisFirewallRule, (p) =>
      must(
        not(isWide(p.get("startIP") as Value, p.get("endIP") as Value)),
        "Redis answers to the whole internet",
      ),
    ),
    on(t.azureManagedRedis, (p) => [
      must(says(p.get("publicNetworkAccess"), "Disabled"), "Redis has a public address"),
      must(
        p.get("minimumTlsVersion").or("1.2").isOneOf("1.2", "1.3"),
        "Redis takes TLS older than 1.2",
      ),
      must(
        not(says(p.get("highAvailability"), "Disabled")),
        "Redis has no replica: the loss of a machine is the loss of its queues",
      ),
    ]),
    on(t.azureManagedRedisDatabase, (p) =>
      must(not(says(p.get("clientProtocol"), "Plaintext")), "Redis speaks without TLS"),
    ),
  ),
  resourceRule(
    {
      id: "azure-keys-strong",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "A key that other data hangs on is of a strength that holds, and stays in its vault",
      source: `${learn}/key-vault/keys/about-keys-details; ${learn}/key-vault/keys/policy-grammar`,
      fix: "Take RSA of 2048 bits or more, or an elliptic curve, and leave attributes.exportable out",
    },
    on(t.azureKey, (p) => {
      const properties = p.get("properties");
      return [
        must(
          any(
            properties.get("kty").matches(/^EC/i),
            properties.get("keySize").or(2048).atLeast(2048),
          ),
          "The key is too short",
        ),
        must(
          not(properties.get("attributes").get("exportable").or(false).is(true)),
          "The key can be carried out of its vault",
        ),
        must(
          not(properties.get("attributes").get("enabled").or(true).is(false)),
          "The key is disabled: what it encrypts cannot be read",
        ),
      ];
    }),
  ),
  stackRule(
    {
      id: "azure-data-locked",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "What holds data cannot be deleted in Azure's portal by a wrong click",
      source: `${learn}/azure-resource-manager/management/lock-resources`,
      fix: "Give what is protected a ManagementLockByScope of level CanNotDelete",
    },
    [t.azureStorageAccount, t.azurePostgresServer],
    (stack) =>
      [...stack.of(t.azureStorageAccount), ...stack.of(t.azurePostgresServer)]
        .filter(({ protect }) => protect)
        .map((held) =>
          must(
            stack.of(t.azureManagementLockByScope).some((lock) => dependsOn(lock, held)),
            "The resource is protected, and has no lock in its cloud",
            held.urn,
          ),
        ),
  ),
];
