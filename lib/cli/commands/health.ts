/**
 * `openclaw health`: what the running gateway says about itself.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import { callGateway } from "../remote/connection.ts";
import { withExitCode } from "../errors.ts";
import { healthLines } from "../reports/health_view.ts";
import type { CommandContext } from "../table.ts";
import { resolveTarget } from "../remote/target.ts";

const DEFAULT_TIMEOUT_MS = 10_000;

/** Asks for the health snapshot and shows it. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out, clock } = context;
  const state = await readConfigState(context, "address");
  const target = await resolveTarget(context, state);
  const startedAt = clock.monotonic();
  const health = await callGateway(context, target, { method: "health" }, {
    timeoutMs: options.number("timeout") ?? DEFAULT_TIMEOUT_MS,
  }).catch((error) => {
    throw error instanceof AppError ? withExitCode(error, 1) : error;
  });
  if (options.flag("json")) {
    out.json(health);
    return 0;
  }
  if (options.flag("verbose")) {
    const tookMs = Math.round(clock.monotonic() - startedAt);
    out.line(out.paint(`Gateway ${target.url} (${target.source}) answered in ${tookMs}ms`, "dim"));
  }
  for (const line of healthLines(health)) out.line(line);
  return 0;
}
