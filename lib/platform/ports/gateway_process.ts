/**
 * Whether a process that listens on a port is a gateway, so that it may be asked to end.
 *
 * @module
 */
import type { PortListener } from "./types.ts";

/** How the entry files of other installations end. */
const ENTRIES: readonly string[] = [
  "dist/index.js",
  "dist/entry.js",
  "openclaw.mjs",
  "scripts/run-node.mjs",
  "src/entry.ts",
  "src/index.ts",
];
const PROGRAMS: readonly string[] = ["openclaw", "openclaw-gateway"];

/**
 * Whether a command line is that of a gateway. Stricter than a look for the word: what it names may be
 * sent a signal.
 */
export function isGatewayProgram(commandLine: string): boolean {
  const words = commandLine.trim().split(/\s+/).map((word) => word.replaceAll("\\", "/"));
  if (!words.includes("gateway")) return false;
  const [first = ""] = words;
  const name = first.slice(first.lastIndexOf("/") + 1).replace(/\.(?:exe|cmd|bat)$/i, "");
  return PROGRAMS.includes(name) ||
    words.some((word) => ENTRIES.some((entry) => word.endsWith(entry)));
}

/**
 * The gateways among the listeners of a port, each once.
 *
 * @param ownerPid Owner of the gateway lock, which is a gateway however it was started.
 */
export function gatewayPids(
  listeners: readonly PortListener[],
  ownerPid: number | undefined,
): number[] {
  const pids = listeners
    .filter(({ pid, commandLine = "" }) => pid === ownerPid || isGatewayProgram(commandLine))
    .map(({ pid }) => pid)
    .filter((pid) => pid !== undefined);
  return [...new Set(pids)];
}
