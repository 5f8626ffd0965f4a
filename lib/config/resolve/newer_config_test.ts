import { assertEquals, assertThrows } from "@std/assert";
import { AppError, envOf } from "../../base/mod.ts";
import { assertNotOlder, isNewer } from "./newer_config.ts";

Deno.test("isNewer() compares numbers, and takes nothing else for newer", () => {
  assertEquals(isNewer("2026.10.1", "2026.9.30"), true);
  assertEquals(isNewer("2026.5.12", "2026.5.12"), false);
  assertEquals(isNewer("2025.12.31", "2026.1.1"), false);
  assertEquals(isNewer("2026.5.13-beta.1", "2026.5.12"), true);
  assertEquals(isNewer("next", "2026.5.12"), false);
});

Deno.test("assertNotOlder() refuses by name, unless told otherwise", () => {
  const config = { meta: { lastTouchedVersion: "2027.1.1" } };
  const check = (variables: Record<string, string>) =>
    assertNotOlder(config, envOf(variables), "restart the gateway service", {
      own: "2026.5.12",
    });
  const error = assertThrows(() => check({}), AppError);
  assertEquals(error.code, "CONFIG_TOO_NEW");
  assertEquals(
    error.message,
    "Refusing to restart the gateway service because this OpenClaw binary (2026.5.12) is older " +
      "than the config last written by OpenClaw 2027.1.1",
  );
  check({ OPENCLAW_ALLOW_OLDER_BINARY_DESTRUCTIVE_ACTIONS: "1" });
  assertNotOlder({}, envOf({}), "x", { own: "2026.5.12" });
});
