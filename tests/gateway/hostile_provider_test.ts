import { assert } from "@std/assert";
import { Dice, fuzzSeed } from "../conformance/fuzz.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { CASES, proveCase, type Target } from "../hostile/cases.ts";
import { HostileProvider } from "../hostile/provider.ts";
import { storm } from "../hostile/storm.ts";

const STREAMS = 60;
const SILENCE_SECONDS = 3;
const STEP_MS = 5;
const WAIT_MS = 10_000;

/** Runs `use`, and checks that the gateway then holds nothing and works. */
async function withHostile(use: (target: Target) => Promise<void>): Promise<void> {
  await using provider = new HostileProvider();
  await using gateway = await TestGateway.start({ config: provider.config(SILENCE_SECONDS) });
  const target = { httpUrl: gateway.httpUrl, token: TOKEN };
  await use(target);
  const { runs } = gateway.gateway.state;
  const deadline = performance.now() + WAIT_MS;
  while (runs.activeCount > 0 || provider.openCount > 0) {
    const left = `${runs.activeCount} runs and ${provider.openCount} connections`;
    assert(performance.now() < deadline, `${left} are left`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  await proveCase(target, "good");
}

for (const [name, { isSlow }] of Object.entries(CASES)) {
  if (isSlow) continue;
  Deno.test(`a provider whose answer is ${name}`, () =>
    withHostile((target) => proveCase(target, name)));
}

Deno.test(`${STREAMS} streams of a hostile provider, given up at any moment`, () =>
  withHostile(async (target) => {
    const seed = fuzzSeed();
    const tally = await storm(target, new Dice(seed), STREAMS, true);
    assert(tally.early > 0 && tally.middle > 0, `OPENCLAW_FUZZ_SEED=${seed}`);
  }));
