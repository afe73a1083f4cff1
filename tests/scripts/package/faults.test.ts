import type { PackageMachineFacts } from "../../../components/gitlab-instance/package";
import { devFacts, opsFacts } from "../support/package-facts";
import { PackageHost } from "../support/package-machine";
import type { Fault } from "../support/world";
import { sampleOf } from "../../support/sample";

const always = { times: Infinity } as const;

/**
 * What may fail on the way up, in the order of that way: each run of apply must end loudly at its fault, and the next
 * one must come past it, to the fault after. The last one ends well.
 */
const onTheWay: readonly (readonly [
  name: string,
  facts: () => PackageMachineFacts,
  faults: readonly (readonly [what: string, fault: Fault])[],
])[] = [
  [
    "dev",
    devFacts,
    [
      ["the host's packages", { command: "apt-get", args: /install nftables/, ...always }],
      ["sshd's configuration", { command: "sshd", ...always }],
      ["sshd's new port", { command: "systemctl", args: /restart ssh\.socket/, ...always }],
      ["the redirect", { command: "nft", ...always }],
      ["updates of the system", { command: "systemctl", args: /unattended-upgrades/, ...always }],
      ["a file system", { command: "mkfs.ext4", ...always }],
      ["the timers", { command: "systemctl", args: /gitlab-pulse\.timer/, ...always }],
      [
        "the machine's identity",
        { command: "curl", args: /identity\/oauth2\/token.*vault/, ...always, code: 28 },
      ],
      ["a secret", { command: "curl", args: /secrets\/smtp-password/, ...always, code: 28 }],
      ["a secret's owner", { command: "chown", ...always }],
      ["GitLab's key", { command: "curl", args: /gpg\.key/, ...always, code: 6 }],
      ["the key's fingerprint", { command: "gpg", ...always }],
      [
        "the list of packages",
        { command: "apt-get", args: /update.*gitlab\.sources/, ...always, code: 100 },
      ],
      ["the versions", { command: "apt-cache", args: /madison/, ...always, code: 100 }],
      ["the package's download", { command: "apt-get", args: /download/, ...always, code: 100 }],
      ["what the package says it is", { command: "dpkg-deb", ...always }],
      ["the installation", { command: "apt-get", args: /install .*\.deb/, ...always, code: 100 }],
      ["the hold", { command: "apt-mark", args: /^hold/, ...always }],
      ["reconfigure", { command: "gitlab-ctl", args: /reconfigure/, ...always }],
      ["readiness", { command: "curl", args: /readiness/, ...always, code: 22 }],
      ["cron", { command: "systemctl", args: /enable --now cron/, ...always }],
      ["the recovery copy", { command: "curl", args: /PUT.*gitlab-recovery/, ...always, code: 22 }],
    ],
  ],
  [
    "ops",
    opsFacts,
    [
      [
        "the token",
        { command: "curl", args: /service-accounts\/default\/token/, ...always, code: 28 },
      ],
      ["the database's answer", { command: "psql", args: /pg_tables/, ...always, code: 2 }],
      ["the given certificate", { command: "openssl", args: /^x509 -noout -in/, ...always }],
      ["the database", { command: "psql", args: /SELECT 1/, ...always, code: 2 }],
      ["an extension", { command: "psql", args: /btree_gist/, ...always, code: 3 }],
      ["the statement timeout", { command: "psql", args: /statement_timeout/, ...always, code: 3 }],
      ["Redis", { command: "openssl", args: /s_client/, ...always }],
      [
        "the recovery copy",
        { command: "curl", args: /gitlab-recovery:addVersion/, ...always, code: 22 },
      ],
    ],
  ],
];

test.each(onTheWay)(
  "on the way up of %s every failure ends loudly and unserved, and the next run comes past it",
  async (_name, facts, faults) => {
    const host = await PackageHost.create(facts());
    try {
      for (const [what, fault] of sampleOf(faults)) {
        host.world.metrics.length = 0;
        const injected = host.world.fault(fault);
        const { code, log } = await host.apply();
        const seen = {
          what,
          failed: code !== 0,
          hit: injected.hits() > 0,
          said: /ALARM boot_failure|_failure/.test(log),
        };
        if (!seen.failed || !seen.hit || !seen.said)
          throw new Error(`${JSON.stringify(seen)}\n${log.slice(-3000)}`);
        // Without an identity there is nobody to tell: the log alone has it.
        if (!/token/.test(String(fault.args)))
          expect([what, host.world.alarms().some((name) => name.endsWith("_failure"))]).toEqual([
            what,
            true,
          ]);
        injected.end();
      }
      const { code, log } = await host.apply();
      if (code !== 0) throw new Error(log.slice(-3000));
      expect(host.happened("mkfs")).toBe(2);
      expect(host.violations).toEqual([]);
      expect(host.leaks()).toEqual([]);
    } finally {
      await host.world.close();
    }
  },
  300_000,
);
