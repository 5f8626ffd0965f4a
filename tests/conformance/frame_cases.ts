/**
 * Cases of framing: lengths, masks, reserved bits and types, fragments, control frames.
 *
 * @module
 */
import { encodeFrame, joinBytes, OPCODE, type RawWebSocket } from "../harness/raw_websocket.ts";
import {
  afterHello,
  alive,
  ANSWERED,
  answered,
  beforeHello,
  type Case,
  ended,
  FAILED,
  failure,
  healthRequest,
  violation,
} from "./case.ts";

const MEBIBYTE = 1024 * 1024;
const { CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG } = OPCODE;
const NOT_CONNECT = "close 1008 invalid handshake: first request must be connect";

/** A request filled up with blanks, which JSON allows. */
function padded(bytes: number): string {
  return healthRequest().padEnd(bytes);
}

function lengthBefore(bytes: number, expected: string): Case {
  return {
    name: `length: ${bytes} bytes before hello`,
    demand: expected === "close 1009"
      ? "protocol 1: 65536 bytes before hello"
      : "protocol 1: read, then refused as no connect",
    expected,
    run: (target) =>
      beforeHello(target, async (socket) => {
        await socket.trySend(encodeFrame(bytes === 0 ? "" : padded(bytes)));
        return await ended(socket);
      }),
  };
}

function lengthAfter(bytes: number, expected: string): Case {
  return {
    name: `length: ${bytes} bytes after hello`,
    demand: "protocol 1: 26214400 bytes after hello",
    expected,
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.trySend(encodeFrame(padded(bytes)));
        return expected === ANSWERED ? await answered(socket) : await ended(socket, 5000);
      }),
  };
}

/** A request that must be answered although its framing is unusual. */
function tolerated(
  name: string,
  demand: string,
  send: (socket: RawWebSocket) => Promise<void>,
  expected = ANSWERED,
): Case {
  const run: Case["run"] = (target) =>
    afterHello(target, async (socket) => {
      await send(socket);
      return await answered(socket);
    });
  return { name, demand, expected, run };
}

const LENGTHS: readonly Case[] = [
  lengthBefore(0, "close 1000"),
  lengthBefore(125, NOT_CONNECT),
  lengthBefore(126, NOT_CONNECT),
  lengthBefore(65_535, NOT_CONNECT),
  lengthBefore(65_536, NOT_CONNECT),
  lengthBefore(65_537, "close 1009"),
  lengthBefore(MEBIBYTE, "close 1009"),
  ...[125, 126, 127, 65_535, 65_536, 65_537, 25 * MEBIBYTE - 1, 25 * MEBIBYTE]
    .map((bytes) => lengthAfter(bytes, ANSWERED)),
  lengthAfter(25 * MEBIBYTE + 1, "close 1009"),
  {
    name: "length: 0 bytes after hello",
    demand: "protocol 2: not JSON is ignored",
    expected: ANSWERED,
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame("");
        return await alive(socket);
      }),
  },
  violation("length: top bit of 64 set", "RFC 6455 5.2: must be 0", ["", {
    announcedBytes: 1n << 63n,
    lengthForm: 64,
  }]),
  violation("length: 65 MiB announced", "protocol 1: over every limit", ["", {
    announcedBytes: 65 * MEBIBYTE,
  }]),
  violation("length: 5 bytes in 16 bits", "RFC 6455 5.2: the shortest form", ["hello", {
    lengthForm: 16,
  }]),
  violation("length: 5 bytes in 64 bits", "RFC 6455 5.2: the shortest form", ["hello", {
    lengthForm: 64,
  }]),
];

const MASKS: readonly Case[] = [
  violation("mask: none", "RFC 6455 5.1: unmasked frames of clients are refused", [
    healthRequest(),
    { mask: false },
  ]),
  violation("mask: none on a ping", "RFC 6455 5.1: unmasked frames of clients are refused", ["", {
    opcode: PING,
    mask: false,
  }]),
  tolerated(
    "mask: all zeros",
    "RFC 6455 5.3: any key",
    (socket) => socket.frame(healthRequest(), { mask: [0, 0, 0, 0] }),
  ),
  tolerated(
    "mask: all ones",
    "RFC 6455 5.3: any key",
    (socket) => socket.frame(healthRequest(), { mask: [255, 255, 255, 255] }),
  ),
  {
    name: "mask: the server's own frames",
    demand: "RFC 6455 5.1: a server masks nothing",
    expected: "unmasked, final, nothing reserved",
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame(healthRequest());
        const { isMasked, isFinal, reserved } = await socket.nextOf(TEXT);
        return `${isMasked ? "masked" : "unmasked"}, ${isFinal ? "final" : "fragment"}, ${
          reserved === 0 ? "nothing" : "something"
        } reserved`;
      }),
  },
];

