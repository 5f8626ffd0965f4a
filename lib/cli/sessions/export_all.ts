/**
 * Every conversation as the files of a state folder.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError } from "../../base/mod.ts";
import { ensureDir, pathExists } from "../../platform/mod.ts";
import { fileEntry, type SessionStore } from "../../sessions/mod.ts";
import { writeLines } from "./write_lines.ts";

/**
 * Writes `agents/<id>/sessions` below a new folder: the list of sessions, their transcripts, and those
 * from before a reset as archives.
 *
 * @param cwd Folder that the first line of each transcript names.
 * @returns How many conversations there are.
 * @throws {AppError} `USAGE` when the folder is there, or the code of a failed file operation.
 */
export async function exportAll(
  store: SessionStore,
  folder: string,
  cwd: string,
): Promise<number> {
  if (await pathExists(folder)) {
    throw new AppError("USAGE", `Cannot write "${folder}": it is there already`, {
      hint: "Choose another name for --out, or remove the folder first",
    });
  }
  const lists = new Map<string, Record<string, unknown>>();
  let count = 0;
  for (const key of store.transcriptKeys()) {
    const session = store.getSession(key);
    const agentId = session?.agentId ?? key.split(":")[1] ?? "main";
    const dir = join(folder, "agents", agentId, "sessions");
    await ensureDir(dir);
    const list = lists.get(dir) ?? {};
    lists.set(dir, list);
    if (session !== undefined) list[key] = fileEntry(session);
    for (const { sessionId, endedAt } of store.transcripts(key)) {
      const isCurrent = sessionId === session?.sessionId;
      const suffix = isCurrent ? "" : `.reset.${archiveTime(endedAt ?? 0)}`;
      const lines = store.exportSession(key, { sessionId, cwd });
      await writeLines(join(dir, `${sessionId}.jsonl${suffix}`), lines);
      count++;
    }
  }
  for (const [dir, list] of lists) {
    await writeLines(join(dir, "sessions.json"), [JSON.stringify(list, null, 2)]);
  }
  return count;
}

/** A moment as it stands in the name of an archive. */
function archiveTime(ms: number): string {
  return new Date(ms).toISOString().replaceAll(":", "-");
}
