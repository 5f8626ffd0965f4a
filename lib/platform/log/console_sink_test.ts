import { assertEquals, assertMatch } from "@std/assert";
import { consolePrefix, formatConsoleLine, streamWriter } from "./console_sink.ts";
import type { LogRecord } from "./record.ts";

const RECORD: LogRecord = {
  level: "warn",
  subsystem: "gateway/ws",
  message: "text",
  fields: { code: 1 },
  timeMs: new Date(2026, 10, 22, 9, 15, 2).getTime(),
  time: "2026-11-22T09:15:02.000+01:00",
};

Deno.test("consolePrefix() drops the leading room and keeps two segments", () => {
  assertEquals(consolePrefix("gateway"), "gateway");
  assertEquals(consolePrefix("gateway/ws"), "ws");
  assertEquals(consolePrefix("channels/telegram/poll/x"), "telegram/poll");
  assertEquals(consolePrefix("providers/openai"), "openai");
  assertEquals(consolePrefix("browser/server/x"), "browser/server");
});

Deno.test("formatConsoleLine() writes the three styles", () => {
  const plain = { style: "compact", hasColor: false } as const;
  assertEquals(formatConsoleLine(RECORD, plain), "2026-11-22T09:15:02.000+01:00 [ws] text\n");
  assertEquals(formatConsoleLine(RECORD, { ...plain, style: "pretty" }), "09:15:02 [ws] text\n");
  assertMatch(
    formatConsoleLine(RECORD, { style: "pretty", hasColor: true }),
    // deno-lint-ignore no-control-regex -- colours are control characters
    /\x1b\[33mtext\x1b\[0m\n$/,
  );
  assertEquals(JSON.parse(formatConsoleLine(RECORD, { ...plain, style: "json" })), {
    time: RECORD.time,
    level: "warn",
    subsystem: "gateway/ws",
    message: "text",
    code: 1,
  });
});

Deno.test("formatConsoleLine() disarms control characters", () => {
  const record = { ...RECORD, message: "a\x1b[2Jb\r\n2026 [gateway] fake\rx" };
  assertEquals(
    formatConsoleLine(record, { style: "compact", hasColor: false }),
    `${RECORD.time} [ws] a\\x1b[2Jb\n  2026 [gateway] fake\\x0dx\n`,
  );
});

Deno.test("streamWriter() finishes partial writes and never throws", () => {
  const seen: number[] = [];
  const write = streamWriter({ writeSync: (data) => (seen.push(data[0]!), 1) });
  write("abc");
  assertEquals(new TextDecoder().decode(new Uint8Array(seen)), "abc");
  let calls = 0;
  const broken = streamWriter({
    writeSync() {
      calls++;
      throw new Deno.errors.BrokenPipe("closed");
    },
  });
  broken("x");
  broken("y");
  assertEquals(calls, 1);
});
