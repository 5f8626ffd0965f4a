/**
 * The policy of exec: a file that is not understood denies everything.
 *
 * @module
 */
import type { Check } from "../types.ts";

const ID = "doctor:exec-approvals";

/** Whether `exec-approvals.json` can be used. */
export const execApprovals: Check = {
  id: ID,
  title: "Exec approvals",
  async run({ execPolicy }) {
    const { path, problem } = await execPolicy();
    if (problem === undefined) return [];
    return [{
      id: `${ID}.invalid`,
      severity: "error",
      message: `${path} cannot be used: ${problem}. No command may run until it can`,
      fix: "openclaw approvals set --file <path>, or correct the file",
    }];
  },
};
