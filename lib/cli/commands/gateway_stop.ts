/**
 * `openclaw gateway stop`.
 *
 * @module
 */
import { answerVerb } from "../service/answer.ts";
import { inServiceScope } from "../service/system_scope.ts";
import { stopService } from "../service/verbs.ts";
import type { CommandContext } from "../table.ts";

/** Answers with 0, or with what the failure's code means. */
export function run(context: CommandContext): Promise<number> {
  return answerVerb(
    context,
    "stop",
    async (seen) => await stopService(inServiceScope(context), seen),
  );
}
