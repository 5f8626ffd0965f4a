import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { type BoundedOptions, runBounded } from "./bounded_program.ts";

const OPTIONS: BoundedOptions = {
  stdin: new TextEncoder().encode("hello"),
  timeoutMs: 20_000,
  maxOutputBytes: 1000,
  signal: new AbortController().signal,
};

function run(code: string, options: Partial<BoundedOptions> = {}) {
  return runBounded(Deno.execPath(), ["eval", code], { ...OPTIONS, ...options });
}

Deno.test("runBounded() gives input and hands back output and exit code", async () => {
  const code = "console.log(await new Response(Deno.stdin.readable).text()); Deno.exit(3)";
  assertEquals(await run(code), { reason: "exit", code: 3, stdout: "hello\n" });
});

Deno.test("runBounded() passes no variable on that could be a credential", async () => {
  Deno.env.set("OPENCLAW_GATEWAY_TOKEN", "secret");
  try {
    const end = await run('console.log(Deno.env.get("OPENCLAW_GATEWAY_TOKEN"))');
    assertEquals(end, { reason: "exit", code: 0, stdout: "undefined\n" });
  } finally {
    Deno.env.delete("OPENCLAW_GATEWAY_TOKEN");
  }
});

Deno.test("runBounded() kills a program that takes too long, says too much or is not wanted", async () => {
  assertEquals(await run("while (true);", { timeoutMs: 300 }), { reason: "timeout" });
  assertEquals(await run('while (true) console.log("x".repeat(500))'), { reason: "output" });
  const controller = new AbortController();
  const running = run("while (true);", { signal: controller.signal });
  controller.abort(new Error("gone"));
  await assertRejects(() => running, Error, "gone");
});

Deno.test("runBounded() says when there is no such program", async () => {
  const error = await assertRejects(
    () => runBounded("/nowhere/program", [], OPTIONS),
    AppError,
  );
  assertEquals(error.code, "COMMAND_NOT_FOUND");
});
