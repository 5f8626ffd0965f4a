import { assertEquals } from "@std/assert";
import { compareVersions, isVersion, versionOfAnswer } from "./version.ts";

Deno.test("compareVersions() orders versions, pre-releases first and rebuilds last", () => {
  const ordered = [
    "2026.5.9",
    "2026.5.12-beta.2",
    "2026.5.12-beta.10",
    "2026.5.12",
    "2026.5.12-1",
    "2026.5.12-2",
    "2026.10.1",
    "2027.1.1",
  ];
  const shuffled = [...ordered].reverse();
  assertEquals(shuffled.sort(compareVersions), ordered);
  assertEquals(compareVersions("v2026.5.12", "2026.5.12"), 0);
});

Deno.test("isVersion() and versionOfAnswer() take nothing else", () => {
  assertEquals(["1.2.3", "v1.2.3-rc.1", "1.2", "latest", "1.2.3; rm"].map(isVersion), [
    true,
    true,
    false,
    false,
    false,
  ]);
  assertEquals(versionOfAnswer("OpenClaw 2026.5.12 (abc1234)\n"), "2026.5.12");
  assertEquals(versionOfAnswer("deno 2.9.6"), undefined);
});
