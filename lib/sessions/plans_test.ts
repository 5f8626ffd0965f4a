import { assert, assertEquals } from "@std/assert";
import { user, withFolder, withStore } from "./_testing.ts";
import { Connection, Store } from "../store/mod.ts";
import { DESCENDANTS } from "./session_table.ts";

/** Reads of the running gateway whose cost must not grow with what is stored. */
const FLAT_READS = [
  "SELECT * FROM sessions WHERE key = ?",
  "SELECT * FROM sessions ORDER BY updated_at DESC, rowid DESC LIMIT ?",
  "SELECT * FROM sessions WHERE agent_id = ? ORDER BY updated_at DESC, rowid DESC LIMIT ?",
  "SELECT * FROM sessions WHERE updated_at >= ? ORDER BY updated_at DESC, rowid DESC LIMIT ?",
  "SELECT * FROM sessions WHERE label = ? ORDER BY updated_at DESC, rowid DESC LIMIT ?",
  "SELECT max(seq) FROM messages WHERE transcript_id = ?",
  "SELECT json FROM messages WHERE transcript_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
  "SELECT id FROM transcripts WHERE session_id = ?",
  "SELECT id FROM transcripts WHERE session_key = ? ORDER BY id",
  "SELECT * FROM runs WHERE run_id = ?",
  "SELECT * FROM runs WHERE status IS NULL ORDER BY row",
  "SELECT 1 FROM runs WHERE status IS NULL AND session_key = ? LIMIT 1",
  "SELECT id FROM transcripts WHERE session_key = ? AND ended_at < ?",
  "DELETE FROM checkpoints WHERE transcript_id = ?",
  "DELETE FROM messages WHERE transcript_id = ? AND seq > ?",
  "SELECT result FROM idempotency WHERE scope = ? AND key = ? AND expires_at > ?",
];

Deno.test("Store has an index for every read that must stay flat", async () => {
  await withFolder(async (folder) => {
    const store = await Store.open(folder);
    const { connection } = store;
    try {
      for (const sql of FLAT_READS) {
        const plan = connection.all<{ detail: string }>(
          `EXPLAIN QUERY PLAN ${sql}`,
          ...Array(sql.split("?").length - 1).fill(1),
        ).map((step) => step.detail).join("; ");
        const sorts = plan.includes("TEMP B-TREE") && !sql.includes("label");
        assert(!/SCAN \w+$/.test(plan) && !sorts, `${sql}: ${plan}`);
      }
    } finally {
      store.close();
    }
  });
});

Deno.test("descendantsOf() looks at the tree only", async () => {
  await withFolder(async (folder) => {
    const store = await Store.open(folder);
    const { connection } = store;
    try {
      const steps = connection.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${DESCENDANTS}`, "k", 1)
        .map((step) => step.detail).filter((detail) => detail.includes("sessions"));
      const search = "SEARCH sessions USING INDEX sessions_by_parent (<expr>=?)";
      assertEquals(steps, [search, search]);
    } finally {
      store.close();
    }
  });
});

Deno.test("listSessions() runs the statements the plans are checked for", async () => {
  await withStore(async ({ store }) => {
    const key = "agent:main:main";
    await store.beginRun({ runId: "r", key, agentId: "main", message: user("x"), now: 5 });
    const seen: string[] = [];
    const all = Connection.prototype.all;
    Connection.prototype.all = function <Row>(sql: string, ...values: []): Row[] {
      seen.push(sql.replace(/\s+/g, " "));
      return all.call(this, sql, ...values) as Row[];
    };
    try {
      for (const query of [{}, { agentId: "main" }, { activeSinceMs: 1 }, { label: "x" }]) {
        store.listSessions({ limit: 3, ...query });
      }
    } finally {
      Connection.prototype.all = all;
    }
    assertEquals(seen, FLAT_READS.slice(1, 5));
  });
});
