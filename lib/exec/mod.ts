/**
 * Which commands may run: the policy file, the reading of commands, and the verdict. Runs nothing and
 * asks nobody; importing this module does nothing.
 *
 * @module
 */
export { addEntries, type AllowAlways, entriesFor, removeEntries } from "./entries.ts";
export { refusedVariables, unsafeVariables } from "./environment.ts";
export { evaluateExec, type EvaluateOptions } from "./evaluate.ts";
export { findOnDisk, type SearchPlace } from "./find_program.ts";
export { DEFAULT_EXEC_POLICY, type ExecWish, resolveExecPolicy } from "./policy.ts";
export {
  changeExecPolicy,
  type ExecPolicyPlace,
  type ExecPolicySnapshot,
  loadExecPolicy,
  readExecPolicy,
  writeExecPolicy,
} from "./policy_file.ts";
export { hasInlineCode, isCarrier } from "./program_names.ts";
export { DEFAULT_SAFE_BINS } from "./safe_bins.ts";
export type {
  AllowlistEntry,
  ExecAsk,
  ExecCommand,
  ExecEvaluation,
  ExecPolicy,
  ExecReason,
  ExecSecurity,
  FindProgram,
  FoundProgram,
  ProgramUse,
} from "./types.ts";
