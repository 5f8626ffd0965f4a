/**
 * Log lines for people and supervisors, on stdout and stderr.
 *
 * @module
 */
import { formatLocalTime } from "../clock.ts";
import type { LogRecord, RecordLevel } from "./record.ts";

/** How console lines look. */
export type ConsoleStyle = "pretty" | "compact" | "json";

/** Where finished lines go. */
export interface ConsoleOutput {
  writeOut(text: string): void;
  writeErr(text: string): void;
}

/** What decides the look of console lines. */
export interface ConsoleFormat {
  style: ConsoleStyle;
  /** Whether lines may be coloured; only the `pretty` style is. */
  hasColor: boolean;
}

const DROPPED_PREFIX = /^(?:gateway|channels|providers)\//;
const LEVEL_COLORS: Record<RecordLevel, string> = {
  trace: "\x1b[90m",
  debug: "\x1b[90m",
  info: "",
  warn: "\x1b[33m",
  error: "\x1b[31m",
  fatal: "\x1b[1;31m",
};
const DIM = "\x1b[2m";
const CYAN = "\x1b[36m";
const RESET = "\x1b[0m";

/** The name of a subsystem on the console: without a leading room, at most two segments. */
export function consolePrefix(subsystem: string): string {
  return subsystem.replace(DROPPED_PREFIX, "").split("/").slice(0, 2).join("/");
}

/** A record as it appears on the console, line feed included. Fields appear in the `json` style. */
export function formatConsoleLine(record: LogRecord, format: ConsoleFormat): string {
  const { level, subsystem, message, time } = record;
  if (format.style === "json") {
    return JSON.stringify({ time, level, subsystem, message, ...record.fields }) + "\n";
  }
  const prefix = `[${consolePrefix(subsystem)}]`;
  const text = printable(message);
  if (format.style === "compact") return `${time} ${prefix} ${text}\n`;
  const clock = formatLocalTime(record.timeMs);
  if (!format.hasColor) return `${clock} ${prefix} ${text}\n`;
  const color = LEVEL_COLORS[level];
  const body = color === "" ? text : `${color}${text}${RESET}`;
  return `${DIM}${clock}${RESET} ${CYAN}${prefix}${RESET} ${body}\n`;
}

/** Whether lines of a level go to stderr. */
export function isErrorLevel(level: RecordLevel): boolean {
  return level === "warn" || level === "error" || level === "fatal";
}

/** The standard streams of this process. A stream that its reader closed is no longer written to. */
export function standardStreams(): ConsoleOutput {
  return { writeOut: streamWriter(Deno.stdout), writeErr: streamWriter(Deno.stderr) };
}

interface SyncWriter {
  writeSync(data: Uint8Array): number;
}

/** Writes to a stream without ever throwing. */
export function streamWriter(stream: SyncWriter): (text: string) => void {
  let isClosed = false;
  return (text) => {
    if (isClosed) return;
    const bytes = new TextEncoder().encode(text);
    let written = 0;
    try {
      while (written < bytes.length) written += stream.writeSync(bytes.subarray(written));
    } catch (error) {
      // A full non-blocking pipe loses this line only; the file has it. Other failures are final.
      isClosed = !(error instanceof Deno.errors.WouldBlock);
    }
  };
}

/**
 * Text that cannot take over a terminal or pretend to be another log line: control characters are
 * shown as escapes, further lines are indented.
 */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- finding control characters is the purpose
  if (!/[\x00-\x1f\x7f-\x9f]/.test(text)) return text;
  return text.replaceAll(/\r?\n/g, "\n  ")
    // deno-lint-ignore no-control-regex -- finding control characters is the purpose
    .replaceAll(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
