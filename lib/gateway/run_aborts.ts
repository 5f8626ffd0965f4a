/**
 * Ending runs from outside: who may, and what the client is told.
 *
 * @module
 */
import type { Run } from "../agents/mod.ts";
import { AppError } from "../base/mod.ts";
import { type ChatAbortResult, hasScope } from "../protocol/mod.ts";
import type { Client } from "./client.ts";
import type { GatewayState } from "./state.ts";

/** Only who started a run, with the same connection or device, or an admin may end it. */
function mayAbort({ identity }: Client, { request }: Run): boolean {
  const { connId, deviceId } = request.origin;
  return connId === identity.connId ||
    (deviceId !== undefined && deviceId === identity.deviceId) ||
    hasScope(identity.scopes, "operator.admin");
}

/**
 * Those of some runs that a client may end.
 *
 * @throws {AppError} `RUN_ABORT_REFUSED` when there are some and all of them are of others.
 */
export function ownRuns(client: Client, runs: readonly Run[]): Run[] {
  const own = runs.filter((run) => mayAbort(client, run));
  if (own.length === 0 && runs.length > 0) throw abortRefused("unauthorized");
  return own;
}

/** Ends runs and waits until their partial answers are stored and shown. */
export async function abortRuns(runs: readonly Run[]): Promise<ChatAbortResult> {
  const aborted = runs.filter((run) => run.abort("rpc"));
  await Promise.all(aborted.map((run) => run.done));
  return {
    ok: true,
    aborted: aborted.length > 0,
    runIds: aborted.map((run) => run.runId),
  };
}

/**
 * Ends what a client may end of a session: its runs, and a compaction, which all who write there wait
 * for.
 *
 * @throws {AppError} `RUN_ABORT_REFUSED` when all runs of the session are of others.
 */
export async function abortOwn(
  { runs }: GatewayState,
  client: Client,
  sessionKey: string,
): Promise<ChatAbortResult> {
  const own = ownRuns(client, runs.activeOf(sessionKey));
  const [result, wasInterrupted] = await Promise.all([abortRuns(own), runs.interrupt(sessionKey)]);
  return { ...result, aborted: result.aborted || wasInterrupted };
}

/**
 * Ends everything that is under way in a session, whoever began it, and waits until the ends are
 * stored.
 *
 * @returns Whether there was a run.
 */
export async function endRuns(
  { runs }: GatewayState,
  sessionKey: string,
  reason: "rpc" | "stop",
): Promise<boolean> {
  const active = runs.activeOf(sessionKey);
  for (const run of active) run.abort(reason);
  await Promise.all([...active.map((run) => run.done), runs.interrupt(sessionKey)]);
  return active.length > 0;
}

/** The refusal of an abort. */
export function abortRefused(message: string): AppError {
  return new AppError("RUN_ABORT_REFUSED", message, {
    hint: "Abort from the connection that started the run, or with operator.admin",
  });
}
