/**
 * What the parts of a running gateway note for the stability report.
 *
 * @module
 */
import type { RunOutcome } from "../../../agents/mod.ts";
import { isKnownMethod } from "../../../protocol/methods/mod.ts";
import type { Client } from "../../client.ts";
import type { StabilityLog } from "./stability_log.ts";

/** A call was refused; its name is kept only if it is one of the protocol's. */
export function noteRefusal(
  stability: StabilityLog,
  { identity: { clientId } }: Client,
  method: string,
  code: string,
): void {
  const known = isKnownMethod(method) ? method : "unknown";
  stability.record("rpc.refused", { method: known, code, clientId });
}

/** A run ended; only failures and aborts are kept. */
export function noteRunEnd(stability: StabilityLog, outcome: RunOutcome): void {
  const { agentId, error, result } = outcome;
  if (error) stability.record("run.failed", { agentId, code: error.code });
  else if (result.isAborted) stability.record("run.aborted", { agentId });
}

/** A client came or went. */
export function noteClient(
  stability: StabilityLog,
  type: "client.connected" | "client.disconnected",
  { identity }: Client,
): void {
  const { connId, clientId, clientMode, role } = identity;
  stability.record(type, { connId, clientId, clientMode, role });
}