const RESERVED: readonly Case[] = [
  ...[1, 2, 3, 4, 5, 6, 7].map((reserved) =>
    violation(`reserved: bits ${reserved} on text`, "RFC 6455 5.2: must be 0", [
      healthRequest(),
      { reserved },
    ])
  ),
  violation("reserved: bit 4 on a ping", "RFC 6455 5.2: must be 0", ["", {
    reserved: 4,
    opcode: PING,
  }]),
  violation(
    "reserved: bit 4 on a continuation",
    "RFC 6455 5.2: must be 0",
    ["{", { isFinal: false }],
    ["}", { opcode: CONTINUATION, reserved: 4 }],
  ),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    violation(`reserved: opcode ${opcode}`, "RFC 6455 5.2: unknown opcodes fail", ["", { opcode }])
  ),
];

/** A text in as many fragments as there are parts, with frames in between. */
async function fragments(
  socket: RawWebSocket,
  parts: readonly (string | Uint8Array)[],
  between?: Uint8Array,
): Promise<void> {
  for (const [index, part] of parts.entries()) {
    const opcode = index === 0 ? TEXT : CONTINUATION;
    await socket.frame(part, { opcode, isFinal: index === parts.length - 1 });
    if (between && index < parts.length - 1) await socket.send(between);
  }
}

const HALVES = [healthRequest().slice(0, 10), healthRequest().slice(10)] as const;
const RFC_FRAGMENTS = "RFC 6455 5.4";

const FRAGMENTS: readonly Case[] = [
  tolerated("fragments: two", RFC_FRAGMENTS, (socket) => fragments(socket, HALVES)),
  tolerated(
    "fragments: one per byte",
    RFC_FRAGMENTS,
    (socket) => fragments(socket, [...healthRequest()]),
  ),
  tolerated(
    "fragments: empty ones around",
    RFC_FRAGMENTS,
    (socket) => fragments(socket, ["", "", healthRequest(), "", ""]),
  ),
  tolerated(
    "fragments: ping in between",
    RFC_FRAGMENTS,
    (socket) => fragments(socket, HALVES, encodeFrame("p", { opcode: PING })),
  ),
  tolerated(
    "fragments: pong in between",
    RFC_FRAGMENTS,
    (socket) => fragments(socket, HALVES, encodeFrame("p", { opcode: PONG })),
  ),
  tolerated("fragments: all in one write", RFC_FRAGMENTS, (socket) =>
    socket.send(joinBytes(
      encodeFrame(HALVES[0], { isFinal: false }),
      encodeFrame("p", { opcode: PING }),
      encodeFrame(HALVES[1], { opcode: CONTINUATION }),
    ))),
  tolerated(
    "fragments: bytes one per write",
    RFC_FRAGMENTS,
    (socket) =>
      socket.sendSlowly(joinBytes(
        encodeFrame(HALVES[0], { isFinal: false }),
        encodeFrame(HALVES[1], { opcode: CONTINUATION }),
      )),
  ),
  {
    name: "fragments: close in between",
    demand: `${RFC_FRAGMENTS}: control frames may come in between`,
    expected: "close 1000",
    run: (target) =>
      afterHello(target, async (socket) => {
        const close = encodeFrame(new Uint8Array([3, 232]), { opcode: CLOSE });
        await socket.frame(HALVES[0], { isFinal: false });
        await socket.send(close);
        return await ended(socket);
      }),
  },
  {
    name: "fragments: over 65536 bytes together before hello",
    demand: "protocol 1: 65536 bytes before hello, however cut",
    expected: "close 1009",
    run: (target) =>
      beforeHello(target, async (socket) => {
        await fragments(socket, [" ".repeat(40_000), " ".repeat(40_000)]);
        return await ended(socket);
      }),
  },
  {
    name: "fragments: 4 MiB before hello, never ended",
    isTimed: true,
    demand: "protocol 1: 65536 bytes before hello, however cut",
    expected: FAILED,
    run: (target) =>
      beforeHello(target, async (socket) => {
        const blanks = new Uint8Array(MEBIBYTE).fill(32);
        for (let i = 0; i < 4; i++) {
          const opcode = i === 0 ? TEXT : CONTINUATION;
          if (!await socket.trySend(encodeFrame(blanks, { opcode, isFinal: false }))) break;
        }
        return await failure(socket, target.handshakeTimeoutMs + target.patienceMs);
      }),
  },
  {
    name: "length: 4 MiB of a frame before hello, never ended",
    isTimed: true,
    demand: "protocol 1: 65536 bytes before hello, judged by the announced length",
    expected: FAILED,
    run: (target) =>
      beforeHello(target, async (socket) => {
        const blanks = new Uint8Array(4 * MEBIBYTE);
        await socket.trySend(encodeFrame(blanks, { announcedBytes: 60 * MEBIBYTE }));
        return await failure(socket, target.handshakeTimeoutMs + target.patienceMs);
      }),
  },
  violation("fragments: continuation without a start", RFC_FRAGMENTS, ["x", {
    opcode: CONTINUATION,
  }]),
  violation("fragments: unended continuation without a start", RFC_FRAGMENTS, ["x", {
    opcode: CONTINUATION,
    isFinal: false,
  }]),
  violation("fragments: text within a text", RFC_FRAGMENTS, ["{", { isFinal: false }], ["}"]),
  violation("fragments: binary within a text", RFC_FRAGMENTS, ["{", { isFinal: false }], ["}", {
    opcode: BINARY,
  }]),
  violation(
    "fragments: continuation after the end",
    RFC_FRAGMENTS,
    ["{", { isFinal: false }],
    ["}", { opcode: CONTINUATION }],
    ["}", { opcode: CONTINUATION }],
  ),
];

