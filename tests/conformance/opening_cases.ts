/**
 * Cases of the opening handshake.
 *
 * @module
 */
import { ACCEPT, openingRequest, RawWebSocket } from "../harness/raw_websocket.ts";
import { type Case, opening, through } from "./case.ts";

const GOOD = "101, connect.challenge";
const OTHER_KEY = "AAAAAAAAAAAAAAAAAAAAAA==";
const RFC_VERSION = "RFC 6455 4.2.2: another version is refused with 426";

const TABLE: readonly Case[] = [
  opening("opening: correct request", "RFC 6455 4.2.2: 101", GOOD, {}),
  opening("opening: any path", "protocol 1: any path upgrades", GOOD, { target: "/some/path?x=1" }),
  opening("opening: absolute target", "RFC 9112 3.2.2: absolute form is accepted", GOOD, {
    target: "http://127.0.0.1/",
  }),
  opening("opening: tokens in other case", "RFC 6455 4.2.1: case-insensitive", GOOD, {
    headers: { Upgrade: "WebSocket", Connection: "UPGRADE" },
  }),
  opening("opening: Connection with several options", "RFC 6455 4.2.1: includes Upgrade", GOOD, {
    headers: { Connection: "keep-alive, Upgrade" },
  }),
  opening("opening: Upgrade with several protocols", "RFC 9110 7.8: a list is read", GOOD, {
    headers: { Upgrade: "websocket, h2c" },
  }),
  opening(
    "opening: subprotocol offered",
    "protocol 1: no subprotocol, the offer is ignored",
    GOOD,
    {
      headers: { "Sec-WebSocket-Protocol": "chat" },
    },
  ),
  opening("opening: unknown header", "RFC 6455 4.2.1: other headers are ignored", GOOD, {
    headers: { "X-Unknown": "1" },
  }),
  opening("opening: method POST", "RFC 6455 4.2.1: GET only", "405", { method: "POST" }),
  opening("opening: HTTP/1.0", "RFC 6455 4.2.1: HTTP/1.1 or higher", "400", {
    httpVersion: "HTTP/1.0",
  }),
  opening("opening: HTTP/3.0 on TCP", "RFC 9112 2.3: unknown version is refused", "400", {
    httpVersion: "HTTP/3.0",
  }),
  opening("opening: no Host", "RFC 9112 3.2: 400", "400", { headers: { Host: null } }),
  opening("opening: two Hosts", "RFC 9112 3.2: 400", "400", {
    headers: { Host: ["127.0.0.1", "localhost"] },
  }),
  opening("opening: foreign Host on loopback", "design: Host is checked on every upgrade", "403", {
    headers: { Host: "evil.example" },
  }),
  opening("opening: no Upgrade", "protocol 1: plain HTTP answer", "200", {
    headers: { Upgrade: null },
  }),
  opening(
    "opening: Upgrade to something else",
    "the wire reference: another upgrade is refused",
    "400",
    {
      headers: { Upgrade: "h2c" },
    },
  ),
  opening("opening: no Connection", "RFC 6455 4.2.1: required", "400", {
    headers: { Connection: null },
  }),
  opening("opening: Connection without Upgrade", "RFC 6455 4.2.1: required", "400", {
    headers: { Connection: "keep-alive" },
  }),
  opening("opening: no key", "RFC 6455 4.2.1: required", "400", {
    headers: { "Sec-WebSocket-Key": null },
  }),
  opening("opening: key of three bytes", "RFC 6455 4.2.1: 16 bytes when decoded", "400", {
    headers: { "Sec-WebSocket-Key": "abcd" },
  }),
  opening("opening: two keys", "RFC 6455 11.3.1: not more than once", "400", {
    headers: { "Sec-WebSocket-Key": [OTHER_KEY, OTHER_KEY] },
  }),
  opening("opening: no version", RFC_VERSION, "426", {
    headers: { "Sec-WebSocket-Version": null },
  }),
  opening("opening: version 8", RFC_VERSION, "426", { headers: { "Sec-WebSocket-Version": "8" } }),
  opening("opening: version 14", RFC_VERSION, "426", {
    headers: { "Sec-WebSocket-Version": "14" },
  }),
  opening("opening: headers of 20 kB", "RFC 6585 5: headers above 16 KiB get 431", "431", {
    headers: { "X-Padding": "x".repeat(20_000) },
  }),
  opening("opening: headers of 100 kB", "RFC 6585 5: headers above 16 KiB get 431", "431", {
    headers: { "X-Padding": "x".repeat(100_000) },
  }),
];

/** All cases of the opening handshake. */
export const OPENING_CASES: readonly Case[] = [
  ...TABLE,
  {
    name: "opening: accept value",
    demand: "RFC 6455 4.2.2: key hashed with the fixed GUID",
    expected: ACCEPT,
    async run(target) {
      await using socket = await RawWebSocket.open(target.port, through(target));
      return socket.answer.headers.get("sec-websocket-accept") ?? "none";
    },
  },
  {
    name: "opening: compression offered",
    demand: "protocol 1: no compression",
    expected: "no extension",
    async run(target) {
      const headers = { "Sec-WebSocket-Extensions": "permessage-deflate" };
      await using socket = await RawWebSocket.open(target.port, through(target, { headers }));
      const chosen = socket.answer.headers.get("sec-websocket-extensions");
      return chosen === null ? "no extension" : chosen;
    },
  },
  {
    name: "opening: request one byte per write",
    demand: "RFC 9112: TCP has no messages",
    expected: GOOD,
    async run({ port, hostname }) {
      await using socket = await RawWebSocket.dial(port, hostname);
      await socket.sendSlowly(openingRequest(port));
      const { status } = await socket.readAnswer();
      return `${status}, ${(await socket.nextJson())["event"]}`;
    },
  },
];
