/**
 * The note by which a command tells a gateway that the signal to come asks for a restart, not for an
 * end. Any OpenClaw may write it, and any may read it.
 *
 * @module
 */
import { join } from "@std/path";
import { type Clock, delay, isObject, parseJsonOrUndefined, randomHex } from "../../base/mod.ts";
import { readTextFileIfExists, removeIfThere, replace, writeFileAtomic } from "../fs.ts";

const FILE_NAME = "gateway-restart-intent.json";
const KIND = "gateway-restart";
/** How long a note is good for. */
const LIFE_MS = 60_000;
const MAX_BYTES = 1024;
/** How long a note for the same process is left to it before another one takes its place. */
const PATIENCE_MS = 2000;
const POLL_MS = 20;

/** What is asked for besides. */
export interface RestartIntent {
  /** Cuts work off instead of waiting for it. */
  readonly force?: boolean;
  /** How long work may take, in milliseconds; 0 for without end. */
  readonly waitMs?: number;
}

/** Where the note of a state folder is. */
export function restartIntentPath(stateDir: string): string {
  return join(stateDir, FILE_NAME);
}

/**
 * Leaves a note for one process. One that somebody else has left for it is read first: a signal that
 * finds no note would be taken for an end.
 *
 * @throws {AppError} What the file system answers.
 */
export async function writeRestartIntent(
  stateDir: string,
  pid: number,
  clock: Clock,
  intent: RestartIntent = {},
): Promise<void> {
  const path = restartIntentPath(stateDir);
  const note = { kind: KIND, pid, createdAt: clock.now(), ...intent };
  const draft = `${path}.${randomHex(4)}`;
  await writeFileAtomic(draft, `${JSON.stringify(note)}\n`);
  try {
    for (let leftMs = PATIENCE_MS; !await publish(draft, path); leftMs -= POLL_MS) {
      const standing = parseNote(await readTextFileIfExists(path) ?? "", clock);
      if (standing?.pid !== pid || leftMs <= 0) return await replace(draft, path);
      await delay(POLL_MS);
    }
  } finally {
    await removeIfThere(draft);
  }
}

/** Gives a file a second name; answers whether that was free. */
async function publish(draft: string, path: string): Promise<boolean> {
  try {
    await Deno.link(draft, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    // A file system without such names; two commands at the same moment are rare enough there.
    await replace(draft, path);
  }
  return true;
}

/**
 * Takes the note that names a process, if there is a fresh one. A note is used once; one that is too
 * old, or no note at all, is cleared away, and one of another process is left to that.
 */
export async function takeRestartIntent(
  stateDir: string,
  pid: number,
  clock: Clock,
): Promise<RestartIntent | undefined> {
  const path = restartIntentPath(stateDir);
  const text = await readTextFileIfExists(path);
  if (text === undefined) return undefined;
  const note = parseNote(text, clock);
  if (note !== undefined && note.pid !== pid) return undefined;
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  return note?.intent;
}

function parseNote(text: string, clock: Clock): { pid: number; intent: RestartIntent } | undefined {
  if (text.length > MAX_BYTES) return undefined;
  const note = parseJsonOrUndefined(text);
  if (!isObject(note) || note.kind !== KIND) return undefined;
  const { pid, createdAt, force, waitMs } = note;
  if (typeof pid !== "number" || typeof createdAt !== "number") return undefined;
  const ageMs = clock.now() - createdAt;
  if (ageMs < 0 || ageMs > LIFE_MS) return undefined;
  return {
    pid,
    intent: {
      ...(force === true ? { force } : {}),
      ...(typeof waitMs === "number" && waitMs >= 0 ? { waitMs } : {}),
    },
  };
}
