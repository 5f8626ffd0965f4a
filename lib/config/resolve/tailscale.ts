/**
 * How Tailscale shows the gateway to others.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { OpenClawConfig } from "../types.ts";

/** The ways: not at all, to the tailnet, to the whole internet. */
export const TAILSCALE_MODES = ["off", "serve", "funnel"] as const;

/** One of {@linkcode TAILSCALE_MODES}. */
export type TailscaleMode = typeof TAILSCALE_MODES[number];

/** What Tailscale is to do for a gateway. */
export interface ResolvedTailscale {
  readonly mode: TailscaleMode;
  /** Whether the exposure ends with the gateway. */
  readonly resetOnExit: boolean;
  /** Whether a funnel that somebody else made is left alone. */
  readonly preserveFunnel: boolean;
}

/**
 * The flags of the command line, then `gateway.tailscale`.
 *
 * @throws {AppError} `TAILSCALE_MODE_INVALID`
 */
export function resolveTailscale(
  { mode: flag, resetOnExit }: {
    readonly mode?: string | undefined;
    readonly resetOnExit?: boolean | undefined;
  },
  { gateway }: OpenClawConfig,
): ResolvedTailscale {
  const configured = gateway?.tailscale;
  const wanted = flag?.trim() || configured?.mode || "off";
  const mode = TAILSCALE_MODES.find((known) => known === wanted);
  if (mode === undefined) {
    throw new AppError(
      "TAILSCALE_MODE_INVALID",
      'Invalid --tailscale (use "off", "serve", or "funnel")',
      { hint: "openclaw gateway run --tailscale serve" },
    );
  }
  return {
    mode,
    resetOnExit: resetOnExit || (configured?.resetOnExit ?? false),
    preserveFunnel: configured?.preserveFunnel ?? false,
  };
}
