/**
 * The note that a restart leaves for the gateway that comes after it: who asked, and what for. That one
 * tells the session that asked, and removes the note.
 *
 * @module
 */
import { join } from "@std/path";
import { errorMessage, isObject, parseJsonOrUndefined } from "../../base/mod.ts";
import { readTextFileIfExists, writeFileAtomic } from "../../platform/mod.ts";
import { canonicalSessionKey } from "../../sessions/mod.ts";
import type { GatewayState } from "../state.ts";

const FILE_NAME = "restart-sentinel.json";
const VERSION = 1;
const MAX_NOTE_CHARS = 2000;

/** What a note says. */
export interface SentinelPayload {
  readonly kind: string;
  readonly status: string;
  readonly ts: number;
  /** The session that asked, which is told. */
  readonly sessionKey?: string;
  /** Where that session answers, as the client that asked knows it. */
  readonly deliveryContext?: unknown;
  /** What to say, in the words of who asked. */
  readonly message: string | null;
  readonly stats: Readonly<Record<string, unknown>>;
}

/** Where the note is. */
export function sentinelPath(stateDir: string): string {
  return join(stateDir, FILE_NAME);
}

/**
 * Leaves a note. A disk that does not take it keeps no restart from happening.
 *
 * @returns Where it is; `null` when it could not be written.
 */
export async function leaveSentinel(
  { paths, log }: Pick<GatewayState, "paths" | "log">,
  payload: SentinelPayload,
): Promise<string | null> {
  const path = sentinelPath(paths.stateDir);
  try {
    await writeFileAtomic(path, `${JSON.stringify({ version: VERSION, payload }, null, 2)}\n`);
    return path;
  } catch (error) {
    log.warn(`the session that asked for the restart will not be told: ${errorMessage(error)}`);
    return null;
  }
}

/** Tells who asked that the restart is over, if there is a note. */
export async function takeSentinel(state: GatewayState): Promise<void> {
  const { paths, log, store, heartbeats } = state;
  const path = sentinelPath(paths.stateDir);
  try {
    const text = await readTextFileIfExists(path);
    if (text === undefined) return;
    const payload = payloadOf(text);
    if (payload === undefined) log.warn(`cannot read ${path}: it is removed`);
    else {
      const { key, agentId } = canonicalSessionKey(payload.sessionKey ?? "main", {
        defaultAgentId: state.agents().defaultId,
      });
      await store.addSystemEvent(key, reportOf(payload));
      if (payload.sessionKey !== undefined) {
        heartbeats.wake(agentId, key).catch((error) => log.warn(errorMessage(error)));
      }
    }
    // Last: a note that was told twice is better than one that was never told.
    await Deno.remove(path);
  } catch (error) {
    log.warn(`cannot tell of the restart: ${errorMessage(error)}`);
  }
}

function payloadOf(text: string): SentinelPayload | undefined {
  const file = parseJsonOrUndefined(text);
  const payload = isObject(file) ? file.payload : undefined;
  if (!isObject(payload) || typeof payload.kind !== "string") return undefined;
  const { sessionKey } = payload;
  if (sessionKey !== undefined && typeof sessionKey !== "string") return undefined;
  return payload as unknown as SentinelPayload;
}

function reportOf({ kind, status, message }: SentinelPayload): string {
  const note = typeof message === "string" ? message.trim().slice(0, MAX_NOTE_CHARS) : "";
  // An update says by itself what it came to, restart or not.
  if (kind === "update" && note !== "") return note;
  const said = `The gateway restarted after ${kind} (${status}).`;
  return note === "" ? said : `${said} ${note}`;
}
