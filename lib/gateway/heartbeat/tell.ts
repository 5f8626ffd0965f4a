/**
 * Tells an agent of something that has happened.
 *
 * @module
 */
import { errorMessage } from "../../base/mod.ts";
import type { RunTarget } from "../run_target.ts";
import type { GatewayState } from "../state.ts";

/** An event for a session. */
export interface Telling {
  readonly text: string;
  /** `now` begins a turn about it; else it waits for the next one. */
  readonly mode: "now" | "next-heartbeat";
  /** Whether others than the user and the gateway chose its words. */
  readonly isUntrusted?: boolean;
}

/** Queues an event; it is on disk when this resolves. */
export async function tellSession(
  { store, heartbeats, log }: GatewayState,
  { agentId, sessionKey }: RunTarget,
  { text, mode, isUntrusted = false }: Telling,
): Promise<void> {
  await store.addSystemEvent(sessionKey, text, { isUntrusted });
  if (mode !== "now" || !store.hasSystemEvents(sessionKey)) return;
  // The event is kept whether or not its turn can begin: the next one tells of it.
  await heartbeats.wake(agentId, sessionKey).catch((error) => {
    log.warn(`wake: no turn begins now: ${errorMessage(error)}`);
  });
}
