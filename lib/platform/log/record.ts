/**
 * One line of a log file.
 *
 * @module
 */
import type { LogFields, LogLevel } from "../../base/mod.ts";

const LEVEL_IDS = { trace: 1, debug: 2, info: 3, warn: 4, error: 5, fatal: 6 } as const;
const MAX_MESSAGE_CHARS = 4096;
const MAX_TEXT_CHARS = 16_384;

/** Fields that clients filter by, and where they stand in a record. */
const CONTEXT_FIELDS = {
  agentId: "agent_id",
  sessionId: "session_id",
  channel: "channel",
  traceId: "traceId",
  spanId: "spanId",
  parentSpanId: "parentSpanId",
  traceFlags: "traceFlags",
} as const;

/** Levels that a record can have. */
export type RecordLevel = Exclude<LogLevel, "silent">;

/** One thing that happened. Texts and fields are redacted already. */
export interface LogRecord {
  level: RecordLevel;
  subsystem: string;
  message: string;
  fields: LogFields | undefined;
  /** Milliseconds since the epoch. */
  timeMs: number;
  /** The same moment in local time. */
  time: string;
}

/** Writes records of one subsystem; what never changes is prepared once. */
export class RecordFormatter {
  readonly #bindings: string;
  readonly #meta: Record<RecordLevel, string>;
  readonly #host: string;

  /** @param configPath Config of the gateway, which tells its records from another one's. */
  constructor(subsystem: string, hostname: string, version: string, configPath?: string) {
    const bindings = JSON.stringify({ subsystem });
    const metaOf = (level: RecordLevel) =>
      JSON.stringify({
        runtime: "deno",
        runtimeVersion: Deno.version.deno,
        version,
        ...(configPath === undefined ? {} : { configPath }),
        hostname,
        name: bindings,
        parentNames: ["openclaw"],
        logLevelId: LEVEL_IDS[level],
        logLevelName: level.toUpperCase(),
        // Readers of the format expect the object; call sites are not traced.
        path: {},
      }).slice(0, -1);
    const levels = Object.keys(LEVEL_IDS) as RecordLevel[];
    this.#bindings = JSON.stringify(bindings);
    this.#host = JSON.stringify(hostname);
    this.#meta = Object.fromEntries(levels.map((level) => [level, metaOf(level)])) as Record<
      RecordLevel,
      string
    >;
  }

  /** The record as one line of JSON, line feed included. */
  format(record: LogRecord): string {
    const { message, fields, level, time } = record;
    const text = JSON.stringify(cut(message, MAX_TEXT_CHARS));
    const short = message.length <= MAX_MESSAGE_CHARS
      ? text
      : JSON.stringify(cut(message, MAX_MESSAGE_CHARS));
    const extra = fields === undefined ? "" : `,"2":${JSON.stringify(fields)}`;
    const date = new Date(record.timeMs).toISOString();
    return `{"0":${this.#bindings},"1":${text}${extra},"_meta":${this.#meta[level]}` +
      `,"date":"${date}"},"time":"${time}","hostname":${this.#host},"message":${short}` +
      `${contextOf(fields)}}\n`;
  }
}

function contextOf(fields: LogFields | undefined): string {
  if (fields === undefined) return "";
  let text = "";
  for (const [field, name] of Object.entries(CONTEXT_FIELDS)) {
    const value = fields[field];
    if (typeof value === "string") text += `,"${name}":${JSON.stringify(value)}`;
  }
  return text;
}

function cut(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : text.slice(0, maxChars);
}
