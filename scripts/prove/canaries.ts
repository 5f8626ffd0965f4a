/**
 * `deno task prove:canaries`: plants secrets through every source, and looks for them in every answer,
 * event, page, command, log and file of a gateway. `--binary <path>` or `--source`.
 *
 * @module
 */
import { searchForCanaries } from "../../tests/security/canary_proof.ts";
import { proveOptions, report } from "./target.ts";

const MIN_CANARIES = 20;

async function main(args: readonly string[]): Promise<number> {
  const { program, label } = await proveOptions(args);
  const found = await searchForCanaries(program);
  console.log(
    `${label}: ${found.canaryCount} secrets, ${found.usedCount} of them sent to a provider; ` +
      `${found.callCount} calls, ${found.commandCount} commands, ${found.placeCount} places, ` +
      `${(found.byteCount / 1e6).toFixed(1)} MB searched`,
  );
  for (const { canary, place } of found.hits) console.log(`hit: ${canary} in ${place}`);
  const holds = report([
    [`at least ${MIN_CANARIES} secrets planted`, found.canaryCount >= MIN_CANARIES],
    ["they are in force", found.usedCount > 0],
    ["0 hits", found.hits.length === 0],
  ]);
  return holds ? 0 : 1;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
