/**
 * What may leave the machine in a diagnostics export: facts of operation, and nothing that somebody
 * has said, configured as a secret or is known by.
 *
 * @module
 */
import {
  isObject,
  type JsonObject,
  parseJsonOrUndefined,
  type RedactionSet,
} from "../../base/mod.ts";
import { parseLogLine } from "../logs/lines.ts";

/** Stands where something was taken out. */
export const HIDDEN = "<redacted>";

/** Texts of people, and names of people, chats and sessions. */
const PRIVATE_KEY =
  /(?:prompt|message|text|body|content|preview|reply|note|label|title|name|email|phone|sessionKey|sessionId|from|to|recent|allow|deny|users?|owners?|groups?|identity|self|host|ip|user|commandLine|args|detail)$/i;
/** Keys of what is a plain fact although its name looks private. */
const PLAIN_KEYS: ReadonlySet<string> = new Set(["loadedText", "notLoadedText", "hostname"]);
/** Values that are words of this program: modes, ids of models, versions, paths of state. */
const PLAIN_VALUE = /^[A-Za-z0-9$~][A-Za-z0-9$~._/:+@ -]{0,119}$/;
/** A number that calls or finds somebody, and an address of mail. */
const PERSONAL = /\+?\d{6,}|@[A-Za-z0-9-]+\.|\d{1,3}(?:\.\d{1,3}){3}/;
/** Where conversations never get to: the log of starts, stops and configurations. */
const OPERATIONAL_SUBSYSTEM = "gateway";
const MAX_HEAD_CHARS = 120;

/** Takes secrets and the places of this machine out of texts. */
export interface Sanitizer {
  readonly redaction: RedactionSet;
  readonly stateDir: string;
  readonly home: string;
}

/** `text` without secrets, and with variables in place of private folders. */
export function sanitizeText(text: string, { redaction, stateDir, home }: Sanitizer): string {
  return redaction.redact(text).replaceAll(stateDir, "$OPENCLAW_STATE_DIR").replaceAll(home, "~");
}

/** A copy with every text hidden that is not plainly a fact of operation. */
export function sanitizeValue(value: unknown, sanitizer: Sanitizer, key = ""): unknown {
  if (typeof value === "string") return sanitizeString(value, sanitizer, key);
  if (Array.isArray(value)) {
    if (isPrivate(key)) return value.length === 0 ? [] : [HIDDEN];
    return value.map((item) => sanitizeValue(item, sanitizer, key));
  }
  if (!isObject(value)) return value;
  return sanitizeObject(value, sanitizer);
}

function sanitizeObject(value: JsonObject, sanitizer: Sanitizer): JsonObject {
  const result: JsonObject = {};
  let hidden = 0;
  for (const [key, item] of Object.entries(value)) {
    const isPlain = /^[A-Za-z$_][A-Za-z0-9$_.:/-]{0,63}$/.test(key) && !PERSONAL.test(key) &&
      sanitizer.redaction.redact(key) === key;
    const shown = isPlain ? key : `<id-${++hidden}>`;
    result[shown] = sanitizeValue(item, sanitizer, key);
  }
  return result;
}

function sanitizeString(value: string, sanitizer: Sanitizer, key: string): string {
  if (value === "" || value.startsWith("__OPENCLAW_")) return value === "" ? "" : HIDDEN;
  if (isPrivate(key)) return HIDDEN;
  const text = sanitizeText(value, sanitizer);
  return PLAIN_VALUE.test(text) && !PERSONAL.test(withoutDates(text)) ? text : HIDDEN;
}

function isPrivate(key: string): boolean {
  return PRIVATE_KEY.test(key) && !PLAIN_KEYS.has(key);
}

/** Dates, versions and addresses of this machine have long numbers, too. */
function withoutDates(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?/g, "").replaceAll(
    /(?:127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?/g,
    "",
  );
}

/** One line of a log: when, how bad, where from, and what kind of thing. */
export function sanitizeLogLine(raw: string, sanitizer: Sanitizer): string {
  const line = parseLogLine(raw);
  if (line.type === "raw") return JSON.stringify({ omitted: "unparsed" });
  const { time, level, subsystem } = line;
  const record = parseJsonOrUndefined(raw);
  const fields = isObject(record) && isObject(record["2"]) ? record["2"] : undefined;
  return JSON.stringify({
    time,
    level,
    subsystem,
    msg: logHead(line.message, subsystem, sanitizer),
    ...(fields === undefined ? {} : { fields: sanitizeValue(fields, sanitizer) }),
  });
}

/**
 * What a message says before it quotes anything. Only starts, stops and configurations, where nobody
 * says anything, are told in full.
 */
function logHead(message: string, subsystem: string | undefined, sanitizer: Sanitizer): string {
  const text = sanitizeText(message, sanitizer);
  const [line = ""] = text.split("\n", 1);
  const isOperational = subsystem === OPERATIONAL_SUBSYSTEM && !/["\u201c]/.test(line);
  if (isOperational) return line.slice(0, MAX_HEAD_CHARS * 2);
  const head = line.split(/: |["\u201c({[]/, 1)[0]!;
  const isCut = head.length < line.length || head.length > MAX_HEAD_CHARS;
  return head.slice(0, MAX_HEAD_CHARS).trimEnd() + (isCut ? " …" : "");
}
