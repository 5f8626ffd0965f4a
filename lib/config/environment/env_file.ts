/**
 * The text of a `.env` file.
 *
 * @module
 */

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
const QUOTED = /^(["'])(.*?)(?<!\\)\1\s*(?:#.*)?$/s;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * The variables of a `.env` text; of a name that comes twice the last one.
 *
 * Values may be quoted: in double quotes `\n`, `\r`, `\t`, `\"` and `\\` are escapes, in single
 * quotes nothing is. An unquoted value ends at ` #`. Lines that assign nothing are passed over.
 */
export function parseEnvFile(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const [, name, rest = ""] = LINE.exec(line) ?? [];
    if (name !== undefined) variables[name] = valueOf(rest);
  }
  return variables;
}

function valueOf(rest: string): string {
  const [, quote, inner = ""] = QUOTED.exec(rest) ?? [];
  if (quote === "'") return inner;
  if (quote === '"') return inner.replace(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char);
  return rest.replace(/(^|\s)#.*$/, "").trim();
}
