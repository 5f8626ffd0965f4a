/**
 * `deno task prove:http`: 20,000 malformed bodies to every endpoint that takes one, `--count <n>`, then
 * 100 streams at a time that are left in the middle, `--streams <n>`.
 *
 * The seed is printed; `OPENCLAW_FUZZ_SEED` takes it back.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { Dice, fuzzSeed } from "../../tests/conformance/fuzz.ts";
import { HeldProvider } from "../../tests/harness/held_provider.ts";
import { breakStreams, sendBodies, STORM_CONFIG } from "../../tests/security/http_storm.ts";
import { waitUntil } from "../harness/gateway.ts";
import { ProvenGateway, proveOptions, report } from "./target.ts";

const MAX_GROWTH_MB = 40;
const WORD_MS = 5;
/** The heap grows to its plateau first: that long it does not count. */
const WARM_ROUNDS = 12;
const STREAM_ROUNDS = 5;
const SETTLE_MS = 3000;

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    string: ["count", "streams"],
    default: { count: "20000", streams: "100" },
  });
  const { program, label } = await proveOptions(args);
  const seed = fuzzSeed();
  console.log(`${label}, seed ${seed} (OPENCLAW_FUZZ_SEED)`);
  const dice = new Dice(seed);
  const bodies = await proveBodies(program, dice, Number(options["count"]));
  const streams = await proveStreams(program, dice, Number(options["streams"]));
  return report([...bodies, ...streams]) ? 0 : 1;
}

type Program = Awaited<ReturnType<typeof proveOptions>>["program"];
type Checks = [what: string, holds: boolean][];

/** Runs of the demo model: what is accepted by chance costs nothing. */
async function proveBodies(program: Program, dice: Dice, count: number): Promise<Checks> {
  await using gateway = await ProvenGateway.start(program, STORM_CONFIG);
  const stormed = { url: `http://127.0.0.1:${gateway.port}`, token: gateway.token };
  // The heap grows to its plateau first: one whole round does not count.
  await sendBodies(stormed, dice, count);
  await settle();
  const [warm, descriptors] = [await gateway.residentMb(), await gateway.descriptors()];
  const { statuses, faults } = await sendBodies(stormed, dice, count);
  for (const fault of faults) console.log(fault);
  await settle();
  const grown = await gateway.residentMb() - warm;
  const list = Object.entries(statuses).map(([status, times]) => `${times} × ${status}`).join(", ");
  return [
    [
      `${count} bodies, every answer in a documented envelope, none 500: ${list}`,
      faults.length === 0,
    ],
    ["no run is left, health is fine", await isAtRest(stormed)],
    [`grown by ${grown.toFixed(1)} MB, at most ${MAX_GROWTH_MB}`, grown < MAX_GROWTH_MB],
    await descriptorCheck(gateway, descriptors),
  ];
}

async function proveStreams(program: Program, dice: Dice, count: number): Promise<Checks> {
  await using provider = new HeldProvider(WORD_MS);
  await using gateway = await ProvenGateway.start(program, { ...STORM_CONFIG, ...provider.config });
  const stormed = { url: `http://127.0.0.1:${gateway.port}`, token: gateway.token };
  for (let i = 0; i < WARM_ROUNDS; i++) await breakStreams(stormed, dice, count);
  await settle();
  const [warm, descriptors] = [await gateway.residentMb(), await gateway.descriptors()];
  for (let i = 0; i < STREAM_ROUNDS; i++) await breakStreams(stormed, dice, count);
  await settle();
  const grown = await gateway.residentMb() - warm;
  return [
    [
      `${STREAM_ROUNDS} × ${count} streams left, all ${provider.openCount} calls of the provider ended`,
      provider.openCount > 0 && provider.lostCount === provider.openCount,
    ],
    ["no run is left, health is fine", await isAtRest(stormed)],
    [`grown by ${grown.toFixed(1)} MB, at most ${MAX_GROWTH_MB}`, grown < MAX_GROWTH_MB],
    await descriptorCheck(gateway, descriptors),
  ];
}

async function isAtRest({ url, token }: { url: string; token: string }): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}` };
  const figures = await (await fetch(`${url}/metrics`, { headers })).text();
  const health = await (await fetch(`${url}/readyz`)).json();
  // The question itself is the one request under way.
  return figures.includes("\nopenclaw_runs_active 0\n") &&
    figures.includes("\nopenclaw_http_requests_active 1\n") && health.ready === true;
}

async function descriptorCheck(
  gateway: ProvenGateway,
  before: number,
): Promise<[string, boolean]> {
  await waitUntil("released sockets", async () => await gateway.descriptors() <= before, 5000)
    .catch(() => {});
  const left = await gateway.descriptors() - before;
  // Connections that this process keeps alive come and go.
  return [`${left} descriptors more than before`, left <= 8];
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
