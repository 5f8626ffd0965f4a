import { assert, assertEquals, assertFalse } from "@std/assert";
import { announcedEvents, EVENT_RULES, eventRule, mayDrop, mayReceive } from "./events.ts";

const reader = { role: "operator", scopes: ["operator.read"] } as const;
const writer = { role: "operator", scopes: ["operator.write"] } as const;
const admin = { role: "operator", scopes: ["operator.admin"] } as const;
const bare = { role: "operator", scopes: [] } as const;
const node = { role: "node", scopes: [] } as const;

Deno.test("announcedEvents() gives the 26 names of hello", () => {
  const names = announcedEvents();
  assertEquals(names.length, 26);
  assertEquals(names.slice(0, 3), ["connect.challenge", "agent", "chat"]);
  assertEquals(names.at(-1), "update.available");
  assertFalse(names.includes("chat.side_result"));
  assert("chat.side_result" in EVENT_RULES);
});

Deno.test("mayReceive() follows the guards", () => {
  for (const receiver of [reader, writer, admin, bare, node]) {
    for (const event of ["tick", "health", "presence", "shutdown", "heartbeat"]) {
      assert(mayReceive(receiver, event), event);
    }
    assertFalse(mayReceive(receiver, "connect.challenge"));
  }
  for (const event of ["chat", "agent", "cron", "sessions.changed", "chat.side_result"]) {
    assert(mayReceive(reader, event), event);
    assert(mayReceive(writer, event), event);
    assertFalse(mayReceive(bare, event), event);
    assertFalse(mayReceive(node, event), event);
  }
  assertFalse(mayReceive(reader, "talk.mode"));
  assert(mayReceive(writer, "talk.mode"));
  assertFalse(mayReceive(writer, "device.pair.requested"));
  assert(mayReceive(admin, "device.pair.requested"));
  assert(
    mayReceive({ role: "operator", scopes: ["operator.approvals"] }, "exec.approval.resolved"),
  );
  for (const receiver of [reader, node]) assert(mayReceive(receiver, "voicewake.changed"));
  assertFalse(mayReceive(bare, "voicewake.changed"));
  assert(mayReceive(node, "node.invoke.request"));
  assertFalse(mayReceive(admin, "node.invoke.request"));
});

Deno.test("mayReceive() fails closed for events without a rule", () => {
  for (const event of ["no.such", "constructor", "", "__proto__"]) {
    assertFalse(mayReceive(admin, event), event);
    assertEquals(eventRule(event), undefined);
  }
  assert(mayReceive(writer, "plugin.demo.changed"));
  assertFalse(mayReceive(reader, "plugin.demo.changed"));
  assertFalse(mayReceive({ role: "node", scopes: ["operator.admin"] }, "plugin.demo.changed"));
});

Deno.test("mayDrop() drops deltas of a chat, never its end", () => {
  assert(mayDrop("chat", { state: "delta" }));
  assertFalse(mayDrop("chat", { state: "final" }));
  assertFalse(mayDrop("chat", undefined));
  assertFalse(mayDrop("agent", {}));
  assertFalse(mayDrop("tick", {}));
  assert(mayDrop("presence", {}));
});
