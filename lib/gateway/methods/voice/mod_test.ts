import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../../base/mod.ts";
import { Client, type ClientIdentity } from "../../client.ts";
import type { GatewayState } from "../../state.ts";
import type { Settings } from "../settings.ts";
import { voiceMethods } from "./mod.ts";

function client(changes: Partial<ClientIdentity>): Client {
  const identity: ClientIdentity = {
    connId: "c",
    role: "operator",
    scopes: ["operator.write"],
    caps: [],
    clientId: "webchat",
    clientMode: "webchat",
    clientVersion: "1",
    platform: "web",
    address: "127.0.0.1",
    isLocalDirect: true,
    ...changes,
  };
  return new Client(identity, { send() {}, close() {}, bufferedAmount: 0, isOpen: false });
}

Deno.test("talk.mode is refused to a page unless a device that can talk is there", async () => {
  const clients: Client[] = [];
  const state = {
    clock: { now: () => 7, monotonic: () => 7 },
    broadcaster: { clients: () => clients.values(), broadcast() {} },
  } as unknown as GatewayState;
  const talkMode = async (caller: Client) =>
    await voiceMethods(state, {} as Settings)["talk.mode"]!({
      params: { enabled: true },
      client: caller,
      acknowledge() {},
    });
  const error = await assertRejects(() => talkMode(client({})), AppError);
  assertEquals(error.message, "talk disabled: no connected Talk-capable nodes");
  const result = { enabled: true, phase: null, ts: 7 };
  assertEquals(await talkMode(client({ clientMode: "cli" })), result);
  clients.push(client({ role: "node", caps: ["camera"] }));
  await assertRejects(() => talkMode(client({})), AppError);
  clients.push(client({ role: "node", caps: ["talk"] }));
  assertEquals(await talkMode(client({})), result);
});
