/**
 * `openclaw gateway start`.
 *
 * @module
 */
import { answerVerb } from "../service/answer.ts";
import { inServiceScope } from "../service/system_scope.ts";
import { startService } from "../service/verbs.ts";
import type { CommandContext } from "../table.ts";

/** Answers with 0, or with what the failure's code means. */
export function run(context: CommandContext): Promise<number> {
  return answerVerb(
    context,
    "start",
    async (seen) => await startService(inServiceScope(context), seen),
  );
}
