/**
 * `deno task bench`: the executable, side by side with the original when its path is given.
 *
 * `--binary <path>`, or `--source`; `--original <node_modules/.bin/openclaw>` with `--node <path>`;
 * `--runs <n>`; `--idle-ms <n>`; `--json`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { type Contender, contenders, renderTable } from "./contender.ts";
import { type Figures, measureAll } from "./measure.ts";

async function main(args: readonly string[]): Promise<void> {
  const options = parseArgs([...args], {
    string: ["runs", "idle-ms"],
    boolean: ["json"],
    default: { "runs": "5", "idle-ms": "5000" },
  });
  const runs = Number(options["runs"]);
  const idleMs = Number(options["idle-ms"]);
  const measure = (one: Contender): Promise<Figures> => measureAll({ ...one, runs, idleMs });
  const [first, second] = await contenders(args);
  const ours = await measure(first);
  const theirs = second && await measure(second);
  if (options["json"]) console.log(JSON.stringify({ runs, openclaw: ours, original: theirs }));
  else console.log(`${renderTable(ours, theirs)}\nmedians of ${runs} runs`);
}

if (import.meta.main) await main(Deno.args);
