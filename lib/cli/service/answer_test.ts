import { assertEquals, assertStringIncludes } from "@std/assert";
import { createHome } from "../testing/run_test.ts";

Deno.test("a refused verb ends in the same exit code for people and for programs", async () => {
  const config = JSON.stringify({
    gateway: { mode: "local" },
    meta: { lastTouchedVersion: "2099.1.1" },
  });
  await using home = await createHome({ config });
  const text = await home.run("gateway", "restart");
  const json = await home.run("gateway", "restart", "--json");
  assertEquals([text.code, json.code], [1, 1]);
  assertStringIncludes(text.err, "older than the config last written by OpenClaw 2099.1.1");
  const answer = JSON.parse(json.out);
  assertEquals([answer.ok, answer.action, answer.code], [false, "restart", "CONFIG_TOO_NEW"]);
});
