/**
 * Many streams at once whose readers go away at any moment.
 *
 * @module
 */
import type { Dice } from "../conformance/fuzz.ts";
import { chatBody, type Target } from "./cases.ts";

/** What happened to the streams. */
export interface StormTally {
  /** Given up before an answer began. */
  early: number;
  /** Given up after some of it. */
  middle: number;
  /** Read to their end. */
  ended: number;
}

/** What is asked for, and after how many reads it is given up at most; 0 is before the first. */
const ANSWERS = [
  ["trickle", 4],
  ["trickle", 4],
  ["trickle", 4],
  ["good", 4],
  ["good", 4],
  ["stalled", 0],
  ["stalled-middle", 1],
  // As much text as the gateway takes.
  ["endless-text", 4],
] as const;
const MAX_PATIENCE_MS = 100;

/**
 * Begins `count` streams together, and gives most of them up.
 *
 * @param isLight Without the answer that costs the gateway much.
 */
export async function storm(
  target: Target,
  dice: Dice,
  count: number,
  isLight = false,
): Promise<StormTally> {
  const tally: StormTally = { early: 0, middle: 0, ended: 0 };
  await Promise.all(Array.from({ length: count }, async () => {
    const [name, mostReads] = ANSWERS[dice.below(ANSWERS.length - (isLight ? 1 : 0))]!;
    const patience = { reads: dice.below(mostReads + 1), ms: dice.below(MAX_PATIENCE_MS) };
    tally[await readFor(patience, target, name)]++;
  }));
  return tally;
}

/** How long a reader reads: so many times, or so long when it does not read at all. */
interface Patience {
  readonly reads: number;
  readonly ms: number;
}

/** Asks over a socket of its own, reads for a while, and closes it whatever is on its way. */
async function readFor(
  patience: Patience,
  { httpUrl, token }: Target,
  name: string,
): Promise<keyof StormTally> {
  const { hostname, port, host } = new URL(httpUrl);
  using conn = await Deno.connect({ hostname, port: Number(port) });
  const body = JSON.stringify(chatBody(name, true));
  const head = [
    "POST /v1/chat/completions HTTP/1.1",
    `host: ${host}`,
    `authorization: Bearer ${token}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
    "connection: close",
  ];
  await conn.write(new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n${body}`));
  if (patience.reads === 0) {
    await new Promise((resolve) => setTimeout(resolve, patience.ms));
    return "early";
  }
  const buffer = new Uint8Array(64 * 1024);
  for (let reads = 0; reads < patience.reads; reads++) {
    if (await conn.read(buffer) === null) return "ended";
  }
  return "middle";
}
