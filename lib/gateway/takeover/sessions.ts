/**
 * The conversations of an earlier gateway in the same state folder: taken over once, while this one
 * listens already and tells whoever comes to wait.
 *
 * @module
 */
import { type Clock, errorMessage, formatDuration, type Logger } from "../../base/mod.ts";
import { hasSessionFolders } from "../../sessions/import/locate.ts";
import type { Store } from "../../store/mod.ts";
import type { Startup } from "../startup.ts";

/** What taking over needs. */
export interface SessionTakeoverDeps {
  readonly stateDir: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly startup: Startup;
}

/** Taking over that may still be under way. */
export interface SessionTakeover {
  /** Ends with it, whatever comes of it. */
  readonly done: Promise<void>;
  /** Stops it; the next start goes on behind what it has. */
  stop(): Promise<void>;
}

const NOTHING: SessionTakeover = { done: Promise.resolve(), stop: () => Promise.resolve() };

/**
 * Begins to take over what there is. Without anything it costs one look at the folder.
 *
 * The start is held up until every session has its conversation; what sessions were before a reset
 * follows while clients are served.
 */
export async function takeOverSessions(deps: SessionTakeoverDeps): Promise<SessionTakeover> {
  const { store, stateDir, startup, log } = deps;
  try {
    if (!await hasSessionFolders(store, stateDir)) return NOTHING;
  } catch (error) {
    warn(log, error);
    return NOTHING;
  }
  const release = startup.hold("session-import");
  const stop = new AbortController();
  const done = takeOver(deps, release, stop.signal).finally(release);
  return {
    done,
    stop: () => {
      stop.abort();
      return done;
    },
  };
}

/** What cannot be read is logged and tried again at the next start: it must not keep the gateway down. */
async function takeOver(
  { stateDir, store, clock, log }: SessionTakeoverDeps,
  release: () => void,
  signal: AbortSignal,
): Promise<void> {
  const began = clock.monotonic();
  try {
    const { findSessionFolders, importSessions } = await import("../../sessions/import/mod.ts");
    const folders = await findSessionFolders(stateDir);
    log.info("taking over sessions of an earlier gateway; clients wait until that is done");
    const { items, damaged } = await importSessions({
      store,
      clock,
      folders,
      signal,
      onSessions: release,
      isOwnState: true,
    });
    const taken = items.filter(({ action }) => action === "import" || action === "append");
    const messages = taken.reduce((sum, item) => sum + item.messages, 0);
    const took = formatDuration(clock.monotonic() - began);
    log.info(`taken over: conversations ${taken.length}, messages ${messages} (${took})`);
    for (const { unit, action, reason } of items) {
      if (action === "conflict") log.warn(`${unit}: ${reason}`);
    }
    for (const { file, line, reason } of damaged) {
      log.warn(`cannot take over ${file}:${line}: ${reason}`);
    }
  } catch (error) {
    if (signal.aborted) return;
    warn(log, error);
  }
}

function warn(log: Logger, error: unknown): void {
  log.warn(`cannot take over sessions: ${errorMessage(error)}`);
}
