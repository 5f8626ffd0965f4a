/**
 * The last thing that went wrong, as the log has it.
 *
 * @module
 */
import { redactShapes } from "../../base/mod.ts";
import { parseLogLine } from "./lines.ts";

const LOOK_AT_LINES = 500;
const LOOK_AT_BYTES = 128_000;
const MAX_CHARS = 400;

/**
 * Message of the newest error in a log file; `undefined` when its end has none. Never throws.
 *
 * @param configPath Config of the gateway whose error is meant.
 */
export async function lastLoggedError(
  file: string | undefined,
  configPath: string,
): Promise<string | undefined> {
  if (!file) return undefined;
  const { readLogTail } = await import("../../platform/mod.ts");
  try {
    const { lines } = await readLogTail(file, {
      limit: LOOK_AT_LINES,
      maxBytes: LOOK_AT_BYTES,
      configPath,
    });
    for (const raw of lines.toReversed()) {
      const line = parseLogLine(raw);
      if (line.type === "log" && (line.level === "error" || line.level === "fatal")) {
        return redactShapes(line.message).split("\n")[0]!.slice(0, MAX_CHARS);
      }
    }
    return undefined;
  } catch {
    // A log that cannot be read has its own line in the report; here it adds nothing.
    return undefined;
  }
}
