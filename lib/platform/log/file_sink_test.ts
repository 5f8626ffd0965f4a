import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { type Clock, envOf } from "../../base/mod.ts";
import { FileSink, type FileSinkOptions } from "./file_sink.ts";

const HOUR_MS = 60 * 60 * 1000;

function fixture(over: Partial<FileSinkOptions> = {}) {
  const folder = Deno.makeTempDirSync({ prefix: "sink-" });
  const time = { now: new Date(2026, 10, 22, 23, 59, 59).getTime() };
  const clock: Clock = { now: () => time.now, monotonic: () => time.now };
  const options: FileSinkOptions = {
    clock,
    env: envOf({}),
    file: undefined,
    maxFileBytes: 1_000_000,
    folder,
    onFailure: (message) => {
      throw new Error(message);
    },
    ...over,
  };
  const sink = new FileSink(options);
  return {
    folder,
    time,
    sink,
    options,
    write(line: string) {
      sink.append(line + "\n");
      sink.flushSync();
    },
    names: () => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort(),
    read: (name: string) => Deno.readTextFileSync(join(folder, name)),
    [Symbol.dispose]() {
      sink.close();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

Deno.test("append() writes by itself, soon", async () => {
  using f = fixture();
  f.sink.append("line\n");
  const watcher = Deno.watchFs(f.folder);
  for await (const _ of watcher) {
    if (f.names().length > 0 && f.read(f.names()[0]!) === "line\n") break;
  }
});

Deno.test("append() starts a new file at local midnight", () => {
  using f = fixture();
  f.write("old day");
  f.time.now += 1000;
  f.write("new day");
  assertEquals(f.names(), ["openclaw-2026-11-22.log", "openclaw-2026-11-23.log"]);
  assertEquals(f.read("openclaw-2026-11-23.log"), "new day\n");
});

Deno.test("append() rotates at the size limit and keeps five parts", () => {
  using f = fixture({ maxFileBytes: 10 });
  for (let i = 0; i < 8; i++) f.write(`line ${i}`);
  assertEquals(f.names(), [
    "openclaw-2026-11-22.1.log",
    "openclaw-2026-11-22.2.log",
    "openclaw-2026-11-22.3.log",
    "openclaw-2026-11-22.4.log",
    "openclaw-2026-11-22.5.log",
    "openclaw-2026-11-22.log",
  ]);
  assertEquals(f.read("openclaw-2026-11-22.log"), "line 7\n");
  assertEquals(f.read("openclaw-2026-11-22.5.log"), "line 2\n");
});

Deno.test("append() follows when another process rotates or removes the file", () => {
  using f = fixture();
  f.write("one");
  const file = join(f.folder, "openclaw-2026-11-22.log");
  Deno.renameSync(file, file + ".away");
  f.write("two");
  assertEquals(Deno.readTextFileSync(file), "two\n");
  Deno.removeSync(file);
  f.write("three");
  assertEquals(Deno.readTextFileSync(file), "three\n");
  Deno.renameSync(file, file + ".away");
  Deno.writeTextFileSync(file, "somebody else\n");
  f.write("four");
  assertEquals(Deno.readTextFileSync(file), "somebody else\nfour\n");
});

Deno.test("two sinks append whole lines to one file", () => {
  using f = fixture({ maxFileBytes: 4000 });
  const other = new FileSink(f.options);
  for (let i = 0; i < 100; i++) {
    f.write(`first ${i}`);
    other.append(`second ${i}\n`);
    if (i % 3 === 0) other.flushSync();
  }
  other.close();
  f.sink.flushSync();
  const lines = f.names().flatMap((name) => f.read(name).trim().split("\n"));
  assertEquals(lines.length, 200);
  assert(lines.every((line) => /^(first|second) \d+$/.test(line)));
});

Deno.test("append() removes dated files older than a day, and nothing else", () => {
  using f = fixture();
  const old = new Date(f.time.now - 25 * HOUR_MS);
  for (const name of ["openclaw-2026-11-20.log", "openclaw-2026-11-20.1.log", "other.log"]) {
    Deno.writeTextFileSync(join(f.folder, name), "x");
    Deno.utimeSync(join(f.folder, name), old, old);
  }
  Deno.writeTextFileSync(join(f.folder, "openclaw-2026-11-21.log"), "x");
  const recent = new Date(f.time.now - 23 * HOUR_MS);
  Deno.utimeSync(join(f.folder, "openclaw-2026-11-21.log"), recent, recent);
  f.write("now");
  assertEquals(f.names(), ["openclaw-2026-11-21.log", "openclaw-2026-11-22.log", "other.log"]);
});

Deno.test("append() creates the folder of a fixed file and keeps the file private", () => {
  const folder = Deno.makeTempDirSync({ prefix: "sink-" });
  const file = join(folder, "a", "b.log");
  using f = fixture({ file });
  f.write("line");
  assertEquals(Deno.readTextFileSync(file), "line\n");
  if (Deno.build.os !== "windows") assertEquals(Deno.statSync(file).mode! & 0o777, 0o600);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("a process that just ends keeps its last lines", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "sink-" });
  const code = `
    import { createLogging, systemClock, systemEnv } from "${new URL(
    "../mod.ts",
    import.meta.url,
  )}";
    createLogging({ clock: systemClock, env: systemEnv(), level: "info", consoleLevel: "silent",
      folder: ${JSON.stringify(folder)}, redact: (s) => s, stdoutIsTty: false, hostname: "box",
      version: "1" }).logger("x").info("last");
    if (Deno.args[0] === "exit") Deno.exit(3);`;
  const script = join(folder, "script.ts");
  Deno.writeTextFileSync(script, code);
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  for (const mode of ["exit", "end"]) {
    const args = ["run", "-A", "--no-check", "--config", config, script, mode];
    const { stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
  }
  // Two when the day ended between them.
  const logs = [...Deno.readDirSync(folder)].filter((entry) => entry.name.endsWith(".log"));
  const text = logs.map(({ name }) => Deno.readTextFileSync(join(folder, name))).join("");
  const lines = text.trim().split("\n");
  assertEquals(lines.map((line) => JSON.parse(line).message), ["last", "last"]);
  Deno.removeSync(folder, { recursive: true });
});
