/**
 * The note that a gateway leaves when it ends so that its service manager starts it again: the status
 * commands tell from it that the end was meant.
 *
 * @module
 */
import { join } from "@std/path";
import { type Clock, isObject, parseJsonOrUndefined, randomId } from "../../base/mod.ts";
import { readTextFileIfExists, writeFileAtomic } from "../fs.ts";

const FILE_NAME = "gateway-supervisor-restart-handoff.json";
const KIND = "gateway-supervisor-restart-handoff";
const VERSION = 1;
const LIFE_MS = 60_000;
const MAX_REASON_CHARS = 200;

/** Why a gateway hands over. */
export type HandoffSource =
  | "config-write"
  | "gateway-update"
  | "operator-restart"
  | "plugin-change"
  | "signal"
  | "unknown";

/** What a gateway says of its end. */
export interface HandoffFacts {
  readonly pid: number;
  readonly reason?: string;
  readonly source: HandoffSource;
  readonly restartKind: "full-process" | "update-process";
  readonly supervisorMode: "launchd" | "systemd" | "schtasks" | "external";
}

/** The same as it is on disk. */
export interface SupervisorHandoff extends HandoffFacts {
  readonly kind: string;
  readonly version: number;
  readonly intentId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Where the note of a state folder is. */
export function handoffPath(stateDir: string): string {
  return join(stateDir, FILE_NAME);
}

/**
 * Leaves a note.
 *
 * @throws {AppError} What the file system answers.
 */
export async function writeHandoff(
  stateDir: string,
  clock: Clock,
  { reason, ...facts }: HandoffFacts,
): Promise<void> {
  const createdAt = clock.now();
  const note: SupervisorHandoff = {
    kind: KIND,
    version: VERSION,
    intentId: randomId(),
    createdAt,
    expiresAt: createdAt + LIFE_MS,
    ...(reason === undefined ? {} : { reason: reason.slice(0, MAX_REASON_CHARS) }),
    ...facts,
  };
  await writeFileAtomic(handoffPath(stateDir), `${JSON.stringify(note)}\n`);
}

/** The note of a state folder while it is fresh; anything else than a note is none. */
export async function readHandoff(
  stateDir: string,
  clock: Clock,
): Promise<SupervisorHandoff | undefined> {
  const note = parseJsonOrUndefined(await readTextFileIfExists(handoffPath(stateDir)) ?? "");
  if (!isObject(note) || note.kind !== KIND || note.version !== VERSION) return undefined;
  const { pid, createdAt, expiresAt, source, restartKind, supervisorMode } = note;
  const numbers = [pid, createdAt, expiresAt];
  const words = [source, restartKind, supervisorMode];
  if (!numbers.every((value) => typeof value === "number")) return undefined;
  if (!words.every((value) => typeof value === "string")) return undefined;
  const now = clock.now();
  if (Number(expiresAt) < now || Number(createdAt) > now) return undefined;
  return note as unknown as SupervisorHandoff;
}
