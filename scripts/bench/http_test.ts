import { assert, assertEquals } from "@std/assert";
import { renderTargets } from "./http.ts";
import { load, spread, treeCpuSeconds } from "./load.ts";

Deno.test("renderTargets() says of each promise whether it is kept", () => {
  const lines = renderTargets({ "run p50 at 1 (ms)": 3.9, "runs a second at 8": 499 }).split("\n");
  assertEquals(
    lines.find((line) => line.includes("p50 at 1")),
    "ok   run p50 at 1 (ms): at most 4",
  );
  assertEquals(lines.at(-1), "less runs a second at 8: at least 500");
});

Deno.test("load() sends what it is told, and spread() takes middle and 99th percentile", async () => {
  let sent = 0;
  const result = await load(200, 8, () => Promise.resolve(++sent));
  assertEquals([sent, result.latenciesMs.length], [200, 200]);
  assertEquals(spread(result), { p50: 100.5, p99: 198 });
});

Deno.test({
  name: "treeCpuSeconds() counts the time of a process and of those below it",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const before = await treeCpuSeconds(Deno.pid);
    const until = performance.now() + 50;
    while (performance.now() < until);
    assert(await treeCpuSeconds(Deno.pid) > before);
  },
});
