/**
 * Finds out what is wrong with a gateway on this machine, and repairs it so that it can be taken back.
 *
 * Checks read only. What belongs to other rooms, such as the database or the running gateway, is
 * handed in.
 *
 * @module
 */
export { type CheckResult, type Examination, examine } from "./examine.ts";
export { applyRepairs, type RepairOutcome } from "./repair/apply.ts";
export type { RepairContext } from "./repair/context.ts";
export {
  listRecords,
  type RecordedStep,
  type RepairRecord,
  repairsFolder,
} from "./repair/record.ts";
export { orderSteps, type RepairStep } from "./repair/steps.ts";
export { type UndoOptions, type UndoOutcome, undoRepair } from "./repair/undo.ts";
export type {
  Check,
  DatabaseLook,
  DoctorFacts,
  DoctorWishes,
  ExecPolicyLook,
  Finding,
  GatewayLook,
  JobLook,
  ServiceLook,
  Severity,
} from "./types.ts";
