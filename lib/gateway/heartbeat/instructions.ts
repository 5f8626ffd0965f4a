/**
 * What `HEARTBEAT.md` asks for: nothing, everything in it, or tasks that are due from time to time.
 * Pure.
 *
 * @module
 */
import { parseDuration } from "../../config/mod.ts";

/** One entry of the file's `tasks:` block. */
export interface HeartbeatTask {
  readonly name: string;
  readonly intervalMs: number;
  readonly prompt: string;
}

/** Whether a file says nothing: blanks, headings and empty list marks only. */
export function isBlankInstruction(text: string): boolean {
  return text.split(/\r?\n/).every((line) =>
    /^\s*(?:#+(?:\s.*)?|[-*+](?:\s+\[[ xX]?\])?|)\s*$/.test(line)
  );
}

/**
 * The tasks of the file's `tasks:` block; none when it has no such block.
 *
 * An entry begins with `- name:` and goes on with `interval:` and `prompt:`; one without a usable
 * interval or prompt is left out.
 */
export function parseTasks(text: string): HeartbeatTask[] {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => /^tasks:\s*$/.test(line));
  if (start < 0) return [];
  const entries: Record<string, string>[] = [];
  for (const line of lines.slice(start + 1)) {
    if (/^\S/.test(line) && !line.startsWith("-")) break;
    const match = /^\s*(-\s+)?(name|interval|prompt):\s*(.+?)\s*$/.exec(line);
    if (match === null) continue;
    if (match[1] !== undefined) entries.push({});
    const entry = entries.at(-1);
    if (entry !== undefined) entry[match[2]!] = unquote(match[3]!);
  }
  return entries.flatMap(({ name, interval, prompt }) => {
    const intervalMs = parseDuration(interval ?? "", 60_000);
    if (!name || !prompt || intervalMs === undefined) return [];
    return [{ name, intervalMs, prompt }];
  });
}

/** The tasks whose interval is over, given when each ran last. */
export function dueTasks(
  tasks: readonly HeartbeatTask[],
  lastRuns: Readonly<Record<string, number>>,
  now: number,
): HeartbeatTask[] {
  return tasks.filter(({ name, intervalMs }) => {
    const last = lastRuns[name];
    return last === undefined || last > now || now - last >= intervalMs;
  });
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