function ping(bytes: number): Case {
  return {
    name: `control: ping of ${bytes} bytes`,
    demand: "RFC 6455 5.5.3: a pong with the same payload",
    expected: "same payload",
    run: (target) =>
      afterHello(target, async (socket) => {
        const payload = Uint8Array.from({ length: bytes }, (_, i) => 255 - i);
        await socket.frame(payload, { opcode: PING });
        const pong = await socket.nextOf(PONG);
        const isSame = pong.payload.length === bytes &&
          pong.payload.every((byte, i) => byte === payload[i]);
        return isSame ? "same payload" : `${pong.payload.length} bytes`;
      }),
  };
}

const CONTROL: readonly Case[] = [
  ping(0),
  ping(1),
  ping(125),
  violation("control: ping of 126 bytes", "RFC 6455 5.5: at most 125", [new Uint8Array(126), {
    opcode: PING,
  }]),
  violation("control: pong of 126 bytes", "RFC 6455 5.5: at most 125", [new Uint8Array(126), {
    opcode: PONG,
  }]),
  violation("control: ping in fragments", "RFC 6455 5.5: never fragmented", ["x", {
    opcode: PING,
    isFinal: false,
  }]),
  violation("control: pong in fragments", "RFC 6455 5.5: never fragmented", ["x", {
    opcode: PONG,
    isFinal: false,
  }]),
  violation("control: close in fragments", "RFC 6455 5.5: never fragmented", [
    new Uint8Array([3, 232]),
    { opcode: CLOSE, isFinal: false },
  ]),
  tolerated("control: pong nobody asked for", "RFC 6455 5.5.3: ignored", async (socket) => {
    await socket.frame("x", { opcode: PONG });
    await socket.frame(healthRequest());
  }),
  {
    name: "control: ping before hello",
    demand: "RFC 6455 5.5.2: answered at any time",
    expected: "pong",
    run: (target) =>
      beforeHello(target, async (socket) => {
        await socket.frame("p", { opcode: PING });
        return (await socket.nextOf(PONG)).payload.length === 1 ? "pong" : "another pong";
      }),
  },
  {
    name: "control: ten pings in one write",
    demand: "RFC 6455 5.5.3: at least the last is answered",
    expected: "9",
    run: (target) =>
      afterHello(target, async (socket) => {
        const pings = Array.from({ length: 10 }, (_, i) => encodeFrame(`${i}`, { opcode: PING }));
        await socket.send(joinBytes(...pings));
        let last = "";
        while (last !== "9") {
          last = new TextDecoder().decode((await socket.nextOf(PONG)).payload);
        }
        return last;
      }),
  },
];

/** All cases of framing. */
export const FRAME_CASES: readonly Case[] = [
  ...LENGTHS,
  ...MASKS,
  ...RESERVED,
  ...FRAGMENTS,
  ...CONTROL,
];
