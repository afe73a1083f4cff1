/** What stands between the internet and data on AWS, over several resources. */
import { all, any, not } from "../../reader";
import { dependsOn, isAbout } from "../../relations";
import { must, type AnyView, type Rule, type StackView, stackRule } from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";

/** Subnets that a resource stands in: those that it was declared to depend on. */
function subnetsOf(stack: StackView, resource: AnyView): readonly AnyView[] {
  return stack.of(t.awsSubnet).filter((subnet) => dependsOn(resource, subnet));
}

/** Routes out of a subnet: those of the tables that are associated with it. */
function waysOut(stack: StackView, subnet: AnyView) {
  const tables = stack
    .of(t.awsRouteTableAssociation)
    .filter((one) => isAbout(one, "subnetId", subnet, "id"))
    .flatMap((one) => stack.of(t.awsRouteTable).filter((table) => dependsOn(one, table)));
  return stack
    .of(t.awsRoute)
    .filter(
      (route) =>
        tables.some((table) => dependsOn(route, table)) &&
        (["gatewayId", "natGatewayId", "egressOnlyGatewayId"] as const).some(
          (key) => route.props.get(key).given,
        ),
    );
}

export const awsNetwork: readonly Rule[] = [
  stackRule(
    {
      id: "data-subnets-isolated",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "Database, cache and files stand where no route leads to the internet or comes from it",
      source: `Security Hub RDS.46 and EFS.6: ${securityHub}/rds-controls.html#rds-46`,
      fix: "Use the isolated subnets for subnet groups and mount targets, and give their table no route out",
    },
    [t.awsDatabaseSubnets, t.awsCacheSubnets, t.awsEfsMountTarget],
    (stack) =>
      [
        ...stack.of(t.awsDatabaseSubnets),
        ...stack.of(t.awsCacheSubnets),
        ...stack.of(t.awsEfsMountTarget),
      ].map((one) =>
        must(
          subnetsOf(stack, one).every((subnet) => waysOut(stack, subnet).length === 0),
          "It stands in a subnet with a route to the internet",
          one.urn,
        ),
      ),
  ),
  stackRule(
    {
      id: "balancer-nothing-in-clear",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects: "No rule of a listener in clear serves what the listener itself only redirects",
      source: `Security Hub ELB.1: ${securityHub}/elb-controls.html#elb-1; https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-update-rules.html`,
      fix: "Put the rule on the listener for HTTPS, or redirect in it",
    },
    [t.awsListenerRule],
    (stack) =>
      stack.of(t.awsListenerRule).map((rule) => {
        const listeners = stack.of(t.awsListener).filter((one) => dependsOn(rule, one));
        return must(
          any(
            all(...listeners.map(({ props }) => not(props.get("protocol").is("HTTP")))),
            rule.props
              .get("actions")
              .every((one) =>
                all(
                  one.get("type").is("redirect"),
                  one.get("redirect").get("protocol").is("HTTPS"),
                ),
              ),
          ),
          "A rule serves in clear",
          rule.urn,
        );
      }),
  ),
];
