import { assertEquals } from "@std/assert";
import { LOCAL_PEER, paramsOf, REMOTE_PEER } from "../_testing.ts";
import type { ConnectionPeer } from "../handshake.ts";
import { standingOf } from "./standing.ts";

const UI = paramsOf({
  client: { id: "openclaw-control-ui", mode: "webchat", version: "1", platform: "web" },
});
const TOKEN = { ok: true, method: "token" } as const;
/** A page of this machine, as a gateway in a container sees it. */
const CONTAINER: ConnectionPeer = {
  ...REMOTE_PEER,
  address: "172.17.0.1",
  socketAddress: "172.17.0.1",
  origin: "http://localhost:18789",
  host: "localhost:18789",
};

const PAGES: [name: string, peer: ConnectionPeer, isLocal: boolean][] = [
  ["under its own name, from a private address", CONTAINER, true],
  ["from a public address", { ...CONTAINER, socketAddress: "192.0.2.1" }, false],
  ["through a proxy", { ...CONTAINER, isDirect: false }, false],
  ["from a page of elsewhere", { ...CONTAINER, origin: "https://ui.example" }, false],
  ["under another name", { ...CONTAINER, host: "box.example" }, false],
];

for (const [name, peer, isLocal] of PAGES) {
  Deno.test(`standingOf() takes the Control UI ${name} as ${isLocal ? "local" : "remote"}`, () => {
    assertEquals(standingOf(UI, peer, TOKEN).isLocal, isLocal);
    assertEquals(standingOf(paramsOf(), peer, TOKEN).isLocal, false, "but the Control UI only");
  });
}

Deno.test("standingOf() takes a private name for local only with the shared secret", () => {
  const peer = { ...LOCAL_PEER, isLocalDirect: false, host: "192.168.1.5:18789" };
  assertEquals(standingOf(paramsOf(), peer, TOKEN), {
    isBrowser: false,
    isLocal: true,
    isOwner: false,
  });
  assertEquals(standingOf(paramsOf(), peer, undefined).isLocal, false);
  assertEquals(standingOf(paramsOf(), peer, { ok: true, method: "tailscale" }).isLocal, false);
});
