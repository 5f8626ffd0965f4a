/**
 * `system.execApprovals.get` and `.set`: the policy file of this machine, for its gateway.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { badParams, optionalText } from "../params.ts";
import type { ApprovalsStore, NodeCommand } from "../types.ts";

/** Answers with `{path,exists,hash,file}`. */
export function createApprovalsGet(approvals: ApprovalsStore): NodeCommand {
  return () => approvals.read();
}

/** Replaces the file, if it still is the one that the caller has read. */
export function createApprovalsSet(approvals: ApprovalsStore): NodeCommand {
  return async (params) => {
    const { file } = params;
    if (!isObject(file)) throw badParams("INVALID_REQUEST: exec approvals file required");
    return await approvals.write(file, optionalText(params, "baseHash"));
  };
}
