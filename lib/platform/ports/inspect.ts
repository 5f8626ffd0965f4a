/**
 * Who is in the way of a listener, told for people.
 *
 * @module
 */
import { type RunCommand, runCommand } from "../command.ts";
import { type OsName, osName } from "../os.ts";
import { testBind } from "../port_probe.ts";
import { lsofListeners, netstatListeners, ssListeners } from "./commands.ts";
import { procListeners } from "./proc_net.ts";
import type { PortListener, PortUsage } from "./types.ts";

/** Where {@linkcode inspectPort} looks; tests stand in for other systems. */
export interface InspectPortOptions {
  os?: OsName;
  run?: RunCommand;
  /** Listeners from `/proc`; `undefined` where there is none. */
  readProc?: (port: number) => Promise<PortListener[] | undefined>;
  testBind?: (port: number) => PortUsage["status"];
}

/**
 * Finds out whether a port is taken, and by whom.
 *
 * @param port 1 to 65535.
 */
export async function inspectPort(
  port: number,
  options: InspectPortOptions = {},
): Promise<PortUsage> {
  const listeners = await findListeners(port, options);
  const isSeen = listeners !== undefined && listeners.length > 0;
  const status = isSeen ? "busy" : (options.testBind ?? testBind)(port);
  const usage = { port, status, listeners: listeners ?? [] };
  return { ...usage, hints: status === "busy" ? portHints(usage.listeners) : [] };
}

/** Diagnostics of a taken port, one line each; nothing for a free one. */
export function describePort(usage: PortUsage): string[] {
  if (usage.status !== "busy") return [];
  const lines = usage.listeners.filter(isIdentified).map((listener) => {
    const { pid, user, commandLine, command, address } = listener;
    const what = commandLine ?? command ?? "unknown program";
    const who = [pid === undefined ? "pid unknown" : `pid ${pid}`, user].filter(Boolean).join(" ");
    return `- ${who}: ${what}${address ? ` (${address})` : ""}`;
  });
  const hints = usage.hints.map((hint) => `- ${hint}`);
  return [`Port ${usage.port} is already in use.`, ...lines, ...hints];
}

async function findListeners(
  port: number,
  options: InspectPortOptions,
): Promise<PortListener[] | undefined> {
  const run = options.run ?? runCommand;
  const os = options.os ?? osName();
  if (os === "windows") return await netstatListeners(port, run);
  if (os === "darwin") return await lsofListeners(port, run);
  return await (options.readProc ?? procListeners)(port) ??
    await ssListeners(port, run) ?? await lsofListeners(port, run);
}

function portHints(listeners: readonly PortListener[]): string[] {
  const kinds = new Set(listeners.filter(isIdentified).map(classify));
  if (kinds.size === 0) {
    return [
      "Port is in use but process details are unavailable (install lsof or run as an admin user).",
    ];
  }
  const hints: string[] = [];
  if (kinds.has("gateway")) {
    hints.push(
      "A gateway is already running here; stop it with Ctrl-C where it runs, or kill its pid.",
    );
  }
  if (kinds.has("ssh")) {
    hints.push("An SSH tunnel uses this port; close it, or forward from another local port.");
  }
  if (kinds.has("other")) hints.push("Another process is listening on this port.");
  if (new Set(listeners.map((listener) => listener.pid)).size > 1) {
    hints.push("Several processes listen on this port; only one of them can serve it.");
  }
  return hints;
}

function classify(listener: PortListener): "gateway" | "ssh" | "other" {
  const text = `${listener.command ?? ""} ${listener.commandLine ?? ""}`.toLowerCase();
  if (text.includes("openclaw")) return "gateway";
  return /\bsshd?\b/.test(text) ? "ssh" : "other";
}

function isIdentified(listener: PortListener): boolean {
  return listener.pid !== undefined || listener.command !== undefined;
}
