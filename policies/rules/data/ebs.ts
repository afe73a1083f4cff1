/** Volumes of EBS, which Git data lies on where it does not lie on EFS. */
import { all, any } from "../../reader";
import { must, on, resourceRule, type Rule, stackRule } from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";

export const ebs: readonly Rule[] = [
  resourceRule(
    {
      id: "ebs-encrypted",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "A volume is encrypted with a key that the environment holds, and leaves a snapshot",
      source: `CIS AWS Foundations 3.0.0, 2.2.1; Security Hub EC2.3: ${securityHub}/ec2-controls.html#ec2-3`,
      fix: "Set encrypted, kmsKeyId and finalSnapshot",
    },
    on(t.awsVolume, (p, { protect }) => [
      must(p.get("encrypted").is(true), "The volume is not encrypted"),
      must(p.get("kmsKeyId").given, "The volume has no key of its own"),
      must(any(!protect, p.get("finalSnapshot").is(true)), "The volume leaves no final snapshot"),
    ]),
  ),
  stackRule(
    {
      id: "ebs-snapshots",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "A volume, which is in one zone alone, has snapshots of each day and more",
      source:
        "https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-lifecycle.html; https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-28",
      fix: "Give the volume a tag that an enabled LifecyclePolicy targets, every 24 hours or oftener, two snapshots or more kept",
    },
    [t.awsVolume],
    (stack) =>
      stack.of(t.awsVolume).map(({ props, urn }) => {
        const tags = new Map(props.get("tags").entries.map(([key, value]) => [key, value.text]));
        return must(
          any(
            ...stack.of(t.awsLifecyclePolicy).map(({ props: policy }) => {
              const details = policy.get("policyDetails");
              return all(
                policy.get("state").or("ENABLED").is("ENABLED"),
                details
                  .get("targetTags")
                  .entries.some(([key, value]) => tags.has(key) && tags.get(key) === value.text),
                details
                  .get("schedules")
                  .some((one) =>
                    all(
                      any(
                        one.get("createRule").get("cronExpression").given,
                        one.get("createRule").get("interval").atMost(24),
                      ),
                      any(
                        one.get("retainRule").get("count").atLeast(2),
                        one.get("retainRule").get("interval").atLeast(1),
                      ),
                    ),
                  ),
              );
            }),
          ),
          "No schedule takes snapshots of the volume",
          urn,
        );
      }),
  ),
];
