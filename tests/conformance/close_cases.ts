/**
 * Cases of the closing handshake.
 *
 * @module
 */
import { closePayload, encodeFrame, joinBytes, OPCODE } from "../harness/raw_websocket.ts";
import {
  afterHello,
  alive,
  ANSWERED,
  beforeHello,
  type Case,
  ended,
  FAILED,
  failure,
  healthRequest,
  violation,
} from "./case.ts";

const VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
const PRIVATE_CODES = [3000, 3999, 4000, 4999];
const INVALID_CODES = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
const { CLOSE } = OPCODE;

function echoed(code: number): Case {
  return {
    name: `close: code ${code}`,
    demand: "RFC 6455 5.5.1: answered with the same code",
    expected: `close ${code}`,
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame(closePayload(code), { opcode: CLOSE });
        return await ended(socket);
      }),
  };
}

/** A good close, after which TCP must end although this side keeps its half open. */
function endsTcp(name: string, payload: Uint8Array, expected: string): Case {
  return {
    name,
    demand: "RFC 6455 7.1.1: the server ends TCP first",
    expected,
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame(payload, { opcode: CLOSE });
        const how = await ended(socket);
        return `${how}, TCP ${await socket.isCutWithin(target.patienceMs) ? "ended" : "open"}`;
      }),
  };
}

/** All cases of the closing handshake. */
export const CLOSE_CASES: readonly Case[] = [
  ...[...VALID_CODES, ...PRIVATE_CODES].map(echoed),
  ...INVALID_CODES.map((code) =>
    violation(`close: code ${code}`, "RFC 6455 7.4: not for use on the wire", [
      closePayload(code),
      { opcode: CLOSE },
    ])
  ),
  endsTcp("close: without a code", new Uint8Array(), "close without a code, TCP ended"),
  endsTcp("close: with a reason", closePayload(1000, "bye"), "close 1000 bye, TCP ended"),
  endsTcp(
    "close: reason of 123 bytes",
    closePayload(1000, "r".repeat(123)),
    `close 1000 ${"r".repeat(123)}, TCP ended`,
  ),
  violation("close: payload of one byte", "RFC 6455 5.5.1: a code has two", [
    new Uint8Array([3]),
    { opcode: CLOSE },
  ]),
  violation("close: payload of 126 bytes", "RFC 6455 5.5: at most 125", [
    closePayload(1000, "r".repeat(124)),
    { opcode: CLOSE },
  ]),
  violation("close: reason with invalid UTF-8", "RFC 6455 5.5.1: UTF-8", [
    closePayload(1000, new Uint8Array([0xff])),
    { opcode: CLOSE },
  ]),
  {
    name: "close: request after the close",
    demand: "RFC 6455 5.5.1: nothing after a close is processed",
    expected: "close 1000",
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.send(joinBytes(
          encodeFrame(closePayload(1000), { opcode: CLOSE }),
          encodeFrame(healthRequest()),
        ));
        // Events that were under way may come first, an answer must not.
        for (let frame = await socket.next(); frame !== undefined; frame = await socket.next()) {
          if (frame.opcode === CLOSE) return "close 1000";
          if (JSON.parse(new TextDecoder().decode(frame.payload)).type === "res") return ANSWERED;
        }
        return "cut";
      }),
  },
  {
    name: "close: before hello",
    demand: "RFC 6455 5.5.1: answered",
    expected: "close 1000",
    run: (target) =>
      beforeHello(target, async (socket) => {
        await socket.frame(closePayload(1000), { opcode: CLOSE });
        return await ended(socket);
      }),
  },
  {
    name: "close: the server's own is answered",
    demand: "RFC 6455 7.1.1: the server ends TCP first",
    expected: "close 1000, TCP ended",
    run: (target) =>
      beforeHello(target, async (socket) => {
        await socket.frame("not json");
        const how = await ended(socket);
        await socket.frame(closePayload(1000), { opcode: CLOSE });
        return `${how}, TCP ${await socket.isCutWithin(1000) ? "ended" : "open"}`;
      }),
  },
  {
    name: "close: the server's own is never answered",
    isTimed: true,
    demand:
      "RFC 6455 7.1.1: the server may end TCP; protocol 1: a stranger has the handshake timeout",
    expected: "close 1000, TCP ended",
    run: (target) =>
      beforeHello(target, async (socket) => {
        await socket.frame("not json");
        const how = await ended(socket);
        const isCut = await socket.isCutWithin(target.handshakeTimeoutMs + target.patienceMs);
        return `${how}, TCP ${isCut ? "ended" : "open"}`;
      }),
  },
  {
    name: "close: a violation carries its code",
    demand: "RFC 6455 7.1.7: a close frame with 1002 should precede the end",
    expected: "close 1002",
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame("", { opcode: 3 });
        return await ended(socket);
      }),
  },
  {
    name: "close: invalid UTF-8 carries its code",
    demand: "RFC 6455 7.4.1: 1007",
    expected: "close 1007",
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame(new Uint8Array([0xff]));
        return await ended(socket);
      }),
  },
  {
    name: "close: another connection goes on",
    demand: "protocol 1: a violation ends its own connection only",
    expected: `${FAILED}, ${ANSWERED}`,
    run: (target) =>
      afterHello(target, (good) =>
        afterHello(target, async (bad) => {
          await bad.frame("", { opcode: 15 });
          return `${await failure(bad)}, ${await alive(good)}`;
        })),
  },
];
