import { assertEquals } from "@std/assert";
import { parseFailures, parseTaskList, type TaskFacts, taskRuntime } from "./query.ts";

function record(labels: readonly string[], values: readonly string[]): string {
  return labels.map((label, at) => `${label}: ${values[at]}\r\n`).join("");
}

const VALUES = [
  ...["PC", "\\OpenClaw Gateway", "N/A", "x", "y", "22.11.2026 10:00:01", "267009", "ann"],
  ...["C:\\Windows\\System32\\conhost.exe --headless"],
];
const GERMAN = [
  ...["Hostname", "Aufgabenname", "Nächste Laufzeit", "Status", "Anmeldemodus", "Letzte Laufzeit"],
  ...["Letztes Ergebnis", "Autor", "Auszuführende Aufgabe"],
];

Deno.test("parseTaskList() reads by place, in any language, with and without folders", () => {
  const expected = {
    name: "\\OpenClaw Gateway",
    command: "C:\\Windows\\System32\\conhost.exe --headless",
    lastRunTime: "22.11.2026 10:00:01",
    result: 267009,
  };
  const plain = record(GERMAN, VALUES);
  assertEquals(parseTaskList(plain), [expected]);
  assertEquals(parseTaskList(`\r\nOrdner: \\\r\n${plain}\r\n\r\n${plain}`), [expected, expected]);
  assertEquals(parseTaskList(`Ordner: \\Sub\r\n${plain}`), [expected]);
  // As it comes from a redirected program now and then.
  assertEquals(parseTaskList([...plain].join("\0")), [expected]);
});

Deno.test("parseTaskList() takes results of every spelling and no word for one", () => {
  const read = (result: string) => parseTaskList(record(GERMAN, VALUES.with(6, result)))[0]?.result;
  assertEquals(["0", "267011", "-2147024891", "0x41303", "Wird ausgeführt", ""].map(read), [
    0,
    267011,
    0x80070005,
    0x41303,
    undefined,
    undefined,
  ]);
});

Deno.test("parseTaskList() of anything else is empty", () => {
  for (const text of ["", "INFO: nothing", "a: b\r\nc: d\r\n", "\r\n\r\n"]) {
    assertEquals(parseTaskList(text), []);
  }
});

Deno.test("parseFailures() reads the note of the runner", () => {
  assertEquals(parseFailures("3 1\r\n"), { count: 3, status: 1 });
  assertEquals(parseFailures("1 -1073741819\r\n"), { count: 1, status: -1073741819 });
  assertEquals([undefined, "", "x", "1"].map(parseFailures), Array(4).fill(undefined));
});

const RUNNING = parseTaskList(record(GERMAN, VALUES))[0]!;
const FACTS: TaskFacts = {
  by: "task",
  hasScript: true,
  record: RUNNING,
  isEnabled: true,
  pid: undefined,
  port: 18789,
  failures: undefined,
};

const STATES: readonly (readonly [string, Partial<TaskFacts>])[] = [
  ["running", { pid: 7 }],
  ["running", { pid: 7, record: undefined, by: "nothing" }],
  ["starting", {}],
  ["starting", { failures: { count: 1, status: 1 } }],
  ["crash_looping", { failures: { count: 3, status: 1 } }],
  ["failed", { record: { ...RUNNING, result: 0 }, failures: { count: 1, status: 78 } }],
  ["stopped", { record: { ...RUNNING, result: 0 } }],
  ["stopped", { record: { ...RUNNING, result: 0 }, isEnabled: false }],
  ["stopped", { record: { ...RUNNING, result: 267011 } }],
  ["unknown", { record: { ...RUNNING, result: undefined } }],
  ["unknown", { record: undefined }],
  ["stopped", { by: "login item", record: undefined }],
  ["crash_looping", { by: "login item", record: undefined, failures: { count: 9, status: 1 } }],
  ["stopped", { by: "nothing", record: undefined }],
  ["not_installed", { by: "nothing", record: undefined, hasScript: false }],
];

for (const [state, over] of STATES) {
  Deno.test(`taskRuntime() is ${state} for ${JSON.stringify(over)}`, () => {
    assertEquals(taskRuntime({ ...FACTS, ...over }).state, state);
  });
}
