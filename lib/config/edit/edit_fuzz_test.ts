import { assert, assertEquals } from "@std/assert";
import { isObject, type JsonObject } from "../../base/mod.ts";
import { lookup } from "../lookup.ts";
import { parseConfigText } from "../parse.ts";
import type { Path } from "../path_syntax.ts";
import { setConfigValue, unsetConfigValue } from "./mod.ts";

const CASES = Number(Deno.env.get("FUZZ_CASES") ?? 500);
const SEED = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));

/** Makes JSON5 texts in every style, and edits of them, from one seed. */
class Generator {
  #state: number;
  #comments = 0;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** White space and comments; `full` allows line breaks. */
  gap(): string {
    const pieces = Array.from({ length: this.below(3) }, () =>
      this.pick([
        () => " ",
        () => "\n",
        () => "\r\n  ",
        () => "\n\t",
        () => `/* c${this.#comments++} */`,
        () => `/* c${this.#comments++}\n , } ] */`,
        () => `// c${this.#comments++} , { [ "\n`,
        () => "",
      ])());
    return pieces.join("");
  }

  key(): string {
    return this.pick([
      "a",
      "b",
      "$c",
      "_d",
      "e-f",
      "x.y",
      "ü",
      "",
      "0",
      "12",
      "it's",
      "constructor",
      "default",
      "class",
      "true",
    ]);
  }

  writtenKey(key: string): string {
    if (/^[a-z_$][\w$]*$/.test(key) && this.below(2) === 0) return key;
    if (this.below(2) === 0) return JSON.stringify(key);
    return `'${key.replaceAll("'", "\\'")}'`;
  }

  scalar(): string {
    return this.pick([
      "1",
      "-2.5e3",
      "0x1F",
      ".5",
      "5.",
      "+1",
      "Infinity",
      "-Infinity",
      "NaN",
      "null",
      "true",
      "false",
      '""',
      "'s'",
      '"a\\"b"',
      "'\\u0041\\u0042'",
      "'\\x41'",
      "'line \\\n next'",
      '"// no, {"',
      "'😀 é'",
    ]);
  }

  text(depth: number): string {
    const kind = depth <= 0 ? 0 : this.below(3);
    if (kind === 0) return this.scalar();
    const count = this.below(4);
    const items = Array.from({ length: count }, () => {
      const value = this.text(depth - 1);
      const item = kind === 1
        ? value
        : `${this.writtenKey(this.key())}${this.gap()}:${this.gap()}${value}`;
      return `${this.gap()}${item}${this.gap()}`;
    });
    const comma = count > 0 && this.below(3) === 0 ? `,${this.gap()}` : "";
    const body = count === 0 ? this.gap() : items.join(",") + comma;
    return kind === 1 ? `[${body}]` : `{${body}}`;
  }

  document(): string {
    for (;;) {
      const body = this.text(4);
      if (body.startsWith("{")) return `${this.gap()}${body}${this.gap()}`;
    }
  }

  value(depth = 2): unknown {
    const kind = depth === 0 ? 0 : this.below(4);
    if (kind === 1) return Array.from({ length: this.below(3) }, () => this.value(depth - 1));
    if (kind === 2) {
      const entries = Array.from(
        { length: this.below(3) },
        () => [this.key(), this.value(depth - 1)],
      );
      return Object.fromEntries(entries);
    }
    return this.pick<unknown>([0, -1.5, "x", "a'\"\n", null, true, false, "\u2028"]);
  }
}

function allPaths(value: unknown, path: Path = []): Path[] {
  const below = Array.isArray(value)
    ? value.flatMap((item, index) => allPaths(item, [...path, index]))
    : isObject(value)
    ? Object.entries(value).flatMap(([key, item]) => allPaths(item, [...path, key]))
    : [];
  return [path, ...below];
}

async function read(text: string): Promise<JsonObject> {
  const parsed = await parseConfigText(text);
  assert(parsed.ok, parsed.ok ? "" : `${parsed.message}: ${text}`);
  return parsed.value;
}

function isSubsequence(short: string, long: string): boolean {
  let position = 0;
  for (const char of long) {
    if (short.startsWith(char, position)) position += char.length;
  }
  return position === short.length;
}

/** A value that no generated text contains. */
const MARK = "@@mark@@";
const WRITTEN_MARK = JSON.stringify(MARK);

/** What an edit took out of a text, where it left everything before and behind that place alone. */
function takenOut(text: string, after: string): string {
  const at = after.indexOf(WRITTEN_MARK);
  const [head, tail] = [after.slice(0, at), after.slice(at + WRITTEN_MARK.length)];
  assert(text.startsWith(head) && text.endsWith(tail), `changed elsewhere\n${text}\n---\n${after}`);
  return text.slice(head.length, text.length - tail.length);
}

/** Everything besides the new item is as it was, byte for byte. */
async function insertCase(random: Generator, text: string, before: JsonObject): Promise<void> {
  const holders = allPaths(before).filter((path) =>
    typeof lookup(before, path).value === "object" &&
    lookup(before, path).value !== null
  );
  const path = random.pick(holders);
  const holder = lookup(before, path).value;
  const value = random.value();
  const key = Array.isArray(holder) ? holder.length : `new${random.below(9)}`;
  const after = await setConfigValue(text, [...path, key], value);
  // The white space between the brackets of an empty holder is replaced by the line of the new item.
  const isEmpty = Object.keys(holder as object).length === 0;
  const kept = isEmpty ? text.replace(/\s+/g, "") : text;
  assert(isSubsequence(kept, after), `lost characters\n${text}\n---\n${after}`);
  assertEquals(lookup(await read(after), [...path, key]), { found: true, value });
}

/** The old value goes, and nothing before or behind it changes by a byte. */
async function replaceCase(random: Generator, text: string, before: JsonObject): Promise<void> {
  const paths = allPaths(before).filter((path) => path.length > 0);
  if (paths.length === 0) return;
  const path = random.pick(paths);
  const old = lookup(before, path).value;
  const taken = takenOut(text, await setConfigValue(text, path, MARK));
  assertEquals(taken.trim(), taken);
  assertEquals((await read(`{v:${taken}}`)).v, old);
  const value = random.value();
  const after = await setConfigValue(text, path, value);
  assertEquals(lookup(await read(after), path), { found: true, value });
  if (typeof old === "object" && old !== null) return;
  for (const comment of text.match(/\bc\d+\b/g) ?? []) {
    assert(after.includes(comment), `lost comment ${comment}\n${text}\n---\n${after}`);
  }
}

async function removeCase(random: Generator, text: string, before: JsonObject): Promise<void> {
  const paths = allPaths(before).filter((path) => path.length > 0);
  if (paths.length === 0) return;
  const path = random.pick(paths);
  const after = await unsetConfigValue(text, path);
  assert(isSubsequence(after, text), `added characters\n${text}\n---\n${after}`);
}

Deno.test("setConfigValue() and unsetConfigValue() keep everything else in any text", async () => {
  const random = new Generator(SEED);
  for (let i = 0; i < CASES; i++) {
    const text = random.document();
    const before = await read(text);
    try {
      await random.pick([insertCase, replaceCase, removeCase])(random, text, before);
    } catch (error) {
      throw new Error(`FUZZ_SEED=${SEED} case ${i}\n${text}`, { cause: error });
    }
  }
});
