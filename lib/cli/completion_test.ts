import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "./commands.ts";
import { renderCompletion } from "./completion.ts";
import { SHELLS } from "./shells.ts";

async function bash(script: string): Promise<{ code: number; out: string; err: string }> {
  const output = await new Deno.Command("bash", { args: ["-c", script] }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, out: decode(output.stdout), err: decode(output.stderr) };
}

async function complete(...words: string[]): Promise<string[]> {
  const script = renderCompletion("bash", COMMANDS);
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const { code, out, err } = await bash(
    `${script}\nCOMP_WORDS=(openclaw ${quoted}); COMP_CWORD=${words.length}; _openclaw; ` +
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
  assertEquals(code, 0, err);
  return out.split("\n").filter((word) => word !== "");
}

Deno.test("renderCompletion() is valid bash", async () => {
  const script = renderCompletion("bash", COMMANDS).replaceAll("'", "'\\''");
  const { code, err } = await bash(`bash -n <(printf '%s' '${script}')`);
  assertEquals([code, err], [0, ""]);
});

Deno.test("renderCompletion() completes commands, options and values in bash", async () => {
  assertEquals(await complete("gat"), ["gateway"]);
  assertEquals(await complete("gateway", "st"), ["status", "start", "stop", "stability"]);
  assertEquals(await complete("config", "v"), ["validate"]);
  assertEquals(await complete("gateway", "run", "--ws"), ["--ws-log"]);
  assertEquals(await complete("gateway", "run", "--auth", "to"), ["token"]);
  assertEquals(await complete("--no-color", "heal"), ["health"]);
  assertEquals(await complete("completion", "f"), ["fish"]);
});

Deno.test("renderCompletion() names every command in every shell", () => {
  for (const shell of SHELLS) {
    const script = renderCompletion(shell, COMMANDS);
    for (const spec of COMMANDS) {
      if (spec.path.length > 0) assertStringIncludes(script, spec.path.join(" "), shell);
    }
    assert(!script.includes("undefined"), shell);
    assert(!script.includes("--container"), `${shell} shows a hidden option`);
  }
});
