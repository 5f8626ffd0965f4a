/**
 * The process around a gateway, as all lives of the gateway know it.
 *
 * @module
 */
import type { Clock } from "../../base/mod.ts";
import { resolvePaths } from "../../config/mod.ts";
import type { Supervisor } from "../../platform/mod.ts";
import type { Gateway } from "../gateway.ts";
import type { GatewayRunOptions } from "../options.ts";
import { type BundleReason, writeBundle } from "../stability/bundle.ts";
import type { EndSignals, SignalJudge } from "../supervised/end_signals.ts";
import type { SignsOfLife } from "../supervised/signs_of_life.ts";

/** The process, over all lives of its gateway. */
export interface GatewayProcess {
  readonly options: GatewayRunOptions;
  readonly clock: Clock;
  readonly signs: SignsOfLife;
  readonly signals: EndSignals;
  /** What they mean while no gateway serves. */
  readonly starting: SignalJudge;
  readonly supervisor: Supervisor | undefined;
  /** The program's file, and its mark when the process began. */
  readonly programPath: string;
  readonly programMark: string | undefined;
  /** On the monotonic clock. */
  readonly startedAt: number;
  /** The last one that was started. */
  gateway: Gateway | undefined;
}

/** Keeps what is known of a bad end for `gateway stability --bundle`. */
export function keep(
  { options, clock, startedAt, gateway }: GatewayProcess,
  reason: BundleReason,
  error?: unknown,
): void {
  const { stateDir } = resolvePaths(options.env, { profile: options.profile });
  const state = gateway?.state;
  const redaction = state?.secrets.redaction;
  writeBundle({
    stateDir,
    clock,
    reason,
    error,
    startedAt,
    stability: state?.stability,
    ...(redaction === undefined ? {} : { redact: (text) => redaction.redact(text) }),
  });
}
