/**
 * `openclaw gateway restart`: the service, or with `--safe` the gateway itself when its work is done.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { answerVerb } from "../service/answer.ts";
import { inServiceScope } from "../service/system_scope.ts";
import { restartService } from "../service/verbs.ts";
import type { CommandContext } from "../table.ts";

/** Answers with 0, or with what the failure's code means. */
export async function run(context: CommandContext): Promise<number> {
  refuseConflicts(context);
  if (context.options.flag("safe")) {
    const { restartSafely } = await import("../service/safe_restart.ts");
    return await restartSafely(context);
  }
  return await answerVerb(
    context,
    "restart",
    async (seen) => await restartService(inServiceScope(context), seen),
  );
}

function refuseConflicts({ options }: CommandContext): void {
  const isForced = options.flag("force");
  const hasWait = options.text("wait") !== undefined;
  if (options.flag("skip-deferral") && !options.flag("safe")) {
    throw usage("--skip-deferral requires --safe");
  }
  if (isForced && hasWait) throw usage("--force cannot be combined with --wait");
  if (options.flag("safe") && (isForced || hasWait)) {
    throw usage(`--safe cannot be combined with --${isForced ? "force" : "wait"}`);
  }
}

function usage(message: string): AppError {
  return new AppError("USAGE", message, {
    hint: "openclaw gateway restart --help",
    details: { exitCode: 1 },
  });
}
