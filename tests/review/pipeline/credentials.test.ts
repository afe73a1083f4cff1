/** .ci/credentials.sh: the clouds' short-lived credentials from a job's ID tokens. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { checkout } from "../../../engine/isolation";
import { requireTool, testWith } from "../../support/tools";

const script = path.join(checkout, ".ci", "credentials.sh");

describe("credentials of a job", () => {
  let temporary: string;

  beforeEach(() => {
    temporary = mkdtempSync(path.join(tmpdir(), "credentials-"));
  });

  afterEach(() => {
    rmSync(temporary, { recursive: true, force: true });
  });

  interface Sourced {
    /** The environment of the job's further commands. */
    readonly env: Readonly<Record<string, string>>;
    /** What the job's log gets. */
    readonly log: string;
    /** The file of a path in the environment as it stood while the job ran. */
    readonly file: (path?: string) => string;
  }

  /** A job that has sourced the script, as a runner's shell does it. */
  function sourced(given: Readonly<Record<string, string>>, before = ""): Sourced {
    const { status, stdout, stderr } = spawnSync(
      requireTool("bash"),
      [
        "--norc",
        "-c",
        `set -euo pipefail; ${before} source "$0"; cp -pr "$credentials" "$TMPDIR/kept"; printf "umask=%s\\0" "$(umask)"; env -0`,
        script,
      ],
      { encoding: "utf8", env: { PATH: process.env.PATH, TMPDIR: temporary, ...given } },
    );
    expect([status, stderr]).toEqual([0, stderr]);
    const lines = stdout.split("\0").filter((line) => line.includes("="));
    const env = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    const file = (from = ""): string => {
      expect(existsSync(from)).toBe(false);
      return path.join(temporary, "kept", path.basename(from));
    };
    return { env, log: stderr, file };
  }

  const provider = "projects/1/locations/global/workloadIdentityPools/p/providers/gitlab";
  const clouds = {
    AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/preview",
    ARM_CLIENT_ID: "b5f0c5a4-0000-4000-8000-000000000000",
    ARM_TENANT_ID: "b5f0c5a4-0000-4000-8000-000000000001",
    ARM_SUBSCRIPTION_ID: "b5f0c5a4-0000-4000-8000-000000000002",
    GCP_WORKLOAD_IDENTITY_PROVIDER: provider,
  };
  const tokens = { AWS_ID_TOKEN: "aws-jwt", AZURE_ID_TOKEN: "azure-jwt", GCP_ID_TOKEN: "gcp-jwt" };

  testWith("bash", "a job has no right that its environment does not give it", () => {
    const { env, log } = sourced(tokens);
    expect(log).toBe("");
    for (const name of [
      "AWS_WEB_IDENTITY_TOKEN_FILE",
      "ARM_OIDC_TOKEN",
      "GOOGLE_APPLICATION_CREDENTIALS",
    ]) {
      expect(env).not.toHaveProperty(name);
    }
  });

  testWith(
    "bash",
    "tokens stand where the clouds' libraries read them, for the job's user alone",
    () => {
      const { env, log, file } = sourced({
        ...tokens,
        ...clouds,
        CI_PROJECT_ID: "7",
        CI_JOB_ID: "42",
        GCP_SERVICE_ACCOUNT: "preview@example.iam.gserviceaccount.com",
      });
      expect(log.split("\n").filter((line) => line !== "")).toEqual([
        "Credentials for AWS: from the job's ID token, by AWS_ROLE_ARN.",
        "Credentials for Azure: from the job's ID token, by ARM_CLIENT_ID.",
        "Credentials for Google Cloud: from the job's ID token, by GCP_WORKLOAD_IDENTITY_PROVIDER.",
      ]);
      const aws = file(env.AWS_WEB_IDENTITY_TOKEN_FILE);
      expect(readFileSync(aws, "utf8")).toBe("aws-jwt");
      expect(env.AWS_ROLE_SESSION_NAME).toMatch(/^[\w+=,.@-]{2,64}$/);
      expect(env).toMatchObject({ ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "azure-jwt" });
      const google = file(env.GOOGLE_APPLICATION_CREDENTIALS);
      const account = JSON.parse(readFileSync(google, "utf8")) as {
        audience: string;
        credential_source: { file: string };
        service_account_impersonation_url: string;
      };
      const token = file(account.credential_source.file);
      expect(account.audience).toBe(`//iam.googleapis.com/${provider}`);
      expect(readFileSync(token, "utf8")).toBe("gcp-jwt");
      expect(account.service_account_impersonation_url).toContain(
        "serviceAccounts/preview@example.iam.gserviceaccount.com:generateAccessToken",
      );
      for (const secret of [google, aws, token]) expect(statSync(secret).mode & 0o077).toBe(0);
      // What the job itself writes afterwards is its own affair.
      expect(env.umask).toBe("0022");
    },
  );

  testWith(
    "bash",
    "without an account to act as, Google Cloud is reached as the job itself",
    () => {
      const { env, file } = sourced({ ...tokens, ...clouds });
      const account: unknown = JSON.parse(
        readFileSync(file(env.GOOGLE_APPLICATION_CREDENTIALS), "utf8"),
      );
      expect(account).toMatchObject({ type: "external_account" });
      expect(account).not.toHaveProperty("service_account_impersonation_url");
    },
  );

  testWith("bash", "what is missing is said in one line for each cloud", () => {
    const { AWS_ROLE_ARN, ARM_CLIENT_ID, GCP_WORKLOAD_IDENTITY_PROVIDER } = clouds;
    const { env, log } = sourced({
      AZURE_ID_TOKEN: "azure-jwt",
      ...{ AWS_ROLE_ARN, ARM_CLIENT_ID, GCP_WORKLOAD_IDENTITY_PROVIDER },
    });
    expect(log.split("\n").filter((line) => line !== "")).toEqual([
      "No credentials for AWS: AWS_ROLE_ARN is set, and AWS_ID_TOKEN not.",
      "No credentials for Azure: ARM_CLIENT_ID is set, and ARM_TENANT_ID ARM_SUBSCRIPTION_ID not.",
      "No credentials for Google Cloud: GCP_WORKLOAD_IDENTITY_PROVIDER is set, and GCP_ID_TOKEN not.",
    ]);
    expect(env).not.toHaveProperty("ARM_USE_OIDC");
  });

  testWith("bash", "a job that is traced prints no token, and is traced on", () => {
    const { log } = sourced({ ...tokens, ...clouds }, "set -x;");
    for (const token of Object.values(tokens)) expect(log).not.toContain(token);
    expect(log).toContain("+ cp -pr");
  });

  testWith("shellcheck", "the script has nothing that shellcheck minds", () => {
    const { stdout, status } = spawnSync(requireTool("shellcheck"), [script], { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
