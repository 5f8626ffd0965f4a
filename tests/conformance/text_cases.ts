/**
 * Cases of UTF-8 and of what a message may be.
 *
 * @module
 */
import { joinBytes, OPCODE } from "../harness/raw_websocket.ts";
import {
  afterHello,
  alive,
  ANSWERED,
  answered,
  type Case,
  FAILED,
  failure,
  healthRequest,
  violation,
} from "./case.ts";

const encoder = new TextEncoder();
const RFC = "RFC 6455 8.1: invalid UTF-8 fails the connection";

/** A request with bytes of its own in its id. */
function requestWithId(id: Uint8Array): Uint8Array {
  const [head = "", tail = ""] = healthRequest("@").split("@");
  return joinBytes(encoder.encode(head), id, encoder.encode(tail));
}

function valid(name: string, id: string): Case {
  return {
    name: `utf-8: ${name}`,
    demand: "RFC 6455 5.6: text is UTF-8 and comes back unchanged",
    expected: ANSWERED,
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame(requestWithId(encoder.encode(id)));
        return await answered(socket, id);
      }),
  };
}

function split(name: string, id: string, at: number): Case {
  return {
    name: `utf-8: ${name}, cut after ${at}`,
    demand: "RFC 6455 5.6: a fragment need not hold whole characters",
    expected: ANSWERED,
    run: (target) =>
      afterHello(target, async (socket) => {
        const bytes = requestWithId(encoder.encode(id));
        const cut = encoder.encode(healthRequest("@").split("@")[0]).length + at;
        await socket.frame(bytes.subarray(0, cut), { isFinal: false });
        await socket.frame(bytes.subarray(cut), { opcode: OPCODE.CONTINUATION });
        return await answered(socket, id);
      }),
  };
}

const INVALID: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ["lone continuation byte", [0x80]],
  ["byte fe", [0xfe]],
  ["byte ff", [0xff]],
  ["two bytes, second missing", [0xc3]],
  ["three bytes, third missing", [0xe2, 0x82]],
  ["four bytes, fourth missing", [0xf0, 0x9f, 0x98]],
  ["overlong slash in two bytes", [0xc0, 0xaf]],
  ["overlong slash in three bytes", [0xe0, 0x80, 0xaf]],
  ["overlong slash in four bytes", [0xf0, 0x80, 0x80, 0xaf]],
  ["overlong nul", [0xc0, 0x80]],
  ["first surrogate", [0xed, 0xa0, 0x80]],
  ["surrogate pair", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ["above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
  ["five bytes", [0xf8, 0x88, 0x80, 0x80, 0x80]],
];

/** All cases of message contents. */
export const TEXT_CASES: readonly Case[] = [
  valid("two bytes", "\u00fc"),
  valid("three bytes", "\u20ac"),
  valid("four bytes", "\u{1f600}"),
  valid("last code point", "\u{10ffff}"),
  valid("noncharacter U+FFFF", "\uffff"),
  valid("private use", "\ue000"),
  valid("zero-width and direction marks", "a\u200d\u202eb"),
  split("two bytes", "\u00fc", 1),
  split("three bytes", "\u20ac", 1),
  split("three bytes", "\u20ac", 2),
  split("four bytes", "\u{1f600}", 1),
  split("four bytes", "\u{1f600}", 2),
  split("four bytes", "\u{1f600}", 3),
  ...INVALID.map(([name, bytes]) =>
    violation(`utf-8: ${name}`, RFC, [requestWithId(Uint8Array.from(bytes))])
  ),
  violation(
    "utf-8: invalid across fragments",
    RFC,
    [requestWithId(Uint8Array.from([0xc3])), { isFinal: false }],
    [Uint8Array.from([0x28]), { opcode: OPCODE.CONTINUATION }],
  ),
  {
    name: "utf-8: invalid in an unended fragment",
    demand: "RFC 6455 8.1: may fail at once, must at the end",
    expected: FAILED,
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame(Uint8Array.from([0xff]), { isFinal: false });
        await socket.trySend(new Uint8Array());
        return await failure(socket);
      }),
  },
  {
    name: "message: binary frame with a request",
    demand: "protocol 1: JSON in text frames; binary is read as UTF-8",
    expected: ANSWERED,
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame(healthRequest(), { opcode: OPCODE.BINARY });
        return await answered(socket);
      }),
  },
  {
    name: "message: binary frame with invalid UTF-8",
    demand: "protocol 2: not JSON is ignored",
    expected: "ignored",
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame(requestWithId(Uint8Array.from([0xff])), { opcode: OPCODE.BINARY });
        await socket.frame(healthRequest("next"));
        while (true) {
          const { type, id } = await socket.nextJson();
          if (type !== "res") continue;
          return id === "next" ? "ignored" : `answered under ${JSON.stringify(id)}`;
        }
      }),
  },
  {
    name: "message: not JSON after hello",
    demand: "protocol 2: ignored, the socket stays open",
    expected: ANSWERED,
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame("hello");
        return await alive(socket);
      }),
  },
  {
    name: "message: a thousand requests in one write",
    demand: "protocol 2: each is answered",
    expected: ANSWERED,
    run: (target) =>
      afterHello(target, async (socket) => {
        for (let i = 0; i < 1000; i++) await socket.frame(healthRequest(`n${i}`));
        for (let i = 0; i < 1000; i++) {
          if (await answered(socket, `n${i}`) !== ANSWERED) return `${i} answered`;
        }
        return ANSWERED;
      }),
  },
];
