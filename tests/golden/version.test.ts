import { checkout } from "../../engine/isolation";
import { devOutputs, putDev } from "../engine/support/dev-outputs";
import { testStack, well } from "../engine/support/stack";
import { readPlan } from "../support/plan";
import { expectGolden } from "./golden";

describe("what the version stack asks for", () => {
  test("is the committed plan: types, names, inputs and options", async () => {
    const stack = await testStack({}, { project: checkout, stack: "version" });
    try {
      putDev(stack.scratch, devOutputs());
      const { plan } = well(await stack.driver.preview());
      expectGolden("version.json", `${JSON.stringify(readPlan(plan), null, 1)}\n`);
    } finally {
      await stack.end();
    }
  });
});
