/**
 * A few of the cycles of `deno task prove:cycles`.
 *
 * @module
 */
import { assert } from "@std/assert";
import { END_BUDGET_MS, runCycles, seededRandom } from "../../scripts/harness/cycles.ts";
import { sourceProgram } from "../../scripts/harness/program.ts";

Deno.test("a signal at any moment ends a gateway, frees its port and leaves no lock", async () => {
  const seed = Number(Deno.env.get("OPENCLAW_FUZZ_SEED") ?? Date.now() % 2 ** 32);
  console.log(`OPENCLAW_FUZZ_SEED=${seed}`);
  const { slowestMs } = await runCycles(await sourceProgram(), 8, seededRandom(seed));
  assert(slowestMs < END_BUDGET_MS);
});
