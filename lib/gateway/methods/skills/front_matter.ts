/**
 * The head of a `SKILL.md`: the few forms of YAML that skills use.
 *
 * Understood are `key: value` lines, quoted or not, texts over several lines, and values in the form
 * of JSON, which may follow on indented lines. Anything else is left out.
 *
 * @module
 */

/** Texts by key; what JSON was given as stays text. */
export type FrontMatter = ReadonlyMap<string, string>;

const FENCE = /^---\s*$/;
const FIELD = /^([A-Za-z][\w-]*)\s*:\s*(.*)$/;

/** Reads the head of a text; a text without one has no fields. */
export function parseFrontMatter(text: string): FrontMatter {
  const fields = new Map<string, string>();
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (!FENCE.test(lines[0] ?? "")) return fields;
  const end = lines.findIndex((line, index) => index > 0 && FENCE.test(line));
  if (end < 0) return fields;
  let index = 1;
  while (index < end) {
    const match = FIELD.exec(lines[index++]!);
    if (!match) continue;
    const below: string[] = [];
    while (index < end && isBelow(lines[index]!)) below.push(lines[index++]!.trim());
    fields.set(match[1]!, valueOf(match[2]!.trim(), below));
  }
  return fields;
}

/** Whether a line goes on with the value above it. */
function isBelow(line: string): boolean {
  return /^\s+\S/.test(line) || /^[}\]]/.test(line) || line.trim() === "";
}

function valueOf(first: string, below: readonly string[]): string {
  if (/^[|][+-]?$/.test(first)) return below.join("\n").trim();
  const rest = /^[>][+-]?$/.test(first) ? "" : first;
  return unquoted([rest, ...below].filter((line) => line !== "").join(" "));
}

function unquoted(text: string): string {
  if (/^'.*'$/s.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (/^".*"$/s.test(text)) {
    return text.slice(1, -1).replace(/\\(["\\n])/g, (_, c: string) => c === "n" ? "\n" : c);
  }
  return /^[{[]/.test(text) ? text : text.replace(/\s+#.*$/, "");
}
