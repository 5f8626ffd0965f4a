/**
 * The policy file of this machine as the commands of a node use it.
 *
 * @module
 */
import { AppError, type Clock, randomId } from "../base/mod.ts";
import {
  addEntries,
  changeExecPolicy,
  entriesFor,
  type ExecPolicyPlace,
  type ExecPolicySnapshot,
  readExecPolicy,
  writeExecPolicy,
} from "../exec/mod.ts";
import type { ExecApprovalsResult } from "../protocol/mod.ts";
import { badParams } from "./params.ts";
import type { ApprovalsStore } from "./types.ts";

/** The store of a state folder. */
export function createApprovalsStore(place: ExecPolicyPlace, clock: Clock): ApprovalsStore {
  return {
    read: async () => shown(await readExecPolicy(place)),
    write: async (file, baseHash) => {
      const { parseExecApprovals } = await import("../protocol/methods/mod.ts");
      const parsed = parseExecApprovals(file);
      if (!parsed.ok) {
        throw badParams(`INVALID_REQUEST: exec approvals file is malformed: ${parsed.problem}`);
      }
      return shown(
        await writeExecPolicy(place, parsed.file, baseHash).catch((error) => {
          throw stale(error, baseHash);
        }),
      );
    },
    allowAlways: async (agentId, evaluation, commandText) => {
      const entries = entriesFor(evaluation, { commandText, now: clock.now(), newId: randomId });
      await changeExecPolicy(place, (file) => addEntries(file, agentId, entries));
    },
  };
}

/** What leaves the machine: all but the token that guards the socket. */
function shown({ path, exists, hash, file }: ExecPolicySnapshot): ExecApprovalsResult {
  const { socket, ...rest } = file;
  const socketPath = socket?.path;
  return {
    path,
    exists,
    hash,
    file: socketPath === undefined ? rest : { ...rest, socket: { path: socketPath } },
  };
}

/** A stale hash in the words that callers of nodes know. */
function stale(error: unknown, baseHash: string | undefined): unknown {
  if (!(error instanceof AppError) || error.code !== "EXEC_POLICY_CHANGED") return error;
  return badParams(
    baseHash === undefined
      ? "INVALID_REQUEST: exec approvals base hash required; reload and retry"
      : "INVALID_REQUEST: exec approvals changed; reload and retry",
  );
}
