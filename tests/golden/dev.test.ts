import { checkout } from "../../engine/isolation";
import { testStack, well } from "../engine/support/stack";
import { readPlan } from "../support/plan";
import { expectGolden } from "./golden";

describe("what the dev stack asks for", () => {
  test("is the committed plan: types, names, inputs and options", async () => {
    const stack = await testStack({}, { project: checkout, stack: "dev" });
    try {
      const { plan } = well(await stack.driver.preview());
      expectGolden("dev.json", `${JSON.stringify(readPlan(plan), null, 1)}\n`);
    } finally {
      await stack.end();
    }
  });
});
