import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import {
  Dice,
  fuzzSeed,
  healthTimes,
  malformedFrame,
  malformedJson,
  sendMalformedFrames,
  sendMalformedTexts,
} from "./fuzz.ts";

/** Of each kind; ten thousand of each are in `deno task prove:fuzz`. */
const COUNT = 400;

Deno.test("fuzz: malformed frames and texts leave the gateway as it was", async () => {
  const seed = fuzzSeed();
  console.log(`OPENCLAW_FUZZ_SEED=${seed}`);
  const dice = new Dice(seed);
  await using gateway = await TestGateway.start();
  const target = { port: gateway.gateway.port, token: TOKEN };
  await sendMalformedFrames(target, dice, COUNT);
  const times = await sendMalformedTexts(target, dice, COUNT);
  assertEquals(times.length, COUNT / 50);
  await healthTimes(target, 20);
  const { broadcaster, store } = gateway.gateway.state;
  while (broadcaster.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(store.listSessions({ limit: 1 }).total, 0, "no text has started a run");
});

Deno.test("Dice() repeats itself for a seed", () => {
  const sample = (seed: number) => {
    const dice = new Dice(seed);
    return [malformedFrame(dice).join(), malformedJson(dice), malformedJson(dice)];
  };
  assertEquals(sample(7), sample(7));
  assertNotEquals(sample(7), sample(8));
  const seen = new Set(Array.from({ length: 200 }, (_, seed) => new Dice(seed).below(12)));
  assert(seen.size === 12, "every kind of frame is drawn");
});
