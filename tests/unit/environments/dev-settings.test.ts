import { SettingsError, type SettingsValue } from "../../../engine/environment";
import { packageMadeUp, packageSecrets } from "../../../environments/shared/package-settings";
import { parseDevSettings } from "../../../environments/dev/settings";
import { devConfig } from "../../support/dev-settings";

type Changes = Readonly<Record<string, SettingsValue | undefined>>;

function refusal(changes: Changes): SettingsError {
  try {
    parseDevSettings(devConfig(changes));
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(changes)}`);
}

const application = (name: string, ...redirectUris: string[]): SettingsValue => ({
  name,
  redirectUris: redirectUris.length === 0 ? ["https://a.example.com/callback"] : redirectUris,
});

/** What is wrong, the change that makes it so, the key that must be named, and what must be said of what is allowed. */
const wrong: readonly (readonly [string, Changes, string, RegExp])[] = [
  ["an unknown key", { subscripton: "x" }, "subscripton", /one of owner, domain/],
  ["an unknown key inside", { "azure.regoin": "eastus2" }, "azure.regoin", /one of subscriptionId/],
  ["a wrong type", { protection: "sometimes" }, "protection", /boolean/],
  ["a missing setting", { domain: undefined }, "domain", /string/],
  [
    "a missing secret",
    { initialRootPassword: undefined },
    "initialRootPassword",
    /pulumi config set --secret gitlab:initialRootPassword -s dev/,
  ],
  ["a short secret", { initialRootPassword: "short" }, "initialRootPassword", /16 to 128/],
  [
    "a mail server without its password",
    { smtp: { host: "smtp.example.com", username: "u", from: "gitlab@example.com" } },
    "smtpPassword",
    /config set --secret/,
  ],
  [
    "mail on port 25",
    {
      smtp: { host: "smtp.example.com", port: 25, username: "u", from: "gitlab@example.com" },
      smtpPassword: "x",
    },
    "smtp.port",
    /587/,
  ],
  ["a given certificate without its key", { "tls.certificate": "given" }, "tlsKey", /PEM/],
  [
    "a certificate that is no PEM",
    { "tls.certificate": "given", tlsCertificate: "x", tlsKey: "x" },
    "tlsCertificate",
    /PEM/,
  ],
  ["Let's Encrypt without a contact", { "tls.contact": undefined }, "tls.contact", /address/],
  [
    "a GUID that is none",
    { "azure.subscriptionId": "my-subscription" },
    "azure.subscriptionId",
    /GUID/,
  ],
  [
    "a GUID in capitals",
    { "azure.tenantId": "0F9E8D7C-1111-4222-8333-444455556666" },
    "azure.tenantId",
    /lower case/,
  ],
  [
    "the tenant's id as the subscription's",
    { "azure.subscriptionId": "0f9e8d7c-1111-4222-8333-444455556666" },
    "azure.subscriptionId",
    /not the tenant/,
  ],
  ["a region without zones", { "azure.location": "westus" }, "azure.location", /eastus2/],
  ["a zone that is none", { "azure.zone": "4" }, "azure.zone", /"1" or "2" or "3"/],
  ["a bad CIDR", { "network.cidr": "10.30.0.0/33" }, "network.cidr", /IPv4 network/],
  [
    "a CIDR with host bits",
    { "network.machineCidr": "10.30.0.1/24" },
    "network.machineCidr",
    /host bits/,
  ],
  ["a public network", { "network.cidr": "52.0.0.0/16" }, "network.cidr", /private/],
  ["a network on Docker's bridge", { "network.cidr": "172.17.0.0/16" }, "network.cidr", /Docker/],
  [
    "subnets that overlap",
    { "network.runnersCidr": "10.30.0.0/22" },
    "network.runnersCidr",
    /does not overlap network.machineCidr 10.30.0.0\/24/,
  ],
  [
    "a subnet outside of the network",
    { "network.machineCidr": "10.31.0.0/24" },
    "network.machineCidr",
    /within network.cidr 10.30.0.0\/20/,
  ],
  [
    "a subnet too small for Azure",
    { "network.machineCidr": "10.30.0.0/30" },
    "network.machineCidr",
    /\/29/,
  ],
  [
    "a Bastion subnet too small",
    { "network.bastionCidr": "10.30.1.0/27" },
    "network.bastionCidr",
    /\/26/,
  ],
  [
    "an overlapping peer",
    { "network.peers": ["10.30.8.0/24"] },
    "network.peers[0]",
    /overlap network.cidr/,
  ],
  ["a burstable machine", { "machine.size": "Standard_B8ms" }, "machine.size", /not burstable/],
  ["an Arm machine", { "machine.size": "Standard_D8ps_v5" }, "machine.size", /x86-64/],
  [
    "a machine without Premium SSD",
    { "machine.size": "Standard_D8_v5" },
    "machine.size",
    /Premium SSD/,
  ],
  [
    "a machine with NVMe disks alone",
    { "machine.size": "Standard_D8s_v6" },
    "machine.size",
    /v3 to v5/,
  ],
  ["a size that is none", { "machine.size": "large" }, "machine.size", /Standard_D8s_v5/],
  [
    "an image that moves",
    { "machine.imageVersion": "latest" },
    "machine.imageVersion",
    /never latest/,
  ],
  [
    "an image of another Ubuntu",
    { "machine.imageVersion": "22.04.202505280" },
    "machine.imageVersion",
    /24.04/,
  ],
  [
    "a name that Azure refuses",
    { "machine.adminUsername": "admin" },
    "machine.adminUsername",
    /operator/,
  ],
  [
    "a password for a key",
    { "machine.adminSshKey": "hunter2" },
    "machine.adminSshKey",
    /public key/,
  ],
  [
    "a private key",
    { "machine.adminSshKey": "-----BEGIN OPENSSH PRIVATE KEY-----" },
    "machine.adminSshKey",
    /public key/,
  ],
  ["a disk too small", { "disks.repositoriesGiB": 16 }, "disks.repositoriesGiB", /at least 32/],
  [
    "no room for a backup",
    { "disks.repositoriesGiB": 2048, "disks.stateGiB": 512 },
    "disks.stateGiB",
    /half of disks.repositoriesGiB 2048/,
  ],
  ["a disk that is no SSD", { "disks.kind": "Standard_LRS" }, "disks.kind", /Premium_LRS/],
  ["an upgrade every minute", { "upgrade.cron": "* * * * *" }, "upgrade.cron", /once a day/],
  ["an upgrade on Sundays", { "upgrade.cron": "30 3 * * 0" }, "upgrade.cron", /once a day/],
  ["a 25th hour", { "upgrade.cron": "30 25 * * *" }, "upgrade.cron", /once a day/],
  ["an unknown time zone", { "upgrade.timezone": "Mars/Olympus" }, "upgrade.timezone", /IANA/],
  [
    "backups that are kept for no time",
    { "backup.retentionDays": 0 },
    "backup.retentionDays",
    /at least 7/,
  ],
  ["an alarm before the next backup", { "backup.maxAgeHours": 20 }, "backup.maxAgeHours", /25/],
  ["no snapshots", { "backup.snapshotDays": 0 }, "backup.snapshotDays", /at least 1/],
  [
    "a backup role of another account",
    { "backup.roleArn": "arn:aws:iam::999999999999:role/x" },
    "backup.roleArn",
    /444455556666/,
  ],
  [
    "an account id that YAML made a number",
    { "backup.accountId": 444455556666 },
    "backup.accountId",
    /string/,
  ],
  ["a Google project that is none", { "gcp.project": "My Project" }, "gcp.project", /project id/],
  [
    "a bucket location in small letters",
    { "gcp.location": "us-east4" },
    "gcp.location",
    /capitals/,
  ],
  ["runbooks without TLS", { runbooks: "http://gitlab.example.com/runbooks" }, "runbooks", /https/],
  [
    "credentials in an address",
    { runbooks: "https://me:secret@gitlab.example.com/runbooks" },
    "runbooks",
    /without credentials/,
  ],
  [
    "an OAuth redirect without TLS",
    { oauthApplications: [application("sentry", "http://sentry.example.com/auth/sso/")] },
    "oauthApplications[0].redirectUris[0]",
    /https/,
  ],
  [
    "two OAuth applications of one name",
    { oauthApplications: [application("sentry"), application("sentry")] },
    "oauthApplications[1].name",
    /differ/,
  ],
  [
    "an OAuth application that may do everything",
    { oauthApplications: [{ ...(application("sentry") as object), scopes: ["api"] }] },
    "oauthApplications[0].scopes[0]",
    /read_user/,
  ],
  [
    "two fleets of one name",
    { runners: [{ name: "builds" }, { name: "builds" }] },
    "runners[1].name",
    /differ/,
  ],
  [
    "burstable workers",
    { runners: [{ name: "builds", workerTypes: ["Standard_B4ms"] }] },
    "runners[0].workerTypes[0]",
    /not burstable/,
  ],
  ["a host outside of the zone", { domain: "dev.example.org" }, "domain", /gitlab.example.com/],
  [
    "one name for web and registry",
    { registryDomain: "dev.gitlab.example.com" },
    "registryDomain",
    /its own/,
  ],
  ["a port that Git has", { hostSshPort: 22 }, "hostSshPort", /at least 1024/],
  ["a port that GitLab has", { hostSshPort: 2222 }, "hostSshPort", /leaves free/],
  [
    "an allow-list of monitoring that takes in everybody",
    { monitoringCidrs: ["10.0.0.0/8", "0.0.0.0/1"] },
    "monitoringCidrs[1]",
    /\/8 or smaller/,
  ],
  ["a vault's name that Azure refuses", { "vault.name": "dev--vault" }, "vault.name", /single -/],
  ["nobody to tell", { "alerts.emails": [] }, "alerts.emails", /at least 1/],
  ["a pull mirror on CE", { mirrors: [] }, "mirrors", /one of owner/],
];

describe("settings of the dev environment", () => {
  test("the committed stack file is accepted", () => {
    const settings = parseDevSettings(devConfig());
    expect(settings.machine.imageVersion).toBe("24.04.202505280");
    expect(settings.oauthApplications.map(({ name }) => name)).toEqual(["sentry", "version"]);
  });

  test.each(wrong)("%s is refused with key, found and allowed", (_, changes, key, allowed) => {
    const problem = refusal(changes).problems.find((one) => one.key === key);
    expect(problem).toBeDefined();
    expect(problem?.found).not.toBe("");
    expect(problem?.allowed).toMatch(allowed);
  });

  test("problems of all kinds come together in one message, each key once", () => {
    const error = refusal({
      nonsense: 1,
      "network.bastionCidr": "10.30.1.0/28",
      "machine.size": "Standard_B2s",
      "backup.roleArn": "arn:aws:iam::999999999999:role/x",
      "upgrade.cron": "* * * * *",
      initialRootPassword: undefined,
    });
    const keys = error.problems.map(({ key }) => key);
    expect(keys).toEqual(
      expect.arrayContaining([
        "nonsense",
        "network.bastionCidr",
        "machine.size",
        "backup.roleArn",
        "upgrade.cron",
        "initialRootPassword",
      ]),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("a wrong secret is never quoted", () => {
    expect(refusal({ initialRootPassword: "short secret" }).message).not.toContain("short secret");
  });

  test("every secret can be made up in the form that its key asks for", () => {
    const marker = "0123456789abcdefABCDEF0123456789";
    for (const { key, pattern } of packageSecrets) {
      const value = packageMadeUp(key, marker);
      expect(value).toContain(marker);
      expect([key, pattern.test(value)]).toEqual([key, true]);
    }
  });
});
