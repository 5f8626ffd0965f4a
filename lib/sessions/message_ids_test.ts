import { assert, assertEquals } from "@std/assert";
import { mayBecomeId, messageId } from "./message_table.ts";

const IDS = ["0f0f0f0f-0000-4000-8000-000000000000", "my-session", "zz"];

Deno.test("messageId() differs for every position, whatever the session id is", () => {
  for (const sessionId of IDS) {
    const ids = Array.from({ length: 5000 }, (_, seq) => messageId(sessionId, seq + 1));
    assertEquals(new Set(ids).size, ids.length);
    assert(ids.every((id) => /^[0-9a-f]{8}$/.test(id)));
  }
});

Deno.test("mayBecomeId() knows every id that a transcript will give, and hardly any other", () => {
  for (const sessionId of IDS) {
    for (const seq of [1, 2, 77, 4096, 1_000_000]) {
      assert(mayBecomeId(sessionId, messageId(sessionId, seq)), `${sessionId} ${seq}`);
    }
    assert(!mayBecomeId(sessionId, messageId(sessionId, 2 ** 21)));
    assert(!mayBecomeId(sessionId, "de21fcc6-d64a-4b54-a729-50da99892fa6"));
  }
});
