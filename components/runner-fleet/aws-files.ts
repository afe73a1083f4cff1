import { logAgentConfig } from "../gitlab-instance/render/units";
import type { NodeFile } from "../node-files/contract";
import { managerFiles, script, type ManagerCloud, type ManagerFacts } from "./files";

/** What a manager on AWS knows beside. */
export interface AwsManagerFacts extends ManagerFacts {
  readonly region: string;
  /** Auto Scaling group of the workers. */
  readonly workerGroup: string;
  readonly cacheBucket: string;
  readonly tokenSecretArn: string;
  readonly logGroup: string;
  readonly alertTopicArn: string;
}

/** The files of a manager on AWS, which its loader fetches from S3. */
export function awsManagerFiles(facts: AwsManagerFacts): NodeFile[] {
  return managerFiles(facts, awsManager(facts));
}

/** AWS' part in a manager's files: Amazon Linux 2023, an Auto Scaling group, S3 by the manager's own role. */
export function awsManager(facts: AwsManagerFacts): ManagerCloud {
  return {
    library: "aws",
    environment: {
      AWS_REGION: facts.region,
      LOG_GROUP: facts.logGroup,
      ALERT_TOPIC_ARN: facts.alertTopicArn,
    },
    tokenSecret: facts.tokenSecretArn,
    metrics: { up: "RunnerManagerUp", tokenMissing: "RunnerTokenMissing" },
    plugin: { name: "aws", config: { name: facts.workerGroup } },
    // EC2 Instance Connect takes a new key to each worker.
    workerUser: "ec2-user",
    cache: {
      Type: "s3",
      s3: {
        BucketName: facts.cacheBucket,
        BucketLocation: facts.region,
        // The manager signs with its own role; workers have none.
        AuthenticationType: "iam",
      },
    },
    files: [
      script("prepare-aws"),
      {
        path: "/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json",
        mode: "0644",
        content: logAgentConfig(facts),
      },
    ],
  };
}
