import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "./_testing.ts";
import type { Connection } from "./connection.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

const MESSAGES_OF_A_DAY = "SELECT count(*) FROM message_usage WHERE ts >= 10 AND ts < 20";
const ANSWER = JSON.stringify({
  provider: "p",
  model: "m",
  usage: { input: 1.5, output: 2, totalTokens: 3, cost: { total: 0.25 } },
  stopReason: "error",
  content: [{ type: "text", text: "x" }, { type: "toolCall", name: "read" }],
});
/** Every kind of text that may be there: one answer, one from elsewhere, one that is no JSON. */
const MESSAGES: readonly (readonly [role: string, ts: number, json: string])[] = [
  ["user", 5, '{"content":"hi"}'],
  ["assistant", 15, ANSWER],
  ["toolResult", 25, '{"isError":true,"content":"plain"}'],
  ["assistant", 35, "not json"],
];

function addMessages(connection: Connection, transcriptId: number): void {
  for (const [index, [role, ts, json]] of MESSAGES.entries()) {
    connection.run(
      "INSERT INTO messages (transcript_id, seq, id, role, ts, json) VALUES (?, ?, 'm', ?, ?, ?)",
      transcriptId,
      index + 1,
      role,
      ts,
      json,
    );
  }
}

function figuresOf(connection: Connection, transcriptId: number) {
  return connection.all<Record<string, unknown>>(
    `SELECT role, model, input, total_tokens AS tokens, total_cost AS cost, is_error AS isError,
      tool_names AS tools FROM message_usage WHERE transcript_id = ? ORDER BY ts`,
    transcriptId,
  ).map((row) => Object.values(row));
}

const FIGURES = [
  ["user", "", 0, 0, null, 0, null],
  ["assistant", "m", 1.5, 3, 0.25, 1, '["read"]'],
  ["toolResult", "", 0, 0, null, 1, null],
  ["assistant", "", 0, 0, null, 0, null],
];

for (const from of [1, 2]) {
  Deno.test(`schema 3 adds settings and figures to a store of version ${from} and keeps a copy`, async () => {
    await withFolder(async (folder) => {
      const old = await openDatabase(folder, MIGRATIONS.slice(0, from));
      for (const id of [1, 2]) {
        old.run(
          "INSERT INTO transcripts (id, session_id, session_key, started_at) VALUES (?, ?, 'k', 1)",
          id,
          `s${id}`,
        );
      }
      addMessages(old, 1);
      old.close();

      const connection = await openDatabase(folder, MIGRATIONS.slice(0, 3));
      assertEquals(connection.number("PRAGMA user_version"), 3);
      connection.run("INSERT INTO settings (key, json) VALUES ('k', '[1]')");
      assertEquals(connection.number("SELECT count(*) FROM settings"), 1);
      assertEquals(connection.number(MESSAGES_OF_A_DAY), 1);
      assertEquals(figuresOf(connection, 1), FIGURES);
      addMessages(connection, 2);
      assertEquals(figuresOf(connection, 2), FIGURES);
      connection.run("DELETE FROM transcripts WHERE id = 2");
      assertEquals(figuresOf(connection, 2), []);
      const plan = connection.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${MESSAGES_OF_A_DAY}`);
      assert(plan.some(({ detail }) => detail.includes("message_usage_by_time")));
      connection.close();

      const copy = join(folder, `${DATABASE_FILE_NAME}.v${from}.bak`);
      assert((await Deno.stat(copy)).isFile);
    });
  });
}
