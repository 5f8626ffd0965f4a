/**
 * `system.run.prepare`: what a command would run, for a person to approve.
 *
 * @module
 */
import { preparePlan, type RunPlace } from "../plan.ts";
import { parseWish } from "../run_params.ts";
import type { NodeCommand } from "../types.ts";

/** Answers with `{plan}` and runs nothing. */
export function createPrepare(place: RunPlace): NodeCommand {
  return async (params) => ({ plan: await preparePlan(parseWish(params), place) });
}
