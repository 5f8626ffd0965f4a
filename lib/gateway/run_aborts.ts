/**
 * Ending runs from outside: who may, and what the client is told.
 *
 * @module
 */
import type { Run } from "../agents/mod.ts";
import { AppError } from "../base/mod.ts";
import { type ChatAbortResult, hasScope } from "../protocol/mod.ts";
import type { Client } from "./client.ts";

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

/** The refusal of an abort. */
export function abortRefused(message: string): AppError {
  return new AppError("RUN_ABORT_REFUSED", message, {
    hint: "Abort from the connection that started the run, or with operator.admin",
  });
}
