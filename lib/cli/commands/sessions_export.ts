/**
 * `openclaw sessions export`: a conversation as the lines of OpenClaw's transcript format.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { locateSessions, withLocalStore } from "../sessions/local_store.ts";
import type { CommandContext } from "../table.ts";

/** Lines that are written at once. */
const LINES_PER_WRITE = 64;

/** Writes one transcript to standard output or into a new file. */
export async function run(context: CommandContext): Promise<number> {
  const { args, options, out } = context;
  const local = await locateSessions(context);
  const { canonicalSessionKey } = await import("../../sessions/mod.ts");
  const { key } = canonicalSessionKey(args[0]!, { defaultAgentId: local.defaultAgentId });
  const sessionId = options.text("session-id");
  const path = options.text("out");
  const count = await withLocalStore(context, local, async (store) => {
    const lines = store.exportSession(key, {
      cwd: local.paths.workspaceDir,
      ...(sessionId === undefined ? {} : { sessionId }),
    });
    return path === undefined ? print(context, lines) : await writeFile(path, lines);
  });
  if (count === undefined) {
    throw new AppError("SESSION_NOT_FOUND", `Cannot find session "${key}": there is no store`, {
      hint: context.say("sessions list"),
    });
  }
  if (path !== undefined) out.note(`Wrote ${count} lines to ${path}`);
  return 0;
}

function print({ out }: CommandContext, lines: Iterable<string>): number {
  let count = 0;
  let waiting: string[] = [];
  for (const line of lines) {
    count++;
    waiting.push(line);
    if (waiting.length < LINES_PER_WRITE) continue;
    out.line(waiting.join("\n"));
    waiting = [];
  }
  if (waiting.length > 0) out.line(waiting.join("\n"));
  return count;
}

/** A conversation is private, so is its file. */
async function writeFile(path: string, lines: Iterable<string>): Promise<number> {
  const { ioError } = await import("../../platform/mod.ts");
  let count = 0;
  try {
    using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
    const encoder = new TextEncoder();
    for (const line of lines) {
      const bytes = encoder.encode(`${line}\n`);
      let written = 0;
      while (written < bytes.length) written += await file.write(bytes.subarray(written));
      count++;
    }
    await file.sync();
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new AppError("USAGE", `Cannot write "${path}": it is there already`, {
        hint: "Choose another name for --out, or remove the file first",
      });
    }
    throw ioError("write", path, error);
  }
  return count;
}
