import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Dice, fuzzSeed } from "../conformance/fuzz.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { HeldProvider } from "../harness/held_provider.ts";
import { malformedBody, TARGETS } from "./http_bodies.ts";
import { breakStreams, sendBodies, STORM_CONFIG } from "./http_storm.ts";

/** Bodies; twenty thousand are in `deno task prove:http`. */
const COUNT = 600;
const STREAMS = 40;

async function idle({ gateway: { state } }: TestGateway): Promise<void> {
  while (state.runs.activeCount > 0 || state.traffic.active > 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("fuzz: malformed bodies are answered as documented, and leave nothing", async () => {
  const seed = fuzzSeed();
  console.log(`OPENCLAW_FUZZ_SEED=${seed}`);
  await using gateway = await TestGateway.start({ config: STORM_CONFIG });
  const target = { url: gateway.httpUrl, token: TOKEN };
  const { statuses, faults } = await sendBodies(target, new Dice(seed), COUNT);
  assertEquals(faults, []);
  assert((statuses["400"] ?? 0) > 0 && (statuses["200"] ?? 0) > 0, JSON.stringify(statuses));
  await idle(gateway);
  assertEquals((await (await fetch(`${gateway.httpUrl}/healthz`)).json()).ok, true);
});

Deno.test("fuzz: streams that are left in the middle end their runs and their calls", async () => {
  const seed = fuzzSeed();
  console.log(`OPENCLAW_FUZZ_SEED=${seed}`);
  await using provider = new HeldProvider(2);
  await using gateway = await TestGateway.start({ config: provider.config });
  await breakStreams({ url: gateway.httpUrl, token: TOKEN }, new Dice(seed), STREAMS);
  await idle(gateway);
  while (provider.lostCount < provider.openCount) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});

Deno.test("malformedBody() repeats itself for a seed", () => {
  const sample = (seed: number) => {
    const dice = new Dice(seed);
    return TARGETS.flatMap((target) => [...malformedBody(dice, target)]);
  };
  assertEquals(sample(7), sample(7));
  assertNotEquals(sample(7), sample(8));
});
