import { declared, only } from "../../support/aws-mocks";
import { AwsDataKey } from "../../../components/keys/aws";
import { keyPolicy, type KeyUse } from "../../../components/keys/policy";

const accountId = "111111111111";
const region = "eu-central-1";
const policy = (...uses: KeyUse[]) => keyPolicy({ accountId, region, uses });
const site = {
  prefix: "gitlab-test",
  environment: "aws",
  protection: true,
  runbooks: "https://example.com/runbooks",
};

describe("the key's policy", () => {
  test("leaves the decision to the account's IAM policies, and without a use to nobody else", () => {
    expect(policy().Statement).toEqual([
      {
        Sid: "Account",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Action: "kms:*",
        Resource: "*",
      },
    ]);
  });

  test("names no role as principal: a fresh account has no service-linked role, and KMS would refuse the policy", () => {
    const principals = policy("autoScaling", "logs", "alarms", "events").Statement.map(
      ({ Principal }) => JSON.stringify(Principal),
    );
    for (const principal of principals) expect(principal).not.toContain(":role/");
  });

  test("lets everybody be a principal only where account and role are conditions", () => {
    const open = policy("autoScaling", "logs", "alarms", "events").Statement.filter(
      ({ Principal }) => JSON.stringify(Principal).includes('"*"'),
    );
    expect(open).toHaveLength(2);
    for (const { Condition } of open) {
      expect(Condition?.StringEquals?.["kms:CallerAccount"]).toBe(accountId);
      expect(Condition?.StringEquals?.["aws:PrincipalArn"]).toEqual([
        "arn:aws:iam::111111111111:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
        "arn:aws:iam::111111111111:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
      ]);
    }
  });

  test("lets Auto Scaling make grants for AWS resources only", () => {
    const grants = policy("autoScaling").Statement.filter(({ Action }) =>
      [Action].flat().includes("kms:CreateGrant"),
    );
    expect(grants).toHaveLength(1);
    expect(grants[0]?.Condition?.Bool).toEqual({ "kms:GrantIsForAWSResource": "true" });
  });

  test("lets log groups of this account and region use it", () => {
    const [, logs] = policy("logs").Statement;
    expect(logs?.Principal).toEqual({ Service: "logs.eu-central-1.amazonaws.com" });
    expect(logs?.Condition).toEqual({
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-central-1:111111111111:*" },
    });
  });

  test("ties services to this account, EventBridge excepted, which sends no account", () => {
    const [, alarms, events] = policy("alarms", "events").Statement;
    expect(alarms?.Condition).toEqual({ StringEquals: { "aws:SourceAccount": accountId } });
    expect(events?.Principal).toEqual({ Service: "events.amazonaws.com" });
    expect(events?.Condition).toBeUndefined();
  });
});

describe("the key", () => {
  test("rotates, is protected, keeps its deletion window, and has a fixed alias", async () => {
    const { resources } = await declared(
      (opts) =>
        new AwsDataKey("key", { site, accountId, region, purpose: "data", uses: ["logs"] }, opts),
    );
    const key = only(resources, "kms/key");
    expect(key.protect).toBe(true);
    expect([key.inputs.enableKeyRotation, key.inputs.deletionWindowInDays]).toEqual([true, 30]);
    expect(JSON.parse(String(key.inputs.policy))).toEqual(policy("logs"));
    expect(only(resources, "kms/alias").inputs.name).toBe("alias/gitlab-test-data");
  });

  test.each([6, 31])("refuses a deletion window of %d days", (deletionWindowDays) => {
    const args = { site, accountId, region, purpose: "data", uses: [], deletionWindowDays };
    expect(() => new AwsDataKey(`key-${deletionWindowDays}`, args)).toThrow(/deletionWindowDays/);
  });
});

describe("a key whose recovery points another account copies", () => {
  const args = { accountId: "111111111111", region: "us-east-1", uses: [] } as const;
  const statements = (copyingAccountIds?: readonly string[]) =>
    keyPolicy({ ...args, copyingAccountIds }).Statement;

  test("lets that account use it, and grant it to AWS resources alone", () => {
    const added = statements(["222222222222"]).filter(({ Sid }) => Sid.startsWith("RecoveryPoint"));
    expect(added).toHaveLength(2);
    for (const { Principal } of added) {
      expect(Principal).toEqual({ AWS: ["arn:aws:iam::222222222222:root"] });
    }
    const grant = added.find(({ Action }) => Action === "kms:CreateGrant");
    expect(grant?.Condition).toEqual({ Bool: { "kms:GrantIsForAWSResource": "true" } });
  });

  test("lets no other account in where none is named", () => {
    expect(JSON.stringify(statements())).not.toContain("222222222222");
    expect(statements()).toHaveLength(1);
  });
});
