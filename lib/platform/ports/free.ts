/**
 * Ends whatever listens on a port, because the operator asked for it with `--force`.
 *
 * @module
 */
import { AppError, type Clock, delay } from "../../base/mod.ts";
import { systemClock } from "../clock.ts";
import { systemCode } from "../io_error.ts";
import { testBind } from "../port_probe.ts";
import { isProcessAlive } from "../process.ts";
import { describePort, inspectPort } from "./inspect.ts";
import type { PortListener, PortUsage } from "./types.ts";

const TERM_WAIT_MS = 700;
const TOTAL_WAIT_MS = 2000;
const BIND_WAIT_MS = 3000;
const POLL_MS = 50;

/** What {@linkcode freePort} works with; tests replace parts of it. */
export interface FreePortOptions {
  clock?: Clock;
  inspect?: (port: number) => Promise<PortUsage>;
  testBind?: (port: number) => PortUsage["status"];
  isAlive?: (pid: number) => boolean;
  kill?: (pid: number, signal: "SIGTERM" | "SIGKILL") => void;
}

/**
 * Frees a port: SIGTERM to its listeners, SIGKILL to those that stay, then waits until it can be
 * bound. This process is never touched.
 *
 * @returns What was done, as log lines.
 * @throws {AppError} `PORT_NOT_FREED`.
 */
export async function freePort(port: number, options: FreePortOptions = {}): Promise<string[]> {
  const clock = options.clock ?? systemClock;
  const isAlive = options.isAlive ?? isProcessAlive;
  const usage = await (options.inspect ?? inspectPort)(port);
  const targets = killable(usage);
  if (targets.length === 0 && usage.status !== "busy") {
    return [`force: no listeners on port ${port}`];
  }
  const lines: string[] = [];
  const started = clock.monotonic();
  const remaining = () => targets.filter((target) => isAlive(target.pid));
  const isGone = () => remaining().length === 0;
  for (const target of targets) {
    send(target, "SIGTERM", port, options);
    lines.push(`force: killed pid ${target.pid} (${nameOf(target)}) on port ${port}`);
  }
  if (!await waitUntil(isGone, started + TERM_WAIT_MS, clock)) {
    const pids = remaining().map((target) => target.pid).join(", ");
    for (const target of remaining()) send(target, "SIGKILL", port, options);
    lines.push(`force: escalated to SIGKILL for pid ${pids} on port ${port}`);
    await waitUntil(isGone, started + TOTAL_WAIT_MS, clock);
  }
  const canBind = () => (options.testBind ?? testBind)(port) === "free";
  if (await waitUntil(canBind, clock.monotonic() + BIND_WAIT_MS, clock)) return lines;
  throw await stillBusy(port, options);
}

type Target = PortListener & { pid: number };

/** The processes to end, each once. */
function killable(usage: PortUsage): Target[] {
  const targets = new Map<number, Target>();
  for (const listener of usage.listeners) {
    const { pid } = listener;
    if (pid === undefined) continue;
    if (pid === Deno.pid) throw notFreed(usage.port, "it is held by this very process");
    targets.set(pid, { ...listener, pid });
  }
  if (targets.size === 0 && usage.listeners.length > 0) {
    throw notFreed(usage.port, "the process that holds it cannot be identified", usage);
  }
  return [...targets.values()];
}

function send(
  target: Target,
  signal: "SIGTERM" | "SIGKILL",
  port: number,
  options: FreePortOptions,
): void {
  try {
    (options.kill ?? Deno.kill)(target.pid, signal);
  } catch (error) {
    const isGone = error instanceof Deno.errors.NotFound || systemCode(error) === "ESRCH";
    if (!isGone) throw notFreed(port, `pid ${target.pid} cannot be signalled`, undefined, error);
  }
}

async function waitUntil(
  condition: () => boolean,
  deadline: number,
  clock: Clock,
): Promise<boolean> {
  while (!condition()) {
    const left = deadline - clock.monotonic();
    if (left <= 0) return false;
    await delay(Math.min(POLL_MS, left));
  }
  return true;
}

async function stillBusy(port: number, options: FreePortOptions): Promise<AppError> {
  const usage = await (options.inspect ?? inspectPort)(port);
  return notFreed(port, "something still listens on it, or has come back", usage);
}

function notFreed(port: number, why: string, usage?: PortUsage, cause?: unknown): AppError {
  return new AppError("PORT_NOT_FREED", `Could not free port ${port}: ${why}`, {
    hint: "Stop the service that owns it, or choose another port with --port",
    details: { port, ...(usage === undefined ? {} : { diagnostics: describePort(usage) }) },
    cause,
  });
}

function nameOf(target: Target): string {
  return target.command ?? target.commandLine ?? "unknown program";
}
