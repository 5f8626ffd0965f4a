/**
 * The addresses the gateway listens on.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { OpenClawConfig } from "../types.ts";

/** The bind modes. */
export const BIND_MODES = ["loopback", "lan", "tailnet", "auto", "custom"] as const;

/** One of {@linkcode BIND_MODES}. */
export type BindMode = typeof BIND_MODES[number];

/** The addresses in force. */
export interface ResolvedBind {
  /** The mode that was asked for or is the default. */
  readonly mode: BindMode;
  /** Addresses to listen on; the first is the one to show. */
  readonly hosts: readonly string[];
  /** Whether only this machine can connect. */
  readonly isLoopback: boolean;
}

/** What decides the addresses. */
export interface BindOptions {
  /** Value of `--bind`. */
  readonly flag?: string | undefined;
  readonly config: OpenClawConfig;
  readonly isContainer: boolean;
  /** Whether somebody chose a credential; without one a container stays on loopback. */
  readonly hasCredential: boolean;
  /** Whether Tailscale forwards to the gateway; as `gateway.tailscale` says unless given. */
  readonly hasTailscale?: boolean;
  /** IPv4 address of this machine in its tailnet. */
  readonly tailnetIp?: string | undefined;
}

const LOOPBACK = ["127.0.0.1", "::1"];
const EVERYWHERE = ["0.0.0.0"];

/**
 * Decides where the gateway listens: flag, `gateway.bind`, then `loopback`, or `auto` in a container
 * that has a credential and is not exposed by Tailscale.
 *
 * @throws {AppError} `BIND_INVALID`
 */
export function resolveBind(options: BindOptions): ResolvedBind {
  const mode = bindMode(options);
  const hosts = bindHosts(mode, options);
  return { mode, hosts, isLoopback: hosts.every(isLoopbackHost) };
}

function bindMode(options: BindOptions): BindMode {
  const { flag, config, isContainer, hasCredential } = options;
  const wanted = flag ?? config.gateway?.bind;
  if (wanted === undefined) {
    const hasTailscale = options.hasTailscale ??
      (config.gateway?.tailscale?.mode ?? "off") !== "off";
    return isContainer && hasCredential && !hasTailscale ? "auto" : "loopback";
  }
  const mode = BIND_MODES.find((candidate) => candidate === wanted.trim());
  if (mode) return mode;
  throw new AppError(
    "BIND_INVALID",
    'Invalid --bind. Use "loopback", "lan", "tailnet", "auto", or "custom".',
    { hint: "openclaw gateway run --bind loopback" },
  );
}

function bindHosts(mode: BindMode, options: BindOptions): readonly string[] {
  switch (mode) {
    case "loopback":
      return LOOPBACK;
    case "lan":
      return EVERYWHERE;
    case "auto":
      return options.isContainer ? EVERYWHERE : LOOPBACK;
    case "tailnet":
      return options.tailnetIp === undefined ? LOOPBACK : [options.tailnetIp];
    case "custom":
      return [customHost(options.config.gateway?.customBindHost?.trim())];
  }
}

function customHost(host: string | undefined): string {
  if (host && isIpv4(host)) return host;
  throw new AppError(
    "BIND_INVALID",
    host
      ? `gateway.bind=custom requires a valid IPv4 customBindHost (got ${host})`
      : "gateway.bind=custom requires gateway.customBindHost",
    { hint: "openclaw config set gateway.customBindHost 192.168.1.10" },
  );
}

/** Whether `text` is an IPv4 address in dotted form. */
export function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 &&
    parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** Whether `host` always means this machine. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  if (name === "localhost" || name === "::1") return true;
  const mapped = /^::ffff:(.+)$/.exec(name)?.[1] ?? name;
  return isIpv4(mapped) && mapped.startsWith("127.");
}
