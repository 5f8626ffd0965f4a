/**
 * `deno task bench`: the executable, side by side with the original when its path is given.
 *
 * `--binary <path>`, or `--source`; `--original <node_modules/.bin/openclaw>` with `--node <path>`;
 * `--runs <n>`; `--idle-ms <n>`; `--json`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { dirname, fromFileUrl, join, resolve } from "@std/path";
import { compiledProgram, type Program, sourceProgram } from "../harness/program.ts";
import { type Figures, measureAll } from "./measure.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const COLUMN = 12;

/** A program as it is called in the table, with what is installed for it. */
interface Contender {
  readonly program: Program;
  readonly installed: string;
  readonly env: Readonly<Record<string, string>>;
}

async function own(binary: string, isSource: boolean): Promise<Contender> {
  if (isSource) return { program: await sourceProgram(), installed: join(ROOT, "lib"), env: {} };
  return { program: compiledProgram(binary), installed: resolve(binary), env: {} };
}

function original(path: string, node: string): Contender {
  const program = { command: [resolve(node), resolve(path)], env: {} };
  // It looks for helpers of the system on its PATH.
  const env = { PATH: "/usr/bin:/bin" };
  return { program, installed: dirname(dirname(resolve(path))), env };
}

function cell(value: number | undefined, digits: number): string {
  return (value === undefined ? "-" : value.toFixed(digits)).padStart(COLUMN);
}

/** The table of figures; with a second program also the ratio of the two. */
export function renderTable(ours: Figures, theirs: Figures | undefined): string {
  const heads = theirs === undefined ? ["openclaw"] : ["openclaw", "original", "ratio"];
  const lines = [["".padEnd(26), ...heads.map((head) => head.padStart(COLUMN))].join("")];
  for (const [name, value] of Object.entries(ours)) {
    const cells = [cell(value, 0)];
    if (theirs !== undefined) {
      const other = theirs[name];
      const ratio = value === undefined || other === undefined ? undefined : other / value;
      cells.push(cell(other, 0), cell(ratio, 1));
    }
    lines.push(name.padEnd(26) + cells.join(""));
  }
  return lines.join("\n");
}

async function main(args: readonly string[]): Promise<void> {
  const options = parseArgs([...args], {
    string: ["binary", "original", "node", "runs", "idle-ms"],
    boolean: ["source", "json"],
    default: {
      "binary": join(ROOT, "dist", Deno.build.os === "windows" ? "openclaw.exe" : "openclaw"),
      "node": "node",
      "runs": "5",
      "idle-ms": "5000",
    },
  });
  const runs = Number(options["runs"]);
  const idleMs = Number(options["idle-ms"]);
  const measure = (one: Contender): Promise<Figures> => measureAll({ ...one, runs, idleMs });
  const ours = await measure(await own(String(options["binary"]), options["source"] === true));
  const path = options["original"];
  const theirs = typeof path === "string"
    ? await measure(original(path, String(options["node"])))
    : undefined;
  if (options["json"]) console.log(JSON.stringify({ runs, openclaw: ours, original: theirs }));
  else console.log(`${renderTable(ours, theirs)}\nmedians of ${runs} runs`);
}

if (import.meta.main) await main(Deno.args);
