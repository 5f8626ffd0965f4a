import { assertEquals } from "@std/assert";
import { silentLogger } from "../../lib/base/mod.ts";
import { Dice, fuzzSeed } from "../conformance/fuzz.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { HeldProvider } from "../harness/held_provider.ts";
import { storm } from "../reload/storm.ts";

Deno.test({
  name: "rewrites of every kind abort no turn, the last valid one wins, each bad one is told once",
  ignore: Deno.build.os === "windows",
  async fn() {
    const seed = fuzzSeed();
    console.log(`seed ${seed} (OPENCLAW_FUZZ_SEED)`);
    let reports = 0;
    const log = {
      ...silentLogger,
      error: (text: string) => void (reports += text.startsWith("config reload skipped") ? 1 : 0),
      child: () => silentLogger,
    };
    await using provider = new HeldProvider(50);
    const config = {
      gateway: { mode: "local", reload: { debounceMs: 0 } },
      ...provider.config,
    };
    await using gateway = await TestGateway.start({ config, watchMs: 20, log });
    const dir = gateway.stateDir;
    const result = await storm({
      url: gateway.wsUrl,
      token: TOKEN,
      file: { dir, path: `${dir}/openclaw.json`, base: config },
      provider,
      dice: new Dice(seed),
      rewrites: 40,
      turns: 20,
      reports: () => Promise.resolve(reports),
    });
    assertEquals(result.turnEnds, { ok: 20 });
    assertEquals(result.lostStreams, 0);
    assertEquals(result.reports, result.expectedReports, JSON.stringify(result.kinds));
  },
});
