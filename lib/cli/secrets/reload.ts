/**
 * `openclaw secrets reload`: all secrets of the running gateway, looked up again.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { SecretsReloadResult } from "../../protocol/mod.ts";
import { withExitCode } from "../errors.ts";
import { readConfigState } from "../remote/config_state.ts";
import { callGateway } from "../remote/connection.ts";
import { resolveTarget } from "../remote/target.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const NO_ANSWER = ["GATEWAY_UNREACHABLE", "GATEWAY_CLOSED", "GATEWAY_TIMEOUT"];

/** Reloads and says what was noticed. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const { warningCount } = await reload(context);
  if (options.flag("json")) out.json({ ok: true, warningCount });
  else if (warningCount === 0) out.line("Secrets reloaded.");
  else out.line(`Secrets reloaded with ${warningCount} warning(s).`);
  return 0;
}

async function reload(context: CommandContext): Promise<SecretsReloadResult> {
  const target = await resolveTarget(context, await readConfigState(context, "address"));
  const timeoutMs = context.options.number("timeout") ?? DEFAULT_TIMEOUT_MS;
  try {
    const answer = await callGateway(context, target, { method: "secrets.reload" }, { timeoutMs });
    return answer as SecretsReloadResult;
  } catch (error) {
    if (!(error instanceof AppError) || !NO_ANSWER.includes(error.code)) throw error;
    const why = `Could not reload secrets because the Gateway did not respond: ${error.message}`;
    throw withExitCode(error, 1, why);
  }
}
