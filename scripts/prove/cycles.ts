/**
 * `deno task prove:cycles`: 200 starts and stops with signals at random moments.
 *
 * `--binary <path>` or `--source`; `--cycles <n>`. `OPENCLAW_FUZZ_SEED` repeats a run.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl, join } from "@std/path";
import { END_BUDGET_MS, runCycles, seededRandom } from "../harness/cycles.ts";
import { compiledProgram, sourceProgram } from "../harness/program.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

async function main(args: readonly string[]): Promise<void> {
  const options = parseArgs([...args], {
    string: ["binary", "cycles"],
    boolean: ["source"],
    default: { "binary": join(ROOT, "dist", "openclaw"), "cycles": "200" },
  });
  const program = options["source"] === true
    ? await sourceProgram()
    : compiledProgram(String(options["binary"]));
  const seed = Number(Deno.env.get("OPENCLAW_FUZZ_SEED") ?? Date.now() % 2 ** 32);
  console.log(`seed ${seed} (repeat with OPENCLAW_FUZZ_SEED=${seed})`);
  const figures = await runCycles(program, Number(options["cycles"]), seededRandom(seed));
  const { cycles, early, slowestMs, medianMs, endings } = figures;
  const shown = Object.entries(endings).map(([ending, count]) => `${count} x ${ending}`).join(", ");
  console.log(`${cycles} cycles, ${early} of them ended before the gateway was ready`);
  console.log(
    `end after the signal: median ${medianMs.toFixed(0)} ms, slowest ${
      slowestMs.toFixed(0)
    } ms of ${END_BUDGET_MS} ms`,
  );
  console.log(`endings: ${shown}; port free and no lock left every time`);
}

if (import.meta.main) await main(Deno.args);
