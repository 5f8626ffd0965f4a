import { assertEquals } from "@std/assert";
import { clientAddress } from "./forwarding.ts";

interface Case {
  name: string;
  peer?: string;
  forwardedFor?: string;
  realIp?: string;
  allowsRealIp?: boolean;
  client: string;
}

const PROXY = "10.0.0.1";

const CASES: Case[] = [
  { name: "nobody but the proxy", client: PROXY },
  { name: "one hop", forwardedFor: "192.0.2.1", client: "192.0.2.1" },
  { name: "the last of several hops", forwardedFor: "203.0.113.9, 192.0.2.1", client: "192.0.2.1" },
  {
    name: "the last hop before trusted ones and loopback",
    forwardedFor: "203.0.113.9, 192.0.2.1, 10.0.0.7, 127.0.0.1",
    client: "192.0.2.1",
  },
  { name: "a hop with a port", forwardedFor: "192.0.2.1:4711", client: "192.0.2.1" },
  { name: "IPv6", forwardedFor: "[2001:db8::1]:4711", client: "2001:db8:0:0:0:0:0:1" },
  { name: "an IPv4-mapped hop", forwardedFor: "::ffff:192.0.2.1", client: "192.0.2.1" },
  { name: "a hop that is no address", forwardedFor: "192.0.2.1, unknown", client: PROXY },
  { name: "trusted hops only", forwardedFor: "10.0.0.2, 10.0.0.3", client: PROXY },
  {
    name: "an untrusted peer",
    peer: "198.51.100.1",
    forwardedFor: "192.0.2.1",
    client: "198.51.100.1",
  },
  { name: "X-Real-IP without leave", realIp: "192.0.2.1", client: PROXY },
  { name: "X-Real-IP", realIp: "192.0.2.1", allowsRealIp: true, client: "192.0.2.1" },
  {
    name: "X-Real-IP beside a chain",
    realIp: "192.0.2.2",
    forwardedFor: "192.0.2.1",
    allowsRealIp: true,
    client: "192.0.2.1",
  },
  { name: "an X-Real-IP that is none", realIp: "me", allowsRealIp: true, client: PROXY },
];

for (const { name, peer = PROXY, forwardedFor, realIp, allowsRealIp = false, client } of CASES) {
  Deno.test(`clientAddress() finds the client behind ${name}`, () => {
    const headers = new Headers();
    if (forwardedFor !== undefined) headers.set("x-forwarded-for", forwardedFor);
    if (realIp !== undefined) headers.set("x-real-ip", realIp);
    const policy = { trustedProxies: ["10.0.0.0/24"], allowsRealIp };
    assertEquals(clientAddress(headers, peer, policy), client);
  });
}
