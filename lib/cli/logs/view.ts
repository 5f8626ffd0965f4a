/**
 * The log on the screen: text for people, JSON lines for programs.
 *
 * @module
 */
import { LOG_LEVELS, type LogLevel, redactShapes } from "../../base/mod.ts";
import { formatLogLine, type LogLine, type LogLineStyle, parseLogLine } from "./lines.ts";
import type { LogChunk } from "./types.ts";
import type { CommandContext } from "../table.ts";

/** Shows pieces of the log as the options of the command say. */
export class LogView {
  readonly #context: CommandContext;
  readonly #isJson: boolean;
  readonly #style: LogLineStyle;
  readonly #limit: number;
  readonly #isWanted: (line: LogLine) => boolean;

  /** @param limit Most lines of one piece. */
  constructor(context: CommandContext, limit: number) {
    const { options, out } = context;
    this.#context = context;
    this.#isJson = options.flag("json");
    this.#limit = limit;
    this.#isWanted = filterOf(options.text("level"), options.list("subsystem"));
    this.#style = {
      localTime: options.flag("local-time"),
      ...(options.flag("plain") ? {} : { paint: (text, tone) => out.paint(text, tone) }),
    };
  }

  /** Shows the first piece, after the name of the file. */
  begin(chunk: LogChunk): void {
    const { out } = this.#context;
    const { file, cursor, size } = chunk;
    if (this.#isJson) out.jsonLine({ type: "meta", file, cursor, size });
    else out.line(`Log file: ${file}`);
    this.show(chunk);
  }

  /** Shows one piece. */
  show({ lines, truncated, reset }: LogChunk): void {
    // Lines that --limit left out were not asked for.
    const isShort = truncated && lines.length < this.#limit;
    if (isShort) this.notice("Log tail truncated (increase --max-bytes).");
    if (reset) this.notice("Log cursor reset (file rotated).");
    const { out } = this.#context;
    for (const raw of lines) {
      const line = redactLine(parseLogLine(raw));
      if (!this.#isWanted(line)) continue;
      if (this.#isJson) out.jsonLine(line);
      else out.line(formatLogLine(line, this.#style));
    }
  }

  /** Tells something about the showing itself. */
  notice(message: string): void {
    const { out } = this.#context;
    if (this.#isJson) out.jsonLine({ type: "notice", message });
    else out.note(message);
  }
}

/**
 * Which lines are shown. What is no record passes only where nothing is asked for: nobody knows how
 * bad it is or where it comes from.
 */
function filterOf(
  level: string | undefined,
  subsystems: readonly string[],
): (line: LogLine) => boolean {
  if (level === undefined && subsystems.length === 0) return () => true;
  const rank = (name: string) => LOG_LEVELS.indexOf(name as LogLevel);
  const isBad = (name = "info") => level === undefined || rank(name) <= rank(level);
  const isOf = (name = "") =>
    subsystems.length === 0 || subsystems.some((one) => name === one || name.startsWith(`${one}/`));
  return (line) => line.type === "log" && isBad(line.level) && isOf(line.subsystem);
}

/** Only after parsing: a redacted value is no JSON any more. */
function redactLine(line: LogLine): LogLine {
  const raw = redactShapes(line.raw);
  return line.type === "raw"
    ? { ...line, raw }
    : { ...line, raw, message: redactShapes(line.message) };
}
