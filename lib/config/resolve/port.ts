/**
 * The port of the gateway.
 *
 * @module
 */
import { AppError, type Env } from "../../base/mod.ts";
import type { OpenClawConfig } from "../types.ts";

/** The port when nothing else is said. */
export const DEFAULT_GATEWAY_PORT = 18789;

/** Where a port came from. */
export type PortSource = "flag" | "env" | "config" | "default";

/** The port in force. */
export interface ResolvedPort {
  readonly port: number;
  readonly source: PortSource;
}

/**
 * Decides the gateway's port: flag, `OPENCLAW_GATEWAY_PORT`, `gateway.port`, 18789.
 *
 * @throws {AppError} `PORT_INVALID` when the flag or the variable is no port.
 */
export function resolveGatewayPort(
  options: { flag?: string | number | undefined; env: Env; config: OpenClawConfig },
): ResolvedPort {
  const { flag, env, config } = options;
  if (flag !== undefined) {
    const port = parsePort(String(flag));
    if (port === undefined) throw invalidPort("--port");
    return { port, source: "flag" };
  }
  const variable = env.get("OPENCLAW_GATEWAY_PORT")?.trim();
  if (variable) {
    const port = parsePort(portOfAddress(variable));
    if (port === undefined) throw invalidPort("OPENCLAW_GATEWAY_PORT");
    return { port, source: "env" };
  }
  const configured: unknown = config.gateway?.port;
  const port = typeof configured === "number" ? parsePort(String(configured)) : undefined;
  if (port !== undefined) return { port, source: "config" };
  return { port: DEFAULT_GATEWAY_PORT, source: "default" };
}

/** The port part of `N`, `host:N` or `[v6]:N`; an empty text where there is none. */
function portOfAddress(address: string): string {
  const match = /^(?:\[[0-9a-fA-F:.]+\]:|[^:[\]\s]+:)?(\d+)$/.exec(address);
  return match?.[1] ?? "";
}

function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : undefined;
}

function invalidPort(name: string): AppError {
  return new AppError(
    "PORT_INVALID",
    `Invalid ${name}. Use a port number from 1 to 65535, for example ${DEFAULT_GATEWAY_PORT}.`,
    { hint: `openclaw gateway run --port ${DEFAULT_GATEWAY_PORT}` },
  );
}
