/**
 * Waits for the work of a running gateway before it is restarted.
 *
 * @module
 */
import { AppError, delay, formatDuration } from "../../base/mod.ts";
import type { RestartPreflight } from "../../protocol/mod.ts";
import { ask } from "../remote/ask.ts";
import { resolveTarget } from "../remote/target.ts";
import type { ConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

const ASK_TIMEOUT_MS = 5000;
const POLL_MS = 500;
const PREFLIGHT = "gateway.restart.preflight";

/** How long work may take unless the config says otherwise. */
const DEFAULT_BUDGET_MS = 300_000;

/** How long work under way may hold a restart up, as the config says; 0 means without end. */
export function workBudgetMs({ snapshot }: ConfigState): number {
  const configured = snapshot.config.gateway?.reload?.deferralTimeoutMs;
  return Math.max(0, configured ?? DEFAULT_BUDGET_MS);
}

/**
 * Waits until nothing is under way that a restart would cut off, and tells what it waits for.
 *
 * A gateway that does not answer has nothing to wait for.
 *
 * @param budgetMs How long; 0 means without end.
 */
export async function waitForWork(
  context: CommandContext,
  state: ConfigState,
  budgetMs: number,
): Promise<void> {
  const target = await resolveTarget(context, state, { lenient: true });
  if (!target.isLocal) return;
  const begun = context.clock.monotonic();
  const isOver = () => budgetMs > 0 && context.clock.monotonic() - begun >= budgetMs;
  let told = "";
  const options = { timeoutMs: ASK_TIMEOUT_MS, methods: [PREFLIGHT] };
  try {
    await ask(context, target, options, async (call) => {
      while (true) {
        const { safe, summary } = await call<RestartPreflight>(PREFLIGHT);
        if (safe) return;
        if (isOver()) {
          context.out.note(`Restarting after ${formatDuration(budgetMs)} although ${summary}`);
          return;
        }
        if (summary !== told) context.out.note(`Waiting: ${summary} (cut it off with --force)`);
        told = summary;
        await delay(POLL_MS);
      }
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // What cannot be asked cannot be waited for; the restart is what mends it.
  }
}
