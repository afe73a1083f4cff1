/** The settings that change what is built: each stands up in the sandbox as the default does. */
import { checkout } from "../../engine/isolation";
import type { SettingsChange } from "../../engine/environment";
import { testStack, well } from "./support/stack";

const variants: readonly (readonly [string, SettingsChange])[] = [
  [
    "Git data on a volume, shared directories on EFS, archives in a second region",
    { "gitaly.data": "ebs", objectData: "efs", "backup.copyRegion": "us-west-2" },
  ],
  [
    "all in one node, one NAT gateway, an interface endpoint, mail",
    {
      topology: "single",
      "network.natGateways": "single",
      "network.interfaceEndpoints": ["ecr.api"],
      smtp: { host: "smtp.example.com", username: "gitlab", from: "gitlab@example.com" },
    },
  ],
];

test.each(variants)("%s: stands up", async (_, settings) => {
  const stack = await testStack(settings, { project: checkout, stack: "aws" });
  try {
    const { facts } = well(await stack.driver.up());
    expect(facts.resources.length).toBeGreaterThan(300);
  } finally {
    await stack.end();
  }
});
