/**
 * `openclaw gateway uninstall`.
 *
 * @module
 */
import { answerVerb } from "../service/answer.ts";
import { inServiceScope } from "../service/system_scope.ts";
import { uninstallService } from "../service/verbs.ts";
import type { CommandContext } from "../table.ts";

/** Answers with 0, or with what the failure's code means. */
export function run(context: CommandContext): Promise<number> {
  return answerVerb(
    context,
    "uninstall",
    async (seen) => await uninstallService(inServiceScope(context), seen),
  );
}
