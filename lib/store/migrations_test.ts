import { assertEquals } from "@std/assert";
import { withFolder } from "./_testing.ts";
import type { Connection } from "./connection.ts";
import { openDatabase } from "./database.ts";
import { findDamage } from "./integrity.ts";
import { MIGRATIONS } from "./migrations.ts";

const TRANSCRIPTS = 20;
const MESSAGES = 30;

/** What the first version could hold already, in some quantity. */
function fill(connection: Connection): void {
  connection.run("BEGIN");
  for (let transcript = 1; transcript <= TRANSCRIPTS; transcript++) {
    const [key, sessionId] = [`agent:main:s${transcript}`, `id-${transcript}`];
    connection.run(
      "INSERT INTO transcripts (id, session_id, session_key, started_at) VALUES (?, ?, ?, 1)",
      transcript,
      sessionId,
      key,
    );
    connection.run(
      `INSERT INTO sessions (key, agent_id, transcript_id, session_id, created_at, updated_at,
        session_started_at, last_interaction_at, label) VALUES (?, 'main', ?, ?, 1, 1, 1, 1, ?)`,
      key,
      transcript,
      sessionId,
      `label ${transcript}`,
    );
    for (let seq = 1; seq <= MESSAGES; seq++) {
      const role = seq % 2 === 1 ? "user" : "assistant";
      connection.run(
        `INSERT INTO messages (transcript_id, seq, id, role, ts, json) VALUES (?, ?, ?, ?, 1, ?)`,
        transcript,
        seq,
        String(seq),
        role,
        JSON.stringify({ role, content: [{ type: "text", text: `said ${seq}` }], timestamp: 1 }),
      );
    }
  }
  connection.run(
    "INSERT INTO runs (run_id, session_key, session_id, started_at) VALUES ('r', 'k', 's', 1)",
  );
  connection.run("COMMIT");
}

/** Every table, index and trigger with its definition. */
function schemaOf(connection: Connection): unknown[] {
  return connection.all(
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name",
  );
}

for (let from = 1; from < MIGRATIONS.length; from++) {
  Deno.test(`a store of version ${from} with data becomes what a new one is, and loses nothing`, async () => {
    await withFolder(async (folder) => {
      const old = await openDatabase(folder, MIGRATIONS.slice(0, from));
      fill(old);
      old.close();
      const connection = await openDatabase(folder);
      assertEquals(connection.number("PRAGMA user_version"), MIGRATIONS.length);
      assertEquals(findDamage(connection), []);
      const count = (table: string) => connection.number(`SELECT count(*) FROM ${table}`);
      assertEquals(count("messages"), TRANSCRIPTS * MESSAGES);
      assertEquals(count("message_usage"), TRANSCRIPTS * MESSAGES);
      assertEquals([count("sessions"), count("runs")], [TRANSCRIPTS, 1]);
      assertEquals(connection.number("SELECT sum(sessions) FROM session_counts"), TRANSCRIPTS);
      const schema = schemaOf(connection);
      connection.close();
      await withFolder(async (empty) => {
        const fresh = await openDatabase(empty);
        assertEquals(schema, schemaOf(fresh));
        fresh.close();
      });
    });
  });
}
