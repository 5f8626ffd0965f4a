/**
 * A few of the cycles of `deno task prove:cycles`.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { runCycles, seededRandom } from "../../scripts/harness/cycles.ts";
import { sourceProgram } from "../../scripts/harness/program.ts";

/** What ends by itself has ended by then, however busy the machine is. */
const END_BUDGET_MS = 60_000;

Deno.test("a signal at any moment ends a gateway, frees its port and leaves no lock", async () => {
  const seed = Number(Deno.env.get("OPENCLAW_FUZZ_SEED") ?? Date.now() % 2 ** 32);
  console.log(`OPENCLAW_FUZZ_SEED=${seed}`);
  const { cycles } = await runCycles(await sourceProgram(), 8, seededRandom(seed), END_BUDGET_MS);
  assertEquals(cycles, 8);
});
