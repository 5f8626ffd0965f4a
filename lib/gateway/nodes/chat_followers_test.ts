import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { MAX_BUFFERED_BYTES, MAX_NODE_CHATS } from "../../protocol/mod.ts";
import { clientOf } from "../_testing.ts";
import { ChatFollowers } from "./chat_followers.ts";

function follower(connId: string) {
  return clientOf({ connId, role: "node", scopes: [], deviceId: connId });
}

Deno.test("ChatFollowers passes on what belongs to a session, and the pulse of the gateway", () => {
  const chats = new ChatFollowers();
  const [one, other] = [follower("n1"), follower("n2")];
  chats.add(one.client, "agent:main:main");
  chats.add(other.client, "agent:main:side");
  chats.relay("chat", { sessionKey: "agent:main:main", state: "final" });
  chats.relay("agent", { sessionKey: "agent:main:side" });
  chats.relay("agent", {});
  chats.relay("tick", { ts: 1 });
  chats.relay("presence", { presence: [] });
  const names = ({ sink }: typeof one) => sink.frames.map(({ event, seq }) => [event, seq]);
  assertEquals(names(one), [["chat", undefined], ["tick", undefined]]);
  assertEquals(names(other), [["agent", undefined], ["tick", undefined]]);
  chats.remove(one.client, "agent:main:main");
  chats.forget(other.client);
  chats.relay("tick", { ts: 2 });
  assertEquals([one.sink.frames.length, other.sink.frames.length], [2, 2]);
});

Deno.test("ChatFollowers leaves out what a slow node may miss, and ends it for the rest", () => {
  const chats = new ChatFollowers();
  const { client, sink } = follower("n1");
  chats.add(client, "k");
  sink.bufferedAmount = MAX_BUFFERED_BYTES + 1;
  chats.relay("chat", { sessionKey: "k", state: "delta" });
  assertEquals([sink.frames, sink.closed], [[], undefined]);
  chats.relay("chat", { sessionKey: "k", state: "final" });
  assertEquals(sink.closed, { code: 1008, reason: "slow consumer" });
});

Deno.test("ChatFollowers.add() has an end", () => {
  const chats = new ChatFollowers();
  const { client } = follower("n1");
  for (let i = 0; i < MAX_NODE_CHATS; i++) chats.add(client, `k${i}`);
  chats.add(client, "k0");
  const { code } = assertThrows(() => chats.add(client, "one more"), AppError);
  assertEquals(code, "INVALID_REQUEST");
});
