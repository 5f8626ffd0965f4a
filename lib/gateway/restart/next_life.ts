/**
 * The start of the next life within a process: what stands in its way must not be the end of a gateway
 * that nobody else would start again.
 *
 * @module
 */
import { AppError, delay, errorMessage, formatDuration, type Logger } from "../../base/mod.ts";

const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 30_000;

/** What the next life is started with. */
export interface NextLife<Plan, Started, End> {
  /** How it was planned. */
  readonly plan: Plan;
  /** Of the life before: with this a gateway has served. */
  readonly before: Plan;
  /** Whether a service manager starts the process again, or tells what is wrong in its own way. */
  readonly isSupervised: boolean;
  readonly log: Logger;
  start(plan: Plan): Promise<Started>;
  /** Plans once more, from what the files say by now; must not fail. */
  planAgain(plan: Plan): Promise<Plan>;
  /** The plan of the life before, marked with what refused the later one. */
  asBefore(before: Plan, refused: Plan, error: unknown): Plan;
  /** Whether the plan of the life before stands before the same obstacle. */
  isSameObstacle(error: unknown, plan: Plan, before: Plan): boolean;
  /** Resolves when the process is to end. */
  readonly end: Promise<End>;
  /** Waits between two attempts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What came of it. */
export type NextLifeOutcome<Plan, Started, End> =
  | { readonly plan: Plan; readonly started: Started }
  | { readonly end: End };

/**
 * Starts the next life: as it was planned; else as the one before; else, where nobody else would start
 * the process again, over and over until it starts or is to end.
 *
 * @throws Under a service manager, what the planned start failed with.
 */
export async function startNextLife<Plan, Started, End>(
  life: NextLife<Plan, Started, End>,
): Promise<NextLifeOutcome<Plan, Started, End>> {
  const { log, end } = life;
  let { plan } = life;
  for (let waitMs = FIRST_WAIT_MS;; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
    const attempt = await tryBoth(life, plan);
    if ("started" in attempt) return attempt;
    if (life.isSupervised) throw attempt.error;
    log.error(
      `gateway startup failed: ${
        told(attempt.error)
      }. Process will stay alive and tries again in ` +
        `${formatDuration(waitMs)}; end it with Ctrl-C`,
    );
    const ended = await raceWithWait(end, waitMs, life.wait);
    if (ended !== undefined) return ended;
    plan = await life.planAgain(plan);
  }
}

async function tryBoth<Plan, Started, End>(
  life: NextLife<Plan, Started, End>,
  plan: Plan,
): Promise<{ plan: Plan; started: Started } | { error: unknown }> {
  const { before, log } = life;
  try {
    return { plan, started: await life.start(plan) };
  } catch (error) {
    if (life.isSameObstacle(error, plan, before)) return { error };
    log.error(
      `gateway startup failed: ${told(error)}. Serving with the configuration of before`,
    );
    try {
      const fallback = life.asBefore(before, plan, error);
      return { plan: fallback, started: await life.start(fallback) };
    } catch (failure) {
      log.error(`the configuration of before does not start either: ${told(failure)}`);
      return { error };
    }
  }
}

async function raceWithWait<End>(
  end: Promise<End>,
  waitMs: number,
  wait: (ms: number, signal: AbortSignal) => Promise<void> = pause,
): Promise<{ end: End } | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([
      end.then((reason) => ({ end: reason })),
      wait(waitMs, over.signal).then(() => undefined),
    ]);
  } finally {
    over.abort();
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // It is cut short when the process is to end.
  await delay(ms, signal).catch(() => {});
}

function told(error: unknown): string {
  return error instanceof AppError && error.hint !== undefined
    ? `${error.message} (${error.hint.split("\n", 1)[0]})`
    : errorMessage(error);
}
