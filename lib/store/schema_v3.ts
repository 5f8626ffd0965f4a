/**
 * Step 3 of the schema: settings that clients change, and the figures of every message.
 *
 * @module
 */

/** Reads a figure of the message `row`; what is not there counts as nothing. */
function figure(row: string, path: string): string {
  return `coalesce(${row}.json ->> '$.${path}', 0)`;
}

/** The columns of `message_usage` that come from the text of an answer. */
function figures(row: string): string {
  return `
    coalesce(${row}.json ->> '$.provider', ''), coalesce(${row}.json ->> '$.model', ''),
    ${figure(row, "usage.input")}, ${figure(row, "usage.output")},
    ${figure(row, "usage.cacheRead")}, ${figure(row, "usage.cacheWrite")},
    ${figure(row, "usage.totalTokens")},
    ${figure(row, "usage.cost.input")}, ${figure(row, "usage.cost.output")},
    ${figure(row, "usage.cost.cacheRead")}, ${figure(row, "usage.cost.cacheWrite")},
    ${row}.json ->> '$.usage.cost.total',
    coalesce(${row}.json ->> '$.stopReason' = 'error', 0)
      OR coalesce(${row}.json ->> '$.isError', 0),
    (SELECT json_group_array(part.value ->> '$.name')
      FROM json_each(${row}.json, '$.content') AS part
      WHERE CASE part.type WHEN 'object' THEN part.value ->> '$.type' END = 'toolCall'
      HAVING count(*) > 0)`;
}

const KEYS = "row, transcript_id, ts, role";
const FIGURES = `provider, model, input, output, cache_read, cache_write, total_tokens,
  input_cost, output_cost, cache_read_cost, cache_write_cost, total_cost, is_error, tool_names`;

/**
 * Creates the tables; `json` is any JSON value.
 *
 * Reports over months of conversations would read all that was said, only to add up a few numbers:
 * these are kept apart. What a user said has none, so its text, which may be a large picture, is not
 * looked at.
 */
export const SETTINGS_SCHEMA = `
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  json TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Not strict: a figure of an unexpected kind must not keep a message from being stored.
CREATE TABLE message_usage (
  row INTEGER PRIMARY KEY REFERENCES messages (row) ON DELETE CASCADE,
  transcript_id INTEGER NOT NULL,
  ts INTEGER NOT NULL,
  role TEXT NOT NULL,
  provider TEXT NOT NULL DEFAULT '',
  model TEXT NOT NULL DEFAULT '',
  input NUMERIC NOT NULL DEFAULT 0,
  output NUMERIC NOT NULL DEFAULT 0,
  cache_read NUMERIC NOT NULL DEFAULT 0,
  cache_write NUMERIC NOT NULL DEFAULT 0,
  total_tokens NUMERIC NOT NULL DEFAULT 0,
  input_cost NUMERIC NOT NULL DEFAULT 0,
  output_cost NUMERIC NOT NULL DEFAULT 0,
  cache_read_cost NUMERIC NOT NULL DEFAULT 0,
  cache_write_cost NUMERIC NOT NULL DEFAULT 0,
  -- Missing where the model has no price.
  total_cost NUMERIC,
  is_error INTEGER NOT NULL DEFAULT 0,
  -- Names of the tools that were called, as a JSON list.
  tool_names TEXT
);
CREATE INDEX message_usage_by_time ON message_usage (ts);

CREATE TRIGGER messages_metered_plain AFTER INSERT ON messages
WHEN new.role = 'user' OR NOT json_valid(new.json) BEGIN
  INSERT INTO message_usage (${KEYS}) VALUES (new.row, new.transcript_id, new.ts, new.role);
END;
CREATE TRIGGER messages_metered AFTER INSERT ON messages
WHEN new.role <> 'user' AND json_valid(new.json) BEGIN
  INSERT INTO message_usage (${KEYS}, ${FIGURES})
    VALUES (new.row, new.transcript_id, new.ts, new.role, ${figures("new")});
END;

INSERT INTO message_usage (${KEYS})
  SELECT m.row, m.transcript_id, m.ts, m.role FROM messages AS m
    WHERE m.role = 'user' OR NOT json_valid(m.json);
INSERT INTO message_usage (${KEYS}, ${FIGURES})
  SELECT m.row, m.transcript_id, m.ts, m.role, ${figures("m")} FROM messages AS m
    WHERE m.role <> 'user' AND json_valid(m.json);
`;
