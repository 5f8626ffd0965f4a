/**
 * `openclaw gateway start`.
 *
 * @module
 */
import { answerVerb } from "../service/answer.ts";
import { startService } from "../service/verbs.ts";
import type { CommandContext } from "../table.ts";

/** Answers with 0, or with what the failure's code means. */
export function run(context: CommandContext): Promise<number> {
  return answerVerb(context, "start", (seen) => startService(context, seen));
}
