/**
 * What the user sees: lines, blocks, tables and JSON, with colour only where it belongs.
 *
 * Nothing else in the room writes to the standard streams.
 *
 * @module
 */
import type { CliHost } from "./host.ts";
import { displayWidth, padColumns } from "./width.ts";

/** Colours by meaning. */
export type Tone = "strong" | "dim" | "good" | "warn" | "bad" | "accent";

const CODES: Record<Tone, readonly [number, number]> = {
  strong: [1, 22],
  dim: [2, 22],
  good: [32, 39],
  warn: [33, 39],
  bad: [31, 39],
  accent: [36, 39],
};

/** The two streams of one run. */
export class Output {
  readonly #host: CliHost;
  /** Whether colour sequences are written. */
  readonly hasColor: boolean;

  /** @param noColor The `--no-color` flag; `NO_COLOR` and a redirected stream do the same. */
  constructor(host: CliHost, noColor = false) {
    this.#host = host;
    this.hasColor = !noColor && allowsColor(host);
  }

  /** Columns that fit into one line. */
  get columns(): number {
    return this.#host.columns;
  }

  /** Writes one line, or several when `text` has line breaks, to standard output. */
  line(text = ""): void {
    this.#host.writeOut(text + "\n");
  }

  /** Writes one line to standard error. */
  note(text: string): void {
    this.#host.writeError(text + "\n");
  }

  /** Writes `value` as JSON with two spaces of indentation. */
  json(value: unknown): void {
    this.line(JSON.stringify(value, null, 2));
  }

  /** Writes `value` as JSON on one line. */
  jsonLine(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  /** Writes `value` as one line of JSON to standard error. */
  jsonNote(value: unknown): void {
    this.note(JSON.stringify(value));
  }

  /** `text` in the colour of `tone`, or as it is where there is no colour. */
  paint(text: string, tone: Tone): string {
    if (!this.hasColor) return text;
    const [on, off] = CODES[tone];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  }

  /** Writes a heading with an empty line before it. */
  heading(text: string): void {
    this.line();
    this.line(this.paint(text, "strong"));
  }

  /** Writes `label  value` pairs with the values below each other. */
  pairs(rows: readonly (readonly [string, string])[]): void {
    const width = Math.max(0, ...rows.map(([label]) => displayWidth(label)));
    for (const [label, value] of rows) {
      this.line(`${this.paint(padColumns(label, width), "dim")}  ${value}`);
    }
  }

  /** Writes a table of aligned columns without a frame. */
  table(header: readonly string[], rows: readonly (readonly string[])[]): void {
    const lines = alignColumns([header, ...rows]);
    lines.forEach((text, index) => this.line(index === 0 ? this.paint(text, "dim") : text));
  }
}

function allowsColor(host: CliHost): boolean {
  if ((host.env.get("NO_COLOR") ?? "") !== "") return false;
  const forced = host.env.get("FORCE_COLOR");
  if (forced !== undefined && forced !== "") return forced !== "0";
  return host.isTty && host.env.get("TERM") !== "dumb";
}

/** The cells of each row joined with two spaces, every column as wide as its widest cell. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
    });
  }
  return rows.map((row) =>
    row.map((cell, column) => padColumns(cell, widths[column]!)).join("  ").trimEnd()
  );
}
