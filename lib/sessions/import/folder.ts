/**
 * What lies in a folder of conversations: sessions, the files of their transcripts, earlier ones.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, isObject, type JsonObject, parseJsonOrUndefined } from "../../base/mod.ts";
import { ioError, readTextFileIfExists } from "../../platform/mod.ts";
import { canonicalSessionKey } from "../keys.ts";
import { momentOf } from "./entries.ts";
import { isSessionId, transcriptOf } from "./session_fields.ts";

/** The file that lists an agent's sessions. */
const SESSIONS_FILE = "sessions.json";

/** One agent's conversations. */
export interface SessionFolder {
  readonly agentId: string;
  readonly dir: string;
}

/** A session as the folder has it. */
export interface FoundSession {
  readonly key: string;
  readonly agentId: string;
  readonly sessionId: string;
  /** Name inside the folder. */
  readonly file: string;
  readonly entry: JsonObject;
}

/** A transcript that no session points to any more. */
export interface FoundArchive {
  /** The session it was of, where that is known. */
  readonly key: string | undefined;
  readonly agentId: string;
  /** Its own id, unless its first line has another one. */
  readonly sessionId: string;
  readonly file: string;
  readonly endedAt: number;
}

/** Something in the folder that is not taken. */
export interface LeftOut {
  readonly unit: string;
  readonly reason: string;
}

/** Everything of a folder. */
export interface FolderContents {
  readonly sessions: readonly FoundSession[];
  readonly archives: readonly FoundArchive[];
  readonly leftOut: readonly LeftOut[];
}

/** Looks at a folder. @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR` */
export async function readSessionFolder(folder: SessionFolder): Promise<FolderContents> {
  const leftOut: LeftOut[] = [];
  const files = await listFiles(folder.dir);
  const { current, earlier } = chooseCurrent(await readSessions(folder, files, leftOut));
  /** The session of each file; what becomes of a file when its session is reset keeps the name. */
  const owners = new Map<string, string>();
  const sessions: FoundSession[] = [];
  for (const session of current) {
    if (owners.has(session.file)) {
      const reason = `session "${owners.get(session.file)}" has the same transcript`;
      leftOut.push({ unit: session.key, reason });
      continue;
    }
    owners.set(session.file, session.key);
    sessions.push(session);
  }
  const archives: FoundArchive[] = [];
  for (const { key, agentId, sessionId, file, entry } of earlier) {
    if (owners.has(file) || !files.has(file)) continue;
    owners.set(file, key);
    archives.push({ key, agentId, sessionId, file, endedAt: momentOf(entry.updatedAt) ?? 0 });
  }
  for (const [file, modifiedAt] of files) {
    if (owners.has(file)) continue;
    const archive = archiveOf(folder.agentId, file, modifiedAt, owners);
    if (typeof archive === "string") {
      leftOut.push({ unit: join(folder.dir, file), reason: archive });
    } else if (archive !== undefined) archives.push(archive);
  }
  return { sessions, archives, leftOut };
}

/** Where several entries mean one session, the newest of them is it. */
function chooseCurrent(all: readonly FoundSession[]) {
  const newest = new Map<string, FoundSession>();
  const earlier: FoundSession[] = [];
  const age = ({ entry }: FoundSession) => momentOf(entry.updatedAt) ?? 0;
  for (const session of [...all].sort((a, b) => age(b) - age(a))) {
    if (newest.has(session.key)) earlier.push(session);
    else newest.set(session.key, session);
  }
  return { current: [...newest.values()], earlier };
}

async function readSessions(
  { agentId, dir }: SessionFolder,
  files: ReadonlyMap<string, number>,
  leftOut: LeftOut[],
): Promise<FoundSession[]> {
  const path = join(dir, SESSIONS_FILE);
  const text = await readTextFileIfExists(path);
  if (text === undefined) return [];
  const list = parseJsonOrUndefined(text);
  if (!isObject(list)) {
    leftOut.push({ unit: path, reason: "it is not a JSON object" });
    return [];
  }
  const sessions: FoundSession[] = [];
  for (const [name, given] of Object.entries(list)) {
    const found = transcriptOf(given, (file) => files.has(file));
    const key = keyOf(name, agentId);
    if (found !== undefined && typeof key !== "string") sessions.push({ ...key, ...found });
    else {
      const reason = typeof key === "string" ? key : "its session id is missing or malformed";
      leftOut.push({ unit: name, reason });
    }
  }
  return sessions;
}

/** The stored key of a name, or why it cannot be one. */
function keyOf(name: string, defaultAgentId: string) {
  try {
    return canonicalSessionKey(name, { defaultAgentId });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.message;
  }
}

/** Files and links with the time of their last change. */
async function listFiles(dir: string): Promise<Map<string, number>> {
  const files = new Map<string, number>();
  try {
    for await (const { name, isDirectory } of Deno.readDir(dir)) {
      if (isDirectory) continue;
      files.set(name, (await Deno.lstat(join(dir, name))).mtime?.getTime() ?? 0);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return files;
    throw ioError("read folder", dir, error);
  }
  return new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
}

/** What a file is that no session names; a text says why it is not taken, nothing that it is nothing. */
function archiveOf(
  agentId: string,
  file: string,
  modifiedAt: number,
  owners: ReadonlyMap<string, string>,
): FoundArchive | string | undefined {
  if (/\.trajectory\.jsonl$|\.trajectory-path\.json$/.test(file)) return "run traces are not kept";
  if (/\.checkpoint\.[^.]+\.jsonl$/.test(file)) {
    return "a copy from before a compaction; the transcript itself has everything";
  }
  if (/\.jsonl\.deleted\./.test(file)) return "the conversation was deleted";
  const parts = /^(.+?)\.jsonl(?:\.reset\.(.+))?$/.exec(file);
  const stem = parts?.[1];
  if (stem === undefined) return undefined;
  if (!isSessionId(stem)) return "its name is no session id";
  const endedAt = parts?.[2] === undefined ? modifiedAt : archiveTime(parts[2]) ?? modifiedAt;
  return { key: owners.get(`${stem}.jsonl`), agentId, sessionId: stem, file, endedAt };
}

/** The moment in the name of an archive: an ISO text with `-` for `:`. */
function archiveTime(text: string): number | undefined {
  return momentOf(text.replace(/T(\d\d)-(\d\d)-(\d\d)/, "T$1:$2:$3"));
}
