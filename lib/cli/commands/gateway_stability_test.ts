import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startFakeGateway } from "../testing/gateway_test.ts";
import { createHome } from "../testing/run_test.ts";

const REPORT = {
  generatedAt: "2026-11-22T08:00:00.000Z",
  capacity: 1000,
  count: 2,
  dropped: 3,
  events: [{ seq: 4, ts: 0, type: "run.failed", code: "RUN_TIMEOUT" }],
  summary: { byType: { "run.failed": 1, "memory.sample": 1 } },
};

Deno.test("gateway stability shows the events that are asked for", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: { "diagnostics.stability": () => REPORT },
  });
  await using home = await createHome({ port: gateway.port });
  const text = await home.run("gateway", "stability");
  assertEquals([text.code, text.err], [0, ""]);
  assertEquals(
    text.out,
    "Gateway Stability\nEvents: 2/1000\nOlder ones forgotten: 3\n" +
      "Types: run.failed=1, memory.sample=1\nRecent:\n" +
      "  1970-01-01T00:00:00.000Z #4 run.failed code=RUN_TIMEOUT\n",
  );
  const args = ["--limit", "5", "--type", "run.failed", "--since-seq", "3", "--json"];
  assertEquals(JSON.parse((await home.run("gateway", "stability", ...args)).out), REPORT);
  assertEquals(gateway.calls.map(({ params }) => params), [
    { limit: 25 },
    { limit: 5, type: "run.failed", sinceSeq: 3 },
  ]);
});

Deno.test("gateway stability of a gateway that is down fails; its bundle can be read", async () => {
  await using home = await createHome();
  const down = await home.run("gateway", "stability");
  assertEquals(down.code, 1);
  assertStringIncludes(down.err, "Gateway stability failed: gateway closed (1006");
  const none = await home.run("gateway", "stability", "--bundle");
  assertEquals(none.code, 1);
  assertStringIncludes(none.err, "No gateway of this state has left a stability bundle");

  const folder = `${home.dir}/.openclaw/logs/stability`;
  await Deno.mkdir(folder, { recursive: true });
  const bundle = (message: string) =>
    JSON.stringify({
      version: 1,
      generatedAt: "t",
      reason: "gateway.startup_failed",
      error: { name: "AppError", message },
      snapshot: REPORT,
    });
  await Deno.writeTextFile(`${folder}/openclaw-stability-2026-01-01-1-x.json`, bundle("older"));
  await Deno.writeTextFile(`${folder}/openclaw-stability-2026-02-01-1-x.json`, bundle("newer"));
  const latest = await home.run("gateway", "stability", "--bundle");
  assertMatch(latest.out, /Bundle: .*2026-02-01-1-x\.json\nGenerated: t\nReason: gateway\.startup/);
  assertStringIncludes(latest.out, "Error: newer\nEvents: 2/1000\n");
  const path = `${folder}/openclaw-stability-2026-01-01-1-x.json`;
  const old = await home.run("gateway", "stability", "--bundle", path, "--json");
  assertEquals(JSON.parse(old.out).error.message, "older");
  const wrong = await home.run("gateway", "stability", "--bundle", home.configPath);
  assertStringIncludes(wrong.err, "Cannot read a stability bundle from");
});
