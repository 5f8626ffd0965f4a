/**
 * `openclaw sessions export`: a conversation as the lines of OpenClaw's transcript format.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { type LocalSessions, locateSessions, withLocalStore } from "../sessions/local_store.ts";
import { writeLines } from "../sessions/write_lines.ts";
import type { CommandContext } from "../table.ts";

/** Lines that are written at once. */
const LINES_PER_WRITE = 64;

/** Writes one transcript to standard output or into a new file, or all of them into a folder. */
export async function run(context: CommandContext): Promise<number> {
  const { args, options } = context;
  const [key] = args;
  const local = await locateSessions(context);
  if (options.flag("all")) {
    if (key !== undefined) throw usage("--all and a key exclude each other");
    const folder = options.text("out");
    if (folder === undefined) throw usage("--all needs --out with a folder");
    const { exportAll } = await import("../sessions/export_all.ts");
    const count = await withLocalStore(
      context,
      local,
      (store) => exportAll(store, folder, local.paths.workspaceDir),
    );
    if (count === undefined) throw noStore(context, "conversations");
    context.out.note(`Wrote ${count} conversations to ${folder}`);
    return 0;
  }
  if (key === undefined) throw usage("a session key is missing");
  return await exportOne(context, local, key);
}

async function exportOne(
  context: CommandContext,
  local: LocalSessions,
  given: string,
): Promise<number> {
  const { options, out } = context;
  const { canonicalSessionKey } = await import("../../sessions/mod.ts");
  const { key } = canonicalSessionKey(given, { defaultAgentId: local.defaultAgentId });
  const sessionId = options.text("session-id");
  const path = options.text("out");
  const count = await withLocalStore(context, local, async (store) => {
    const lines = store.exportSession(key, {
      cwd: local.paths.workspaceDir,
      ...(sessionId === undefined ? {} : { sessionId }),
    });
    return path === undefined ? print(context, lines) : await writeLines(path, lines);
  });
  if (count === undefined) throw noStore(context, `session "${key}"`);
  if (path !== undefined) out.note(`Wrote ${count} lines to ${path}`);
  return 0;
}

function noStore(context: CommandContext, what: string): AppError {
  return new AppError("SESSION_NOT_FOUND", `Cannot find ${what}: there is no store`, {
    hint: context.say("sessions list"),
  });
}

function usage(why: string): AppError {
  return new AppError("USAGE", `Cannot tell what to export: ${why}`, {
    hint: "openclaw sessions export --help",
  });
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
