/**
 * `openclaw gateway restart --safe`: asks the running gateway to restart when its work is done.
 *
 * @module
 */
import type { RestartResult } from "../../protocol/mod.ts";
import { ask } from "../remote/ask.ts";
import { readConfigState } from "../remote/config_state.ts";
import { resolveTarget } from "../remote/target.ts";
import type { CommandContext } from "../table.ts";

const TIMEOUT_MS = 10_000;
const METHOD = "gateway.restart.request";

/** Shows whether the restart happens now, later, or with one that was asked for before. */
export async function restartSafely(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const answer = await askForRestart(context, options.flag("skip-deferral"));
  const { status, preflight, restart } = answer;
  const message = restartMessage(status, preflight.summary);
  if (options.flag("json")) out.json({ ok: true, result: status, message, preflight, restart });
  else out.line(message);
  return 0;
}

/**
 * Asks the running gateway to restart.
 *
 * @param skipDeferral At once, whatever is under way.
 * @throws {AppError} As any call of a gateway.
 */
export async function askForRestart(
  context: CommandContext,
  skipDeferral: boolean,
): Promise<RestartResult> {
  const state = await readConfigState(context, "warn");
  const target = await resolveTarget(context, state);
  const params = { reason: "gateway.restart.safe", skipDeferral };
  const asked = { timeoutMs: TIMEOUT_MS, methods: [METHOD] };
  return await ask(context, target, asked, (call) => call<RestartResult>(METHOD, params));
}

/** What a person is told about a restart. @param summary Of the work it waits for. */
export function restartMessage(status: RestartResult["status"], summary: string): string {
  return MESSAGES[status](summary);
}

const MESSAGES: Readonly<Record<RestartResult["status"], (summary: string) => string>> = {
  scheduled: () => "Restart scheduled, the gateway restarts momentarily.",
  deferred: (summary) => `Restart deferred until the work is done: ${summary}.`,
  coalesced: () => "A restart is planned already; this one happens with it.",
};
