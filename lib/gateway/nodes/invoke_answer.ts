/**
 * What the caller of a node's command is told.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { NodeInvokeResult } from "../../protocol/mod.ts";
import type { InvokeOutcome } from "./invocations.ts";

/** A node host's word that its own policy wants a program listed or approved. */
const NOT_LISTED = /^SYSTEM_RUN_DENIED: (approval required|allowlist miss)/;

/**
 * The result of an invoke.
 *
 * @throws {AppError} `NODE_INVOKE_FAILED`, `QUEUED_UNTIL_FOREGROUND`
 */
export function answerOf(
  nodeId: string,
  command: string,
  outcome: InvokeOutcome,
): NodeInvokeResult {
  if (outcome.ok) return { nodeId, command, ...outcome };
  if ("queuedActionId" in outcome) throw queued(nodeId, command, outcome);
  const { nodeError } = outcome;
  const message = nodeError?.message ?? "node invoke failed";
  throw new AppError(
    "NODE_INVOKE_FAILED",
    nodeError?.code === undefined ? message : `${nodeError.code}: ${message}`,
    {
      hint: NOT_LISTED.test(message)
        ? `openclaw approvals allowlist add <program> --node ${nodeId}`
        : `openclaw nodes describe ${nodeId}`,
      details: { nodeError },
    },
  );
}

function queued(
  nodeId: string,
  command: string,
  { queuedActionId, nodeError }: { queuedActionId: string; nodeError: unknown },
): AppError {
  return new AppError(
    "QUEUED_UNTIL_FOREGROUND",
    "node command queued until iOS returns to foreground",
    {
      hint: "Open the app on the device",
      retryable: true,
      details: { queuedActionId, nodeId, command, nodeError },
    },
  );
}
