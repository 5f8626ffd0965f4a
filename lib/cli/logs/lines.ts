/**
 * Lines of the log file as people and programs read them.
 *
 * @module
 */
import { isObject, type JsonObject, parseJsonOrUndefined } from "../../base/mod.ts";
import { formatLocalIso } from "../../platform/mod.ts";
import type { Output, Tone } from "../output.ts";

/** One line of the log file, understood. */
export type LogLine =
  | {
    type: "log";
    time?: string;
    level?: string;
    subsystem?: string;
    module?: string;
    message: string;
    raw: string;
  }
  | { type: "raw"; raw: string };

/** Reads one line; what is no log record stays as it is. */
export function parseLogLine(raw: string): LogLine {
  const record = parseJsonOrUndefined(raw);
  if (!isObject(record)) return { type: "raw", raw };
  const meta = isObject(record._meta) ? record._meta : {};
  const bindings = parseBindings(record["0"]);
  return {
    type: "log",
    ...named("time", record.time ?? meta.date),
    ...named("level", text(meta.logLevelName)?.toLowerCase()),
    ...named("subsystem", bindings?.subsystem),
    ...named("module", bindings?.module),
    message: text(record.message) ?? restOf(record, bindings !== undefined),
    raw,
  };
}

/** How a line is shown. */
export interface LogLineStyle {
  readonly localTime: boolean;
  /** Where the colours come from; absent for none. */
  readonly paint?: Output["paint"];
}

/** `<time> <level> <subsystem> <message>`. */
export function formatLogLine(line: LogLine, style: LogLineStyle): string {
  if (line.type === "raw") return line.raw;
  const paint = style.paint ?? ((value: string) => value);
  const level = line.level ?? "info";
  const parts = [
    ...(line.time === undefined ? [] : [paint(shownTime(line.time, style.localTime), "dim")]),
    paint(level, levelTone(level)),
    ...(line.subsystem === undefined ? [] : [paint(line.subsystem, "accent")]),
    line.message,
  ];
  return parts.join(" ");
}

function shownTime(time: string, isLocal: boolean): string {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return time;
  return isLocal ? formatLocalIso(ms) : new Date(ms).toISOString();
}

function levelTone(level: string): Tone {
  if (level === "error" || level === "fatal") return "bad";
  if (level === "warn") return "warn";
  return level === "info" ? "good" : "dim";
}

function parseBindings(value: unknown): JsonObject | undefined {
  const parsed = typeof value === "string" && value.startsWith("{")
    ? parseJsonOrUndefined(value)
    : value;
  return isObject(parsed) ? parsed : undefined;
}

/** The numbered arguments of a record that has no message of its own. */
function restOf(record: JsonObject, hasBindings: boolean): string {
  return Object.keys(record).filter((key) => /^\d+$/.test(key) && !(key === "0" && hasBindings))
    .map((key) => {
      const value = record[key];
      return typeof value === "string" ? value : JSON.stringify(value);
    })
    .join(" ");
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function named<Name extends string>(name: Name, value: unknown): { [Key in Name]?: string } {
  return (typeof value === "string" ? { [name]: value } : {}) as { [Key in Name]?: string };
}
