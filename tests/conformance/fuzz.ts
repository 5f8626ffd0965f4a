/**
 * Malformed frames and malformed JSON in a fixed, seeded order.
 *
 * @module
 */
import { closePayload, encodeFrame, OPCODE, RawWebSocket } from "../harness/raw_websocket.ts";
import { connectParams, type Frame } from "../harness/socket.ts";
import { healthRequest } from "./case.ts";

/** Numbers that look random and are always the same for a seed. */
export class Dice {
  #state: number;

  /** @param seed Any integer; its low 32 bits count. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 to below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  /** One of some values. */
  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  /** Some bytes. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

/** The seed of the environment, or today's; print it, so that a failure can be repeated. */
export function fuzzSeed(): number {
  const given = Deno.env.get("OPENCLAW_FUZZ_SEED");
  return given === undefined ? Date.now() % 0x1_0000_0000 : Number(given);
}

/** The bytes of a frame, or of something like one, that breaks a rule. */
export function malformedFrame(dice: Dice): Uint8Array {
  const body = dice.bytes(dice.pick([0, 1, 4, 125, 126, 700]));
  switch (dice.below(12)) {
    case 0:
      return dice.bytes(1 + dice.below(300));
    case 1:
      return encodeFrame(body, { reserved: 1 + dice.below(7) });
    case 2:
      return encodeFrame(body, { opcode: dice.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) });
    case 3:
      return encodeFrame(dice.bytes(126 + dice.below(200)), { opcode: dice.pick([8, 9, 10]) });
    case 4:
      return encodeFrame(body, { opcode: dice.pick([8, 9, 10]), isFinal: false });
    case 5:
      return encodeFrame(body, { opcode: OPCODE.CONTINUATION });
    case 6:
      return encodeFrame(body, { announcedBytes: (1n << 63n) + BigInt(dice.below(1000)) });
    case 7:
      return encodeFrame(body, { announcedBytes: body.length + 1 + dice.below(70_000_000) });
    case 8:
      return encodeFrame(Uint8Array.of(0xc0 + dice.below(64), ...body, 0xff));
    case 9:
      return encodeFrame(closePayload(dice.below(65_536), dice.bytes(dice.below(60))), {
        opcode: OPCODE.CLOSE,
      });
    case 10: {
      const frame = encodeFrame(healthRequest());
      frame[dice.below(10)]! ^= 1 << dice.below(8);
      return frame;
    }
    default:
      return encodeFrame(healthRequest()).subarray(0, 1 + dice.below(40));
  }
}

const WORDS = [
  ...["req", "res", "event", "health", "connect", "__proto__", "constructor", "toString", ""],
  ...["chat.send", "sessions.patch", "logs.tail", "chat.history", "agent.wait", "no.such"],
  ...["\u0000", "\ud800", "\u{1f600}", "x".repeat(5000), "../../etc/passwd", "agent:main:main"],
] as [string, ...string[]];

function value(dice: Dice, depth: number): unknown {
  switch (dice.below(depth > 3 ? 7 : 10)) {
    case 0:
      return null;
    case 1:
      return dice.below(2) === 0;
    case 2:
      return dice.pick([0, -1, 1e308, 2 ** 53, 0.1, -0]);
    case 7:
      return Array.from({ length: dice.below(4) }, () => value(dice, depth + 1));
    case 8:
    case 9: {
      const keys = Array.from({ length: dice.below(5) }, () => dice.pick(WORDS));
      return Object.fromEntries(keys.map((key) => [key, value(dice, depth + 1)]));
    }
    default:
      return dice.pick(WORDS);
  }
}

/** A text that is no good request: no JSON, another shape, or parameters of another shape. */
export function malformedJson(dice: Dice): string {
  const request = JSON.stringify({
    type: dice.pick(["req", "req", "res", "event"]),
    id: dice.pick(["a", "", "x".repeat(300)]),
    method: dice.pick(WORDS),
    // Every method refuses a property of this name, so that nothing is started by chance.
    params: { bogus: 1, value: value(dice, 0) },
  });
  switch (dice.below(8)) {
    case 0:
      return request.slice(0, dice.below(request.length));
    case 1:
      return request.replace(/[":{},]/, dice.pick(["", "'", "[", "\u0000"]));
    case 2:
      return JSON.stringify(value(dice, 0));
    case 3:
      return dice.pick(["[", '{"a":']).repeat(1 + dice.below(5000));
    case 4:
      return `{"type":"req","type":${JSON.stringify(value(dice, 2))},"id":1,"method":[]}`;
    case 5:
      return dice.pick(["1e999", "-", "NaN", "\ufeff{}", "{}{}", "\\u0000", '"\\ud800"', ""]);
    case 6:
      return JSON.stringify({ ...JSON.parse(request), [dice.pick(WORDS)]: value(dice, 1) });
    default:
      return request;
  }
}

/** Where to fuzz. */
export interface FuzzTarget {
  readonly port: number;
  readonly token: string;
}

function owner({ token }: FuzzTarget): Frame {
  return connectParams({ auth: { token } });
}

const SOCKETS_AT_ONCE = 8;
/** Malformed texts on one socket between two requests that must be answered. */
const TEXTS_PER_SOCKET = 50;

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: SOCKETS_AT_ONCE }, worker));
}

/** Sends malformed frames, each on a socket of its own, half of them after hello. */
export async function sendMalformedFrames(
  target: FuzzTarget,
  dice: Dice,
  count: number,
): Promise<void> {
  const params = owner(target);
  await inParallel(count, async (index) => {
    const frame = malformedFrame(dice);
    await using socket = index % 2 === 0
      ? await RawWebSocket.open(target.port)
      : await RawWebSocket.connect(target.port, params);
    await socket.trySend(frame);
    // The rest of an announced payload never comes: this side leaves.
    if (index % 4 < 2) await socket.endWriting().catch(() => {});
    else await socket.isCutWithin(1);
  });
}

/**
 * Sends malformed texts after hello, then a good request on the same socket.
 *
 * @returns Milliseconds that each good request took.
 */
export async function sendMalformedTexts(
  target: FuzzTarget,
  dice: Dice,
  count: number,
): Promise<number[]> {
  const params = owner(target);
  const times: number[] = [];
  await inParallel(Math.ceil(count / TEXTS_PER_SOCKET), async () => {
    await using socket = await RawWebSocket.connect(target.port, params);
    for (let i = 0; i < TEXTS_PER_SOCKET; i++) await socket.frame(malformedJson(dice));
    await socket.call("health", "good");
    const startedAt = performance.now();
    await socket.call("health", "again");
    times.push(performance.now() - startedAt);
  });
  return times;
}

/** Milliseconds that `health` takes, one after another, on one socket. */
export async function healthTimes(target: FuzzTarget, count: number): Promise<number[]> {
  await using socket = await RawWebSocket.connect(target.port, owner(target));
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now();
    await socket.call("health", `h${i}`);
    times.push(performance.now() - startedAt);
  }
  return times;
}
