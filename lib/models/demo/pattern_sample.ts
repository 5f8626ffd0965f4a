/**
 * A short text that fits a regular expression, as `pattern` of a JSON Schema has them.
 *
 * The expression is read and never run: one that takes ages to match is told by anybody who may ask.
 * Expressions that look ahead or back, or refer to what they matched, are not followed.
 *
 * @module
 */

/** Longest text that is made. */
const MAX_CHARS = 10_000;
/** Groups within groups. */
const MAX_DEPTH = 40;
/** Most further repetitions that are tried to reach a length. */
const MAX_EXTRA = 256;

/**
 * A text that fits `pattern`; the same one each time.
 *
 * @param minChars What is repeated without a bound is repeated until the text is as long.
 * @returns `undefined` for expressions that are wrong or not followed, and where no text is long enough.
 */
export function textFor(pattern: string, minChars = 0): string | undefined {
  try {
    const make = new PatternReader(pattern).read();
    for (let extra = 0; extra <= MAX_EXTRA; extra++) {
      const text = make(extra);
      if (text.length >= minChars) return text;
    }
  } catch (error) {
    if (!(error instanceof NotFollowed)) throw error;
  }
  return undefined;
}

class NotFollowed extends Error {}

/** Makes the text of a part, with `extra` repetitions more where there is no bound. */
type Part = (extra: number) => string;

/** A set of characters: one of them, and whether others are in it. */
interface CharSet {
  sample: string;
  has(char: string): boolean;
}

const DIGIT: CharSet = { sample: "0", has: (char) => /^[0-9]$/.test(char) };
const WORD: CharSet = { sample: "a", has: (char) => /^\w$/.test(char) };
const SPACE: CharSet = { sample: " ", has: (char) => /^\s$/.test(char) };
/** What is tried where a set says what is not in it. */
const CANDIDATES = [..."a0 -_x.A~", "é", "\n"];

const PROPERTIES: Readonly<Record<string, string>> = {
  L: "a",
  Letter: "a",
  Ll: "a",
  Alphabetic: "a",
  Lu: "A",
  N: "0",
  Nd: "0",
};

