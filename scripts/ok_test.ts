import { assert, assertEquals, assertThrows } from "@std/assert";
import { countStep, selectSteps, STEPS } from "./ok.ts";

Deno.test("countStep() counts a step without tests as one", () => {
  assertEquals(countStep("Checked 4 files", true), { passed: 1, failed: 0 });
  assertEquals(countStep("error", false), { passed: 0, failed: 1 });
});

Deno.test("countStep() never reports a failed step as all passed", () => {
  assertEquals(countStep("ok | 3 passed | 0 failed", false), { passed: 3, failed: 1 });
  assertEquals(countStep("FAILED | 3 passed | 2 failed", false), { passed: 3, failed: 2 });
});

Deno.test("selectSteps() takes names in the given order and refuses unknown ones", () => {
  assertEquals(selectSteps("unit,fmt").map((step) => step.name), ["unit", "fmt"]);
  assertEquals(selectSteps(undefined), STEPS);
  assertThrows(() => selectSteps("nope"), Error, 'Cannot run "nope"');
});

Deno.test("STEPS only need steps before them", () => {
  const names = STEPS.map((step) => step.name);
  for (const [index, step] of STEPS.entries()) {
    assert(step.needs?.every((name) => names.slice(0, index).includes(name)) ?? true);
  }
});
