import { assertEquals } from "@std/assert";
import { handoverStatus, handsOver } from "./handover.ts";

Deno.test("handsOver() only a replaced program, and only to a manager that is quick", () => {
  const replaced = { programMark: "1:2:3", programMarkNow: "1:2:4" };
  assertEquals(handsOver({ supervisor: "systemd", ...replaced }), true);
  assertEquals(handsOver({ supervisor: "launchd", ...replaced }), true);
  assertEquals(handsOver({ supervisor: "schtasks", ...replaced }), false);
  assertEquals(handsOver({ supervisor: undefined, ...replaced }), false);
  const same = { programMark: "1:2:3", programMarkNow: "1:2:3" };
  assertEquals(handsOver({ supervisor: "systemd", ...same }), false);
  const source = { programMark: undefined, programMarkNow: undefined };
  assertEquals(handsOver({ supervisor: "systemd", ...source }), false);
  const gone = { programMark: "1:2:3", programMarkNow: undefined };
  assertEquals(handsOver({ supervisor: "systemd", ...gone }), false);
});

Deno.test("handoverStatus() is one that the manager starts again after", () => {
  assertEquals([handoverStatus("systemd"), handoverStatus("launchd")], [0, 75]);
});
