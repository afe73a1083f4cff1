import { checkout } from "../../engine/isolation";
import { testStack, well } from "../engine/support/stack";
import { readPlan } from "../support/plan";
import { expectGolden } from "./golden";

describe("what the ops stack asks for", () => {
  test("is the committed plan: types, names, inputs and options", async () => {
    const stack = await testStack({}, { project: checkout, stack: "ops" });
    try {
      const { plan } = well(await stack.driver.preview());
      expectGolden("ops.json", `${JSON.stringify(readPlan(plan), null, 1)}\n`);
    } finally {
      await stack.end();
    }
  });
});
