import { checkout } from "../../engine/isolation";
import { testStack, well } from "../engine/support/stack";
import { readPlan } from "../support/plan";
import { expectGolden } from "./golden";

describe("what the aws stack asks for", () => {
  test("is the committed plan: types, names, inputs and options", async () => {
    const stack = await testStack({}, { project: checkout, stack: "aws" });
    try {
      const { plan } = well(await stack.driver.preview());
      expectGolden("aws.json", `${JSON.stringify(readPlan(plan), null, 1)}\n`);
    } finally {
      await stack.end();
    }
  });
});
