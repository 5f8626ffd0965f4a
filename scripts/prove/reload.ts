/**
 * `deno task prove:reload`: 500 rewrites of the config file, good and bad, while 20 turns stream.
 *
 * `--rewrites <n>`, `--turns <n>`. The seed is printed; `OPENCLAW_FUZZ_SEED` takes it back.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { Dice, fuzzSeed } from "../../tests/conformance/fuzz.ts";
import { HeldProvider } from "../../tests/harness/held_provider.ts";
import { storm, type StormResult } from "../../tests/reload/storm.ts";
import { percentile, ProvenGateway, proveOptions, report } from "./target.ts";

const WORD_MS = 500;
const REPORT = "config reload skipped";

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    string: ["rewrites", "turns"],
    default: { rewrites: "500", turns: "20" },
  });
  const turns = Number(options["turns"]);
  const { program, label } = await proveOptions(args);
  const seed = fuzzSeed();
  console.log(`${label}, seed ${seed} (OPENCLAW_FUZZ_SEED)`);
  await using provider = new HeldProvider(WORD_MS);
  // A log of its own: the usual one is that of all gateways of this machine.
  const logDir = await Deno.makeTempDir({ prefix: "openclaw-prove-" });
  const logFile = join(logDir, "gateway.log");
  const config = {
    gateway: { mode: "local", reload: { debounceMs: 0 } },
    logging: { file: logFile },
    ...provider.config,
  };
  await using gateway = await ProvenGateway.start(program, config);
  const dir = join(gateway.world.root, "state");
  const url = `ws://127.0.0.1:${gateway.port}`;
  const before = await gateway.residentMb();
  const result = await storm({
    url,
    token: gateway.token,
    file: { dir, path: join(dir, "openclaw.json"), base: config },
    provider,
    dice: new Dice(seed),
    rewrites: Number(options["rewrites"]),
    turns,
    // A line has its message twice.
    reports: async () =>
      (await Deno.readTextFile(logFile)).split("\n").filter((line) => line.includes(REPORT)).length,
  });
  await Deno.remove(logDir, { recursive: true });
  show(result);
  console.log(
    `memory: ${before.toFixed(1)} MB, then ${(await gateway.residentMb()).toFixed(1)} MB`,
  );
  // That the last valid file comes into force is waited for, and ends the proof when it does not.
  const holds = report([
    [`all ${turns} turns end well`, result.turnEnds.ok === turns],
    ["no stream is given up", result.lostStreams === 0],
    ["every invalid file is reported once", result.reports === result.expectedReports],
  ]);
  return holds ? 0 : 1;
}

function show({ kinds, valid, invalid, expectedReports, reports, latencies }: StormResult): void {
  const list = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`).join(", ");
  console.log(`${valid} valid and ${invalid} invalid rewrites: ${list}`);
  console.log(`${reports} reports of ${expectedReports} different invalid files`);
  const [p50, p99] = [percentile(latencies, 50), percentile(latencies, 99)].map(Math.round);
  console.log(`from a rewrite to its effect: p50 ${p50} ms, p99 ${p99} ms`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
