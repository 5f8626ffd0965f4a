/**
 * Looks through the text of a JSON body for what a parser takes without a word and programs behind it
 * stumble over: values nested without end, keys without number, names that are there twice.
 *
 * @module
 */
import { parseJsonOrUndefined } from "../base/mod.ts";
import { type HttpError, invalidRequest } from "./errors.ts";

/** Deepest nesting of lists and objects; schemas of tools have some thirty levels at most. */
export const MAX_JSON_DEPTH = 256;

/** Most names in all objects together; a conversation of ten thousand messages has about half. */
export const MAX_JSON_KEYS = 100_000;

/**
 * Checks a text, whether it is JSON or not: what is wrong with its syntax is the parser's to say.
 *
 * @throws {HttpError} `INVALID_REQUEST`.
 */
export function checkJsonText(text: string): void {
  new JsonScanner(text).run();
}

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const QUOTE = 0x22;
const COLON = 0x3a;

/** Goes through a text once; strings are stepped over as a whole. */
class JsonScanner {
  readonly #text: string;
  /** Names of each object that is open; nothing for lists, and for objects without a name yet. */
  readonly #open: (Set<string> | undefined)[] = [];
  #keys = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): void {
    const text = this.#text;
    for (let at = 0; at < text.length; at++) {
      switch (text.charCodeAt(at)) {
        case OPEN_BRACE:
        case OPEN_BRACKET:
          this.#open.push(undefined);
          if (this.#open.length > MAX_JSON_DEPTH) throw tooDeep();
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          this.#open.pop();
          break;
        case QUOTE: {
          const end = this.#stringEnd(at);
          if (end < 0) return;
          if (this.#isName(end + 1)) this.#takeName(text.slice(at + 1, end));
          at = end;
        }
      }
    }
  }

  /** Where the string ends that begins at a place; -1 when it does not. */
  #stringEnd(start: number): number {
    const text = this.#text;
    for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
      let escapes = 0;
      while (text[end - 1 - escapes] === "\\") escapes++;
      if (escapes % 2 === 0) return end;
    }
    return -1;
  }

  #isName(behind: number): boolean {
    const text = this.#text;
    let at = behind;
    while (text.charCodeAt(at) <= 0x20) at++;
    return text.charCodeAt(at) === COLON;
  }

  #takeName(raw: string): void {
    if (++this.#keys > MAX_JSON_KEYS) throw tooMany();
    const parsed = raw.includes("\\") ? parseJsonOrUndefined(`"${raw}"`) : raw;
    const name = typeof parsed === "string" ? parsed : raw;
    if (name === "__proto__") throw refusal('a field named "__proto__"', "Leave it out");
    const last = this.#open.length - 1;
    const names = this.#open[last] ??= new Set();
    if (names.has(name)) {
      throw refusal(`the field "${name.slice(0, MAX_SHOWN_CHARS)}" twice`, "Send each field once");
    }
    names.add(name);
  }
}

const MAX_SHOWN_CHARS = 80;

function refusal(what: string, hint: string): HttpError {
  return invalidRequest(`Request body has ${what}`, hint);
}

function tooDeep(): HttpError {
  return refusal(
    `more than ${MAX_JSON_DEPTH} levels of lists and objects`,
    "Send what is nested that deeply as a text",
  );
}

function tooMany(): HttpError {
  return refusal(`more than ${MAX_JSON_KEYS} fields`, "Send less at once");
}
