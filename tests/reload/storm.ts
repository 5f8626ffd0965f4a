/**
 * A storm of rewrites over a gateway whose turns go on.
 *
 * @module
 */
import { waitUntil } from "../../scripts/harness/gateway.ts";
import type { Dice } from "../conformance/fuzz.ts";
import type { HeldProvider } from "../harness/held_provider.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";
import { rewrite, type RewrittenFile } from "./rewrites.ts";

const SETTLE_MS = 20_000;
/** Rewrites at the end that nothing waits for. */
const BURST = 25;

/** What a storm is about. */
export interface StormOptions {
  readonly url: string;
  readonly token: string;
  readonly file: RewrittenFile;
  readonly provider: HeldProvider;
  readonly dice: Dice;
  readonly rewrites: number;
  readonly turns: number;
  /** How often the gateway has reported a refused file so far. */
  reports(): Promise<number>;
}

/** What became of it. */
export interface StormResult {
  readonly kinds: Readonly<Record<string, number>>;
  readonly valid: number;
  readonly invalid: number;
  /** Reports that invalid files should have led to, and those that came; the burst does not count. */
  readonly expectedReports: number;
  readonly reports: number;
  /** Ends of the turns, as their clients were told. */
  readonly turnEnds: Readonly<Record<string, number>>;
  /** Answers whose reader went away. */
  readonly lostStreams: number;
  /** Milliseconds from a rewrite to its effect. */
  readonly latencies: readonly number[];
}

/** Rewrites the file and waits for each effect, then in a burst, while all turns stream. */
export async function storm(options: StormOptions): Promise<StormResult> {
  const { url, token, provider, turns } = options;
  await using talker = await TestSocket.connect(url, token);
  const runs = await startTurns(talker, provider, turns);
  const counts = await rewriteAll(options);
  if (provider.openCount !== turns) throw new Error("turns were asked again");
  provider.release();
  const turnEnds: Record<string, number> = {};
  for (const id of runs) {
    const { payload, error } = await talker.response(id);
    const end = String(payload?.status ?? error?.code);
    turnEnds[end] = (turnEnds[end] ?? 0) + 1;
  }
  return { ...counts, turnEnds, lostStreams: provider.lostCount };
}

async function startTurns(
  socket: TestSocket,
  provider: HeldProvider,
  turns: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const sessionKey = `agent:main:turn-${turn}`;
    const idempotencyKey = crypto.randomUUID();
    const id = socket.request("agent", { message: "go on", sessionKey, idempotencyKey });
    await socket.response(id);
    ids.push(id);
  }
  await waitUntil("all turns to stream", () => Promise.resolve(provider.openCount === turns));
  return ids;
}

async function rewriteAll(
  options: StormOptions,
): Promise<Omit<StormResult, "turnEnds" | "lostStreams">> {
  const { file, dice, rewrites } = options;
  const kinds: Record<string, number> = {};
  const latencies: number[] = [];
  let [valid, invalid, expectedReports] = [0, 0, 0];
  const before = await options.reports();
  let refused: string | undefined;
  for (let step = 0; step < rewrites; step++) {
    const { kind, isValid, content } = await rewrite(file, `v${step}`, dice);
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    const since = performance.now();
    const isRepeated = !isValid && content === refused;
    if (isValid) valid++;
    else invalid++;
    if (!isValid && !isRepeated) expectedReports++;
    refused = isValid ? undefined : content;
    const expected = before + expectedReports;
    // The same mistake again leads to nothing that could be waited for.
    if (isRepeated) continue;
    const what = `"${kind}" (rewrite ${step}) to take effect`;
    if (isValid) await untilInForce(options, `v${step}`, what);
    else await waitUntil(what, async () => (await options.reports()) >= expected, SETTLE_MS);
    latencies.push(performance.now() - since);
  }
  const reports = (await options.reports()) - before;
  await burst(options);
  return { kinds, valid, invalid, expectedReports, reports, latencies };
}

/** Rewrites faster than anything can follow; the last valid one must win. */
async function burst(options: StormOptions): Promise<void> {
  const { file, dice } = options;
  for (let step = 0; step < BURST; step++) await rewrite(file, `b${step}`, dice);
  await rewrite(file, "last", dice, true);
  await untilInForce(options, "last", "the last rewrite to be in force");
}

/** Asks on a connection of its own, since it hears of all turns and keeps what it hears. */
async function untilInForce(
  { url, token }: StormOptions,
  mark: string,
  what: string,
): Promise<void> {
  await using socket = await TestSocket.connect(url, token);
  await waitUntil(what, async () => {
    const { payload }: Frame = await socket.call("config.get");
    return !payload.rejected && payload.runtimeConfig.messages?.responsePrefix === mark;
  }, SETTLE_MS);
}