class PatternReader {
  readonly #chars: string[];
  #at = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#chars = [...pattern];
  }

  read(): Part {
    const part = this.#alternatives();
    if (this.#at < this.#chars.length) throw new NotFollowed();
    return part;
  }

  /** Of several alternatives the first is taken. */
  #alternatives(): Part {
    if (++this.#depth > MAX_DEPTH) throw new NotFollowed();
    const first = this.#sequence();
    while (this.#take("|")) this.#sequence();
    this.#depth--;
    return first;
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#at < this.#chars.length && !"|)".includes(this.#peek())) {
      parts.push(this.#repeated(this.#atom()));
    }
    return (extra) => {
      let text = "";
      for (const part of parts) text = bounded(text + part(extra));
      return text;
    };
  }

  #repeated(part: Part): Part {
    const times = this.#times();
    if (times === undefined) return part;
    this.#take("?");
    const [least, most] = times;
    return (extra) => {
      const count = Math.min(most, least + extra);
      const text = count === 0 ? "" : part(extra);
      if (text.length * count > MAX_CHARS) throw new NotFollowed();
      return text.repeat(count);
    };
  }

  #times(): [least: number, most: number] | undefined {
    if (this.#take("*")) return [0, Infinity];
    if (this.#take("+")) return [1, Infinity];
    if (this.#take("?")) return [0, 1];
    const rest = this.#chars.slice(this.#at, this.#at + 20).join("");
    const match = /^\{(\d{1,6})(?:(,)(\d{1,6})?)?\}/.exec(rest);
    if (match === null) return undefined;
    this.#at += match[0].length;
    const least = Number(match[1]);
    if (match[2] === undefined) return [least, least];
    return [least, match[3] === undefined ? Infinity : Number(match[3])];
  }

  #atom(): Part {
    const char = this.#next();
    switch (char) {
      case "^":
      case "$":
        return () => "";
      case ".":
        return () => "x";
      case "(":
        return this.#group();
      case "[": {
        const { sample } = this.#set();
        return () => sample;
      }
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        throw new NotFollowed();
      default:
        return () => char;
    }
  }

  #group(): Part {
    if (this.#take("?")) {
      const isNamed = this.#take("<");
      if (isNamed && "=!".includes(this.#peek())) throw new NotFollowed();
      if (!isNamed && !this.#take(":")) throw new NotFollowed();
      while (isNamed && this.#next() !== ">");
    }
    const part = this.#alternatives();
    if (!this.#take(")")) throw new NotFollowed();
    return part;
  }

  #escape(): Part {
    const char = this.#peek();
    if (/[1-9k]/.test(char)) throw new NotFollowed();
    if (this.#take("b")) return () => "";
    if (char === "B") throw new NotFollowed();
    const { sample } = this.#escapedSet();
    return () => sample;
  }

  /** What stands behind a backslash, in a set or outside of one. */
  #escapedSet(): CharSet {
    const char = this.#next();
    switch (char) {
      case "d":
        return DIGIT;
      case "w":
        return WORD;
      case "s":
        return SPACE;
      case "D":
        return without(DIGIT);
      case "W":
        return without(WORD);
      case "S":
        return without(SPACE);
      case "p":
        return this.#property();
      case "P":
        throw new NotFollowed();
      case "x":
        return single(this.#code(2));
      case "u":
        return single(this.#take("{") ? this.#bracedCode() : this.#code(4));
      default:
        return single(CONTROLS[char] ?? char);
    }
  }

  #property(): CharSet {
    if (!this.#take("{")) throw new NotFollowed();
    const sample = PROPERTIES[this.#until("}")];
    if (sample === undefined) throw new NotFollowed();
    return single(sample);
  }

  #code(digits: number): string {
    const text = this.#chars.slice(this.#at, this.#at + digits).join("");
    this.#at += digits;
    return character(text);
  }

  #bracedCode(): string {
    return character(this.#until("}"));
  }

  #set(): CharSet {
    const isNegated = this.#take("^");
    const members: CharSet[] = [];
    while (!this.#take("]")) members.push(this.#member());
    const all: CharSet = {
      sample: members[0]?.sample ?? "",
      has: (char) => members.some((member) => member.has(char)),
    };
    if (isNegated) return without(all);
    if (members.length === 0) throw new NotFollowed();
    return all;
  }

  #member(): CharSet {
    const from = this.#memberStart();
    const isRange = this.#peek() === "-" && this.#chars[this.#at + 1] !== "]";
    if (!isRange || this.#at + 1 >= this.#chars.length) return from;
    this.#next();
    const to = this.#memberStart();
    return { sample: from.sample, has: (char) => char >= from.sample && char <= to.sample };
  }

  #memberStart(): CharSet {
    const char = this.#next();
    return char === "\\" && this.#peek() !== "b" ? this.#escapedSet() : single(char);
  }

  #until(end: string): string {
    let text = "";
    for (let char = this.#next(); char !== end; char = this.#next()) text += char;
    return text;
  }

  #peek(): string {
    return this.#chars[this.#at] ?? "";
  }

  #next(): string {
    const char = this.#chars[this.#at++];
    if (char === undefined) throw new NotFollowed();
    return char;
  }

  #take(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at++;
    return true;
  }
}

const CONTROLS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", f: "\f", v: "\v" };

function single(char: string): CharSet {
  return { sample: char, has: (other) => other === char };
}

function without(set: CharSet): CharSet {
  const sample = CANDIDATES.find((char) => !set.has(char));
  if (sample === undefined) throw new NotFollowed();
  return { sample, has: (char) => !set.has(char) };
}

function character(hex: string): string {
  const code = /^[0-9a-fA-F]{1,6}$/.test(hex) ? parseInt(hex, 16) : Infinity;
  if (code > 0x10ffff) throw new NotFollowed();
  return String.fromCodePoint(code);
}

function bounded(text: string): string {
  if (text.length > MAX_CHARS) throw new NotFollowed();
  return text;
}
