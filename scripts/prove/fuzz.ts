/**
 * `deno task prove:fuzz`: 10,000 malformed frames and 10,000 malformed texts, `--count <n>` of each.
 *
 * The seed is printed; `OPENCLAW_FUZZ_SEED` takes it back.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import {
  Dice,
  fuzzSeed,
  healthTimes,
  sendMalformedFrames,
  sendMalformedTexts,
} from "../../tests/conformance/fuzz.ts";
import { waitUntil } from "../harness/gateway.ts";
import { percentile, ProvenGateway, proveOptions, report } from "./target.ts";

const MAX_GROWTH_MB = 20;
const MAX_HEALTH_MS = 50;
/** Calls of `health` whose time is measured at the end. */
const HEALTH_CALLS = 200;
const SETTLE_MS = 3000;

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], { string: ["count"], default: { count: "10000" } });
  const count = Number(options["count"]);
  const { program, label } = await proveOptions(args);
  const seed = fuzzSeed();
  console.log(`${label}, seed ${seed} (OPENCLAW_FUZZ_SEED)`);
  const dice = new Dice(seed);
  await using gateway = await ProvenGateway.start(program);
  const descriptors = await gateway.descriptors();
  // The heap grows to its plateau first: one whole round does not count.
  await sendMalformedFrames(gateway, dice, count);
  await sendMalformedTexts(gateway, dice, count);
  await settle();
  const warm = await gateway.residentMb();
  console.log(`warm: ${warm.toFixed(1)} MB`);
  await sendMalformedFrames(gateway, dice, count);
  console.log(`after frames: ${(await gateway.residentMb()).toFixed(1)} MB`);
  const under = await sendMalformedTexts(gateway, dice, count);
  await settle();
  const grown = await gateway.residentMb() - warm;
  await waitUntil("released sockets", async () => await gateway.descriptors() <= descriptors, 5000)
    .catch(() => {});
  const left = await gateway.descriptors() - descriptors;
  const after = await healthTimes(gateway, HEALTH_CALLS);
  const { code } = await gateway.process.stop();
  return report([
      [
        `${count} frames and ${count} texts, the process ended with ${code} when told to`,
        code === 0,
      ],
      [`grown by ${grown.toFixed(1)} MB, at most ${MAX_GROWTH_MB}`, grown < MAX_GROWTH_MB],
      [`${left} descriptors left open`, left <= 0],
      [`health during: p99 ${percentile(under, 99).toFixed(1)} ms`, isFast(under)],
      [`health after: p99 ${percentile(after, 99).toFixed(1)} ms`, isFast(after)],
    ])
    ? 0
    : 1;
}

function isFast(times: readonly number[]): boolean {
  return percentile(times, 99) < MAX_HEALTH_MS;
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
