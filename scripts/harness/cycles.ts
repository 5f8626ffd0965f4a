/**
 * Starts and stops of a gateway with signals at random moments: each time it has to be gone soon, with
 * its port free and no lock left behind.
 *
 * @module
 */
import { freePort } from "./ports.ts";
import { type Program, World } from "./program.ts";

/** How long a gateway may take from the signal to its end on an idle machine. */
export const END_BUDGET_MS = 5000;
const SIGNALS: readonly Deno.Signal[] = ["SIGTERM", "SIGINT", "SIGHUP"];
/** Later than this a gateway is long ready. */
const MAX_DELAY_MS = 700;
/** Every so many cycles a second signal follows the first. */
const REPEAT_EVERY = 3;

/** What was seen. */
export interface CycleFigures {
  readonly cycles: number;
  /** Ended before the gateway was ready. */
  readonly early: number;
  /** From the signal to the end, in milliseconds. */
  readonly slowestMs: number;
  readonly medianMs: number;
  /** How often each exit status or signal was seen. */
  readonly endings: Readonly<Record<string, number>>;
}

/**
 * Runs the cycles one after another in one world.
 *
 * @param random Numbers from 0 to 1.
 * @param endBudgetMs How long a gateway may take from the signal to its end.
 * @throws {Error} When a gateway outstays its budget, keeps its port or leaves a lock.
 */
export async function runCycles(
  program: Program,
  cycles: number,
  random: () => number,
  endBudgetMs = END_BUDGET_MS,
): Promise<CycleFigures> {
  await using world = await World.create(program);
  const config = JSON.stringify({ gateway: { mode: "local" } });
  await Deno.writeTextFile(`${world.root}/state/openclaw.json`, config);
  const times: number[] = [];
  const endings: Record<string, number> = {};
  let early = 0;
  for (let cycle = 0; cycle < cycles; cycle++) {
    const port = freePort();
    const { ms, ending, wasReady } = await oneCycle(world, port, cycle, random, endBudgetMs);
    times.push(ms);
    endings[ending] = (endings[ending] ?? 0) + 1;
    if (!wasReady) early++;
    assertPortFree(port, cycle);
    const locks = await world.find(/\.lock$/);
    // A process that was killed before it listened for signals has taken no lock either.
    if (locks.length > 0) throw new Error(`Cycle ${cycle}: a lock is left: ${locks.join(", ")}`);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return {
    cycles,
    early,
    slowestMs: sorted.at(-1) ?? 0,
    medianMs: sorted[sorted.length >> 1] ?? 0,
    endings,
  };
}

async function oneCycle(
  world: World,
  port: number,
  cycle: number,
  random: () => number,
  endBudgetMs: number,
) {
  const signal = SIGNALS[Math.floor(random() * SIGNALS.length)]!;
  // Most of them while it starts.
  const waitMs = Math.floor(random() ** 2 * MAX_DELAY_MS);
  const child = world.start("gateway", "run", "--bind", "loopback", "--port", String(port));
  const errors = new Response(child.stderr).text();
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  const wasReady = await accepts(port);
  const sentAt = performance.now();
  send(child, signal);
  if (cycle % REPEAT_EVERY === 0) send(child, "SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), endBudgetMs);
  const status = await child.status;
  clearTimeout(killer);
  const ms = performance.now() - sentAt;
  const text = await errors;
  if (status.signal === "SIGKILL") {
    throw new Error(`Cycle ${cycle}: ${signal} after ${waitMs} ms did not end it\n${text}`);
  }
  const isExpected = status.code === 0 || status.signal === signal || status.signal === "SIGTERM";
  if (!isExpected) throw new Error(`Cycle ${cycle}: exit status ${status.code}\n${text}`);
  return { ms, wasReady, ending: status.signal ?? `exit ${status.code}` };
}

function send(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // The first signal may have ended it already.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function accepts(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

function assertPortFree(port: number, cycle: number): void {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  } catch (error) {
    throw new Error(`Cycle ${cycle}: port ${port} is still taken`, { cause: error });
  }
}

/** Numbers from 0 to 1 that depend on the seed only. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ state >>> 15, 1 | state);
    value = value + Math.imul(value ^ value >>> 7, 61 | value) ^ value;
    return ((value ^ value >>> 14) >>> 0) / 2 ** 32;
  };
}
