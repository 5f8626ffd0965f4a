/**
 * Plans that move secrets out of files, loaded by the commands that make or apply one.
 *
 * @module
 */
export { type ApplyOptions, applyPlan, type ApplyResult } from "./apply.ts";
export {
  MAX_PLAN_BYTES,
  parsePlan,
  type PlanOptions,
  type PlanTarget,
  readPlan,
  type SecretsPlan,
} from "./parse.ts";
