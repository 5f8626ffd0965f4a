/**
 * `openclaw gateway probe`: every gateway address that is known, tried one by one.
 *
 * @module
 */
import { readConfigState } from "../remote/config_state.ts";
import { browse } from "../discovery/browse.ts";
import { findProbeTargets, probeTargets } from "../reports/probe_targets.ts";
import { printProbeReport, probeReport } from "../reports/probe_report.ts";
import { tailscaleFacts } from "../reports/tailscale_facts.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_TIMEOUT_MS = 3000;
const DISCOVERY_BUDGET_MS = 1200;
/** Machines that answer do so within a tenth of a second. */
const DISCOVERY_QUIET_MS = 400;

/** Probes and reports; exit code 1 when nothing answers. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out, clock, host } = context;
  const timeoutMs = options.number("timeout") ?? DEFAULT_TIMEOUT_MS;
  const state = await readConfigState(context, "address");
  const startedAt = clock.monotonic();
  const discovering = browse({
    timeoutMs: Math.min(timeoutMs, DISCOVERY_BUDGET_MS),
    quietMs: DISCOVERY_QUIET_MS,
    group: host.discoveryGroup,
  });
  const tailscale = tailscaleFacts(state.snapshot.config, host.runCommand);
  const discoveredHost = options.flag("ssh-auto")
    ? (await discovering).beacons.find((beacon) => beacon.host !== null)?.host ?? undefined
    : undefined;
  const targets = await findProbeTargets(context, state, { timeoutMs, discoveredHost });
  const results = await probeTargets(context, targets);
  const { tailnetAddress } = await import("../../platform/mod.ts");
  const report = probeReport(results, {
    ts: clock.now(),
    timeoutMs,
    localUrl: targets.find(({ kind }) => kind === "localLoopback")?.target.url ?? "",
    tailnetIp: tailnetAddress(),
    tailscale: await tailscale,
    discovery: await discovering,
    durationMs: Math.round(clock.monotonic() - startedAt),
  });
  if (options.flag("json")) out.json(report);
  else printProbeReport(context, report);
  return report.ok ? 0 : 1;
}
