/**
 * Paths into the configuration: `gateway.port`, `agents.list[0].id`, `models.providers["x.y"]`.
 *
 * @module
 */
import { AppError, parseJsonOrUndefined } from "../base/mod.ts";

/** Keys and list positions from the root on. */
export type Path = readonly (string | number)[];

const PLAIN_KEY = /^[A-Za-z_$][\w$-]*$/;
const KEY_PART = /[^.[\]"']+/y;
const INDEX_PART = /\[(\d{1,9})\]/y;
const QUOTED_PART = /\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\]/y;
const FORBIDDEN_KEY = "__proto__";

/** Writes a path in the form that {@linkcode parsePath} reads. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!PLAIN_KEY.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/**
 * Reads a path.
 *
 * A key of digits after a dot stays a key; where it meets a list it counts as a position.
 *
 * @throws {AppError} `CONFIG_PATH_INVALID`
 */
export function parsePath(text: string): Path {
  const path: (string | number)[] = [];
  let position = 0;
  while (position < text.length) {
    if (path.length > 0 && text[position] === ".") {
      position++;
      if (text[position] === "[" || position === text.length) throw invalidPath(text, position);
    } else if (path.length > 0 && text[position] !== "[") {
      throw invalidPath(text, position);
    }
    const part = readPart(text, position);
    if (!part || part.value === FORBIDDEN_KEY) throw invalidPath(text, position);
    path.push(part.value);
    position = part.end;
  }
  if (path.length === 0) throw invalidPath(text, 0);
  return path;
}

function readPart(text: string, from: number): { value: string | number; end: number } | undefined {
  for (const pattern of [INDEX_PART, QUOTED_PART, KEY_PART]) {
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    if (!match) continue;
    const end = pattern.lastIndex;
    if (pattern === INDEX_PART) return { value: Number(match[1]), end };
    if (pattern === KEY_PART) return { value: match[0], end };
    const value = match[1] === undefined
      ? (match[2] ?? "").replace(/\\(.)/g, "$1")
      : parseJsonOrUndefined(`"${match[1]}"`);
    return typeof value === "string" ? { value, end } : undefined;
  }
  return undefined;
}

function invalidPath(text: string, position: number): AppError {
  return new AppError(
    "CONFIG_PATH_INVALID",
    `Cannot read config path "${text}": unexpected ${
      position < text.length ? `"${text[position]}" at character ${position + 1}` : "end"
    }`,
    { hint: 'Write it like gateway.port, agents.list[0].id or models.providers["my.name"]' },
  );
}
