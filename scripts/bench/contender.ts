/**
 * What is measured: this program, and the original beside it when its path is given.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { dirname, fromFileUrl, join, resolve } from "@std/path";
import { compiledProgram, type Program, sourceProgram } from "../harness/program.ts";
import type { Figures } from "./measure.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const COLUMN = 12;
const NAME_COLUMN = 36;

/** A program, with what is installed for it. */
export interface Contender {
  readonly program: Program;
  /** Files and folders. */
  readonly installed: string;
  /** Variables that it needs besides those of its world. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Reads `--binary <path>` or `--source`, and `--original <node_modules/.bin/openclaw>` with
 * `--node <path>`.
 */
export async function contenders(
  args: readonly string[],
): Promise<[ours: Contender, theirs?: Contender]> {
  const options = parseArgs([...args], {
    string: ["binary", "original", "node"],
    boolean: ["source"],
    default: {
      binary: join(ROOT, "dist", Deno.build.os === "windows" ? "openclaw.exe" : "openclaw"),
      node: "node",
    },
  });
  const ours = await own(String(options["binary"]), options["source"] === true);
  const path = options["original"];
  return typeof path === "string" ? [ours, original(path, String(options["node"]))] : [ours];
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
export function renderTable(ours: Figures, theirs: Figures | undefined, digits = 0): string {
  const heads = theirs === undefined ? ["openclaw"] : ["openclaw", "original", "ratio"];
  const lines = [["".padEnd(NAME_COLUMN), ...heads.map((head) => head.padStart(COLUMN))].join("")];
  for (const [name, value] of Object.entries(ours)) {
    const cells = [cell(value, digits)];
    if (theirs !== undefined) {
      const other = theirs[name];
      const ratio = value === undefined || other === undefined ? undefined : other / value;
      cells.push(cell(other, digits), cell(ratio, 1));
    }
    lines.push(name.padEnd(NAME_COLUMN) + cells.join(""));
  }
  return lines.join("\n");
}
