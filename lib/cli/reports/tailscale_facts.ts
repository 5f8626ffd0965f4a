/**
 * How Tailscale shows the gateway, as the configuration wants it and Tailscale says.
 *
 * @module
 */
import { AppError, isObject, parseJsonOrUndefined } from "../../base/mod.ts";
import type { OpenClawConfig } from "../../config/mod.ts";
import type { RunCommand } from "../../platform/mod.ts";

const TIMEOUT_MS = 1500;

/** The facts, for reports. */
export interface TailscaleFacts {
  readonly mode: "serve" | "funnel";
  /** Such as `https://box.tailnet.example`. */
  readonly url: string | null;
  /** Why there is no address. */
  readonly error: string | null;
}

/** Asks Tailscale where the gateway is shown; `null` when it is not to be. */
export async function tailscaleFacts(
  { gateway }: OpenClawConfig,
  run: RunCommand,
): Promise<TailscaleFacts | null> {
  const mode = gateway?.tailscale?.mode ?? "off";
  if (mode === "off") return null;
  const failed = (error: string) => ({ mode, url: null, error });
  try {
    const { stdout, code } = await run("tailscale", ["status", "--json"], {
      timeoutMs: TIMEOUT_MS,
    });
    const status = parseJsonOrUndefined(stdout);
    if (!isObject(status)) return failed(`tailscale status ended with ${code}`);
    if (status.BackendState !== "Running") return failed(`state ${status.BackendState}`);
    const name = isObject(status.Self) ? status.Self.DNSName : undefined;
    if (typeof name !== "string" || name === "") return failed("no name in the tailnet");
    return { mode, url: `https://${name.replace(/\.$/, "")}`, error: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return failed(error.code === "COMMAND_NOT_FOUND" ? "not installed" : error.message);
  }
}
