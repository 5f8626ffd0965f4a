import { assert, assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { runCommand } from "./command.ts";

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
  const grandchild = `new Deno.Command(Deno.execPath(), {
    args: ["eval", "await new Promise((r) => setTimeout(r, 3000))"] }).spawn();`;
  const endless = "await new Promise((r) => setTimeout(r, 60000))";
  const started = performance.now();
  const error = await assertRejects(
    () => runCommand(Deno.execPath(), deno(`${grandchild} ${endless}`), { timeoutMs: 600 }),
    AppError,
  );
  assertEquals(error.code, "COMMAND_TIMEOUT");
  assert(performance.now() - started < 2500);
});
