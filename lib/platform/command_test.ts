import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { AppError, delay } from "../base/mod.ts";
import { HeldTimers } from "../base/testing.ts";
import { runCommand } from "./command.ts";
import { isProcessAlive } from "./process.ts";

const deno = (code: string) => ["eval", code];

Deno.test("runCommand() collects output, input and exit code", async () => {
  const code = `
    const text = await new Response(Deno.stdin.readable).text();
    console.log(text.toUpperCase(), Deno.env.get("EXTRA"));
    console.error("warned");
    Deno.exit(3);`;
  const result = await runCommand(Deno.execPath(), deno(code), {
    stdin: "héllo",
    env: { EXTRA: "yes", NO_COLOR: "1" },
  });
  assertEquals(result, { code: 3, stdout: "HÉLLO yes\n", stderr: "warned\n" });
});

Deno.test("runCommand() survives a program that reads no input and writes a lot", async () => {
  const code = `console.log("x".repeat(1_000_000))`;
  const result = await runCommand(Deno.execPath(), deno(code), { stdin: "y".repeat(1_000_000) });
  assertEquals([result.code, result.stdout.length], [0, 1_000_001]);
});

Deno.test("runCommand() names a program that is absent", async () => {
  const error = await assertRejects(() => runCommand("openclaw-no-such-program", []), AppError);
  assertEquals(error.code, "COMMAND_NOT_FOUND");
  assert(error.message.includes('"openclaw-no-such-program"'));
});

Deno.test("runCommand() ends a program that takes too long, even one with children", async () => {
  const folder = await Deno.makeTempDir();
  const note = join(folder, "pid");
  const endless = "await new Promise((r) => setTimeout(r, 60000))";
  const code = `
    const child = new Deno.Command(Deno.execPath(), { args: ["eval", "${endless}"] }).spawn();
    await Deno.writeTextFile(${JSON.stringify(`${note}.new`)}, String(child.pid));
    await Deno.rename(${JSON.stringify(`${note}.new`)}, ${JSON.stringify(note)});
    ${endless}`;
  const timeoutMs = 1_234_567;
  using limit = new HeldTimers(timeoutMs);
  const refused = assertRejects(
    () => runCommand(Deno.execPath(), deno(code), { timeoutMs }),
    AppError,
  );
  const readNote = () => Deno.readTextFile(note).catch(() => "");
  while (await readNote() === "") await delay(5);
  limit.fire();
  assertEquals((await refused).code, "COMMAND_TIMEOUT");
  const grandchild = Number(await readNote());
  assert(isProcessAlive(grandchild), "its end is not waited for");
  Deno.kill(grandchild, "SIGKILL");
  await Deno.remove(folder, { recursive: true });
});
