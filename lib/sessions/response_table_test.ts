import { assertEquals } from "@std/assert";
import { START, withStore } from "./_testing.ts";
import { RESPONSE_RETENTION_MS, type ResponseRecord, ResponseTable } from "./response_table.ts";

function record(id: string, changes: Partial<ResponseRecord> = {}): ResponseRecord {
  return {
    id,
    subject: "secret",
    agentId: "main",
    createdAt: START,
    response: { id, status: "completed" },
    input: [{ id: "msg_1", type: "message" }],
    ...changes,
  };
}

async function withTable(test: (table: ResponseTable) => void): Promise<void> {
  await withStore(({ store }) =>
    store.database.transact(() => {
      test(new ResponseTable(store.database.connection));
    })
  );
}

Deno.test("ResponseTable gives a response back to its subject only", () =>
  withTable((table) => {
    const place = { sessionKey: "k", sessionId: "s", seq: 4 };
    const kept = record("resp_1", { place, sessionHeader: "x" });
    table.save(kept, START);
    assertEquals(table.find("resp_1", "secret"), kept);
    assertEquals(table.find("resp_1", "user:x"), undefined);
    assertEquals(table.remove("resp_1", "user:x"), false);
    assertEquals(table.remove("resp_1", "secret"), true);
    assertEquals(table.find("resp_1", "secret"), undefined);
  }));

Deno.test("ResponseTable.save() replaces what a response was while it was made", () =>
  withTable((table) => {
    table.save(record("resp_1", { response: { status: "in_progress" } }), START);
    const ended = record("resp_1", { place: { sessionKey: "k", sessionId: "s", seq: 2 } });
    table.save(ended, START);
    assertEquals(table.find("resp_1", "secret"), ended);
  }));

Deno.test("ResponseTable.claim() lets one go on, also when the response is saved again", () =>
  withTable((table) => {
    table.save(record("resp_1"), START);
    assertEquals([table.claim("resp_1"), table.claim("resp_1")], [true, false]);
    table.save(record("resp_1"), START);
    assertEquals([table.claim("resp_1"), table.claim("resp_none")], [false, false]);
  }));

Deno.test("ResponseTable.prune() drops the old, then the oldest of too many or too large ones", () =>
  withTable((table) => {
    for (let n = 0; n < 6; n++) table.save(record(`resp_${n}`, { createdAt: START + n }), START);
    const left = () =>
      [0, 1, 2, 3, 4, 5].filter((n) => table.find(`resp_${n}`, "secret") !== undefined);
    const bounds = { count: 100, bytes: 1e6 };
    table.prune(START + RESPONSE_RETENTION_MS, bounds);
    assertEquals(left(), [1, 2, 3, 4, 5]);
    table.prune(START, { ...bounds, count: 3 });
    assertEquals(left(), [3, 4, 5]);
    const bytes = JSON.stringify(record("resp_5").response).length +
      JSON.stringify(record("resp_5").input).length;
    table.prune(START, { ...bounds, bytes: 2 * bytes });
    assertEquals(left(), [4, 5]);
  }));
