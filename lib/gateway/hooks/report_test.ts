import { assertEquals } from "@std/assert";
import { type HookEnd, reportOf } from "./report.ts";

const OK: HookEnd = { isOk: true, stopReason: "stop", error: undefined, text: "All green" };

Deno.test("reportOf() tells failures, and answers that nobody took", () => {
  const hook = { name: " CI\nbuild ", deliver: true };
  const failed = { ...OK, isOk: false };
  const cases: [Partial<HookEnd>, boolean, string | undefined][] = [
    [{}, true, "Hook CI build: All green"],
    [{}, false, undefined],
    [{ text: "" }, true, undefined],
    [{ text: "HEARTBEAT_OK" }, true, undefined],
    [{ ...failed, error: "no such model" }, false, "Hook CI build (error): no such model"],
    [
      { ...failed, stopReason: "timeout" },
      true,
      "Hook CI build (error): The run took longer than allowed",
    ],
    [{ ...failed, stopReason: "rpc" }, true, "Hook CI build (error): The run was ended (rpc)"],
    [
      { ...failed, stopReason: "shutdown" },
      true,
      "Hook CI build (error): The gateway stopped while the run was under way",
    ],
  ];
  for (const [end, deliver, expected] of cases) {
    assertEquals(reportOf({ ...hook, deliver }, { ...OK, ...end }), expected);
  }
  assertEquals(reportOf(hook, { ...OK, text: "x".repeat(5000) })?.length, 2000);
  assertEquals(
    reportOf({ ...hook, name: "n".repeat(500) }, OK)?.length,
    125 + ": All green".length,
  );
});
