/**
 * Cases of peers: half-closed, pipelined, slow, silent, gone.
 *
 * @module
 */
import {
  closePayload,
  encodeFrame,
  joinBytes,
  OPCODE,
  openingRequest,
  RawWebSocket,
} from "../harness/raw_websocket.ts";
import {
  afterHello,
  alive,
  ANSWERED,
  answered,
  beforeHello,
  type Case,
  ended,
  healthRequest,
  helloParams,
  type Target,
  through,
} from "./case.ts";

/** Wait for an end that the handshake timeout brings. */
function patience({ handshakeTimeoutMs, patienceMs }: Target): number {
  return handshakeTimeoutMs + patienceMs;
}

function helloFrame(target: Target): Uint8Array {
  const params = helloParams(target);
  return encodeFrame(JSON.stringify({ type: "req", id: "hello", method: "connect", params }));
}

/** All cases of peers. */
export const PEER_CASES: readonly Case[] = [
  {
    name: "peer: hello in the write of the opening request",
    demand: "RFC 6455 4.1: bytes after the request belong to the socket",
    expected: ANSWERED,
    async run(target) {
      await using socket = await RawWebSocket.open(
        target.port,
        through(target, { pipelined: helloFrame(target) }),
      );
      return await answered(socket, "hello");
    },
  },
  {
    name: "peer: hello and request in the write of the opening request",
    demand: "RFC 6455 4.1: bytes after the request belong to the socket",
    expected: ANSWERED,
    async run(target) {
      const pipelined = joinBytes(helloFrame(target), encodeFrame(healthRequest()));
      await using socket = await RawWebSocket.open(target.port, through(target, { pipelined }));
      return await answered(socket);
    },
  },
  {
    name: "peer: hello one byte per write",
    demand: "RFC 6455 5.2: frames have no relation to writes",
    expected: ANSWERED,
    run: (target) =>
      beforeHello(target, async (socket) => {
        await socket.sendSlowly(helloFrame(target));
        return await answered(socket, "hello");
      }),
  },
  {
    name: "peer: silent after the opening",
    isTimed: true,
    demand: "protocol 1: close 1000 after the handshake timeout",
    expected: "close 1000",
    run: (target) => beforeHello(target, (socket) => ended(socket, patience(target))),
  },
  {
    name: "peer: half a frame, then silence",
    isTimed: true,
    demand: "protocol 1: close 1000 after the handshake timeout",
    expected: "close 1000",
    run: (target) =>
      beforeHello(target, async (socket) => {
        await socket.send(helloFrame(target).subarray(0, 20));
        return await ended(socket, patience(target));
      }),
  },
  {
    name: "peer: pings and never says hello",
    isTimed: true,
    demand: "protocol 1: close 1000 after the handshake timeout",
    expected: "close 1000",
    run: (target) =>
      beforeHello(target, async (socket) => {
        for (let i = 0; i < 5; i++) await socket.frame("p", { opcode: OPCODE.PING });
        return await ended(socket, patience(target));
      }),
  },
  {
    name: "peer: connects and sends nothing",
    isTimed: true,
    demand: "protocol 1: the opening has a deadline, too",
    expected: "cut",
    async run(target) {
      await using socket = await RawWebSocket.dial(target.port, target.hostname);
      return await ended(socket, patience(target));
    },
  },
  {
    name: "peer: half an opening request",
    isTimed: true,
    demand: "protocol 1: the opening has a deadline, too",
    expected: "cut",
    async run(target) {
      await using socket = await RawWebSocket.dial(target.port, target.hostname);
      await socket.send(openingRequest(target.port).subarray(0, 40));
      // A status may come first.
      return await socket.isCutWithin(patience(target)) ? "cut" : "open";
    },
  },
  {
    name: "peer: ends its half after hello",
    demand: "RFC 6455 7.1.7: the server ends TCP, too",
    expected: "cut",
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.endWriting();
        return await ended(socket);
      }),
  },
  {
    name: "peer: ends its half within a frame",
    demand: "RFC 6455 7.1.7: the server ends TCP, too",
    expected: "cut",
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.send(encodeFrame(healthRequest()).subarray(0, 12));
        await socket.endWriting();
        return await ended(socket);
      }),
  },
  {
    name: "peer: ends its half right after a request",
    demand: "protocol 2: what was sent whole is answered",
    expected: ANSWERED,
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.frame(healthRequest());
        await socket.endWriting();
        return await answered(socket);
      }),
  },
  {
    name: "peer: forty that leave within the opening",
    demand: "protocol 1: 32 strangers of an address; who left counts no more",
    expected: ANSWERED,
    async run(target) {
      const request = openingRequest(target.port);
      for (let i = 0; i < 40; i++) {
        const socket = await RawWebSocket.dial(target.port, target.hostname);
        await socket.send(request);
        socket.cut();
      }
      return await welcomedWithin(target, target.patienceMs);
    },
  },
  {
    name: "peer: two hellos",
    demand: "protocol 2: connect is only valid as the first request",
    expected: "refused: connect is only valid as the first request",
    run: (target) =>
      afterHello(target, async (socket) => {
        await socket.send(helloFrame(target));
        return await answered(socket, "hello");
      }),
  },
  {
    name: "peer: request before the challenge is read",
    demand: "protocol 3: the challenge comes first, whatever is sent",
    expected: "connect.challenge",
    async run(target) {
      await using socket = await RawWebSocket.open(
        target.port,
        through(target, { pipelined: helloFrame(target) }),
      );
      return (await socket.nextJson())["event"];
    },
  },
  {
    name: "peer: closes and dials again at once",
    demand: "protocol 1: nothing of a closed socket is left",
    expected: ANSWERED,
    async run(target) {
      for (let i = 0; i < 20; i++) {
        const how = await afterHello(target, async (socket) => {
          await socket.frame(closePayload(1000), { opcode: OPCODE.CLOSE });
          return await ended(socket);
        });
        if (how !== "close 1000") return how;
      }
      return await afterHello(target, alive);
    },
  },
];

/** Says hello again and again until it is heard: strangers that have just left may still be counted. */
async function welcomedWithin(target: Target, ms: number): Promise<string> {
  const deadline = performance.now() + ms;
  while (true) {
    const outcome = await afterHello(target, alive).catch((error: Error) => error.message);
    if (outcome === ANSWERED || performance.now() > deadline) return outcome;
  }
}
