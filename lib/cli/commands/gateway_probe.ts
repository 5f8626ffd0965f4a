/**
 * `openclaw gateway probe`: every gateway address that is known, tried one by one.
 *
 * @module
 */
import { readConfigState } from "../remote/config_state.ts";
import { findProbeTargets, probeTargets } from "../reports/probe_targets.ts";
import { printProbeReport, probeReport } from "../reports/probe_report.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_TIMEOUT_MS = 3000;

/** Probes and reports; exit code 1 when nothing answers. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out, clock } = context;
  const timeoutMs = options.number("timeout") ?? DEFAULT_TIMEOUT_MS;
  const state = await readConfigState(context, "address");
  const startedAt = clock.monotonic();
  const targets = await findProbeTargets(context, state, timeoutMs);
  const results = await probeTargets(context, targets);
  const report = probeReport(results, {
    ts: clock.now(),
    durationMs: Math.round(clock.monotonic() - startedAt),
    timeoutMs,
    localUrl: targets.find(({ kind }) => kind === "localLoopback")?.target.url ?? "",
  });
  if (options.flag("json")) out.json(report);
  else printProbeReport(context, report);
  return report.ok ? 0 : 1;
}
