/**
 * The lines of a `.env` file, without the meaning that shells give them.
 *
 * @module
 */

/** One variable of a file. */
export interface EnvLine {
  readonly name: string;
  readonly value: string;
  /** Position among the lines, from 0. */
  readonly line: number;
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/;

/** The variables of a text, in order. */
export function readEnvLines(text: string): EnvLine[] {
  return text.split("\n").flatMap((raw, line) => {
    const match = LINE.exec(raw.replace(/\r$/, ""));
    return match ? [{ name: match[1]!, value: unquoted(match[2]!), line }] : [];
  });
}

/** The text without some of its lines. */
export function withoutLines(text: string, lines: ReadonlySet<number>): string {
  return text.split("\n").filter((_, line) => !lines.has(line)).join("\n");
}

function unquoted(value: string): string {
  const match = /^(["'])(.*)\1$/.exec(value);
  return match ? match[2]! : value;
}
