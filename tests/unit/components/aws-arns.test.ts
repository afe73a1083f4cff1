/** ARNs that names make: as AWS documents them, and held to what a resource says of itself once it stands. */
import { only, declared, valueOf } from "../../support/aws-mocks";
import { AwsAlertTopic } from "../../../components/alerts/aws";
import { AwsMachineIdentity } from "../../../components/identity/aws";
import { arnOf, type NamedKind } from "../../../components/shared/aws";

const place = { accountId: "123456789012", region: "eu-west-3" };

// The examples and formats below https://docs.aws.amazon.com/service-authorization/latest/reference/
test.each<[NamedKind, string, string | undefined, string]>([
  ["eventRule", "r", undefined, "arn:aws:events:eu-west-3:123456789012:rule/r"],
  ["imageRepository", "a/b", undefined, "arn:aws:ecr:eu-west-3:123456789012:repository/a/b"],
  ["instanceProfile", "p", undefined, "arn:aws:iam::123456789012:instance-profile/p"],
  ["logGroup", "/a/b", undefined, "arn:aws:logs:eu-west-3:123456789012:log-group:/a/b"],
  ["queue", "q", undefined, "arn:aws:sqs:eu-west-3:123456789012:q"],
  ["role", "r", undefined, "arn:aws:iam::123456789012:role/r"],
  ["table", "t", undefined, "arn:aws:dynamodb:eu-west-3:123456789012:table/t"],
  ["topic", "t", undefined, "arn:aws:sns:eu-west-3:123456789012:t"],
  ["user", "u", "/backup/", "arn:aws:iam::123456789012:user/backup/u"],
])("a %s has the ARN of its documentation", (kind, name, path, arn) => {
  expect(arnOf(kind, place, name, path)).toBe(arn);
});

const site = {
  prefix: "gitlab-test",
  environment: "test",
  protection: true,
  runbooks: "https://r",
};

test("an ARN is known with the name, and whoever takes it waits for the resource", async () => {
  const { made, resources } = await declared(
    (opts) =>
      new AwsMachineIdentity("id", { site, ...place, machine: "single", description: "d" }, opts),
  );
  const { name } = only(resources, "iam/role").inputs;
  expect(await valueOf(made.roleArn)).toBe(`arn:aws:iam::123456789012:role/${String(name)}`);
  const waitedFor = await (
    made.roleArn as unknown as { allResources: () => Promise<Set<{ __name?: string }>> }
  ).allResources();
  expect([...waitedFor].map((one) => one.__name)).toEqual(["id-role"]);
});

test("the topic's policy, its subscriptions and its alarms name the topic by its ARN", async () => {
  const { made, resources } = await declared(
    (opts) =>
      new AwsAlertTopic(
        "t",
        {
          site,
          ...place,
          keyArn: "arn:key",
          subscriptions: [{ protocol: "email", endpoint: "a@example.com" }],
        },
        opts,
      ),
  );
  const arn = await valueOf(made.arn);
  expect(only(resources, "sns/topicPolicy").inputs.arn).toBe(arn);
  expect(only(resources, "sns/topicSubscription").inputs.topic).toBe(arn);
});
