/**
 * `openclaw gateway health`: the short form of `openclaw health`, for a gateway anywhere.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import { callGateway } from "../remote/connection.ts";
import { withExitCode } from "../errors.ts";
import { channelLines } from "../reports/health_view.ts";
import type { CommandContext } from "../table.ts";
import { resolveTarget } from "../remote/target.ts";

const DEFAULT_TIMEOUT_MS = 10_000;

/** Asks for the health snapshot and shows whether all is well. */
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
  out.line(out.paint("Gateway Health", "strong"));
  out.line(`${out.paint("OK", "good")} (${Math.round(clock.monotonic() - startedAt)}ms)`);
  for (const line of channelLines(health)) out.line(line);
  return 0;
}
