/** .ci/credentials.sh: the clouds' short-lived credentials from a job's ID tokens. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
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

  /** The environment of a job after it has sourced the script, as a runner's shell does it. */
  function sourced(given: Readonly<Record<string, string>>): Record<string, string> {
    const { status, stdout, stderr } = spawnSync(
      requireTool("bash"),
      [
        "--norc",
        "-c",
        'set -eo pipefail; source "$0"; printf "umask=%s\\0" "$(umask)"; env -0',
        script,
      ],
      { encoding: "utf8", env: { PATH: process.env.PATH, TMPDIR: temporary, ...given } },
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const lines = stdout.split("\0").filter((line) => line.includes("="));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
  }

  const tokens = { AWS_ID_TOKEN: "aws-jwt", AZURE_ID_TOKEN: "azure-jwt", GCP_ID_TOKEN: "gcp-jwt" };

  testWith("bash", "a job has no right that its environment does not give it", () => {
    const env = sourced(tokens);
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
      const provider = "projects/1/locations/global/workloadIdentityPools/p/providers/gitlab";
      const env = sourced({
        ...tokens,
        CI_PROJECT_ID: "7",
        CI_JOB_ID: "42",
        AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/preview",
        ARM_CLIENT_ID: "b5f0c5a4-0000-4000-8000-000000000000",
        GCP_WORKLOAD_IDENTITY_PROVIDER: provider,
        GCP_SERVICE_ACCOUNT: "preview@example.iam.gserviceaccount.com",
      });
      expect(readFileSync(env.AWS_WEB_IDENTITY_TOKEN_FILE ?? "", "utf8")).toBe("aws-jwt");
      expect(env.AWS_ROLE_SESSION_NAME).toMatch(/^[\w+=,.@-]{2,64}$/);
      expect(env).toMatchObject({ ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "azure-jwt" });
      const file = env.GOOGLE_APPLICATION_CREDENTIALS ?? "";
      const account = JSON.parse(readFileSync(file, "utf8")) as {
        audience: string;
        credential_source: { file: string };
        service_account_impersonation_url: string;
      };
      expect(account.audience).toBe(`//iam.googleapis.com/${provider}`);
      expect(readFileSync(account.credential_source.file, "utf8")).toBe("gcp-jwt");
      expect(account.service_account_impersonation_url).toContain(
        "serviceAccounts/preview@example.iam.gserviceaccount.com:generateAccessToken",
      );
      for (const secret of [
        file,
        env.AWS_WEB_IDENTITY_TOKEN_FILE ?? "",
        account.credential_source.file,
      ]) {
        expect(statSync(secret).mode & 0o077).toBe(0);
      }
      // What the job itself writes afterwards is its own affair.
      expect(env.umask).toBe("0022");
    },
  );

  testWith("shellcheck", "the script has nothing that shellcheck minds", () => {
    const { stdout, status } = spawnSync(requireTool("shellcheck"), [script], { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
