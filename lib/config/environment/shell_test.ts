import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { envOf } from "../../base/mod.ts";
import { evaluateConfig } from "../load.ts";
import { resolvePaths } from "../paths.ts";

const CONFIG = {
  env: { vars: { FROM_CONFIG: "config" }, shellEnv: { enabled: true, timeoutMs: 30_000 } },
};

/** Evaluates a config whose login shell is a script. */
async function withShell(
  script: string,
  config: unknown,
  variables: Record<string, string> = {},
) {
  const folder = await Deno.makeTempDir({ prefix: "shell-env-test-" });
  try {
    const shell = join(folder, "shell");
    await Deno.writeTextFile(shell, `#!/bin/sh\necho run >> "${folder}/runs"\n${script}\n`);
    await Deno.chmod(shell, 0o700);
    const env = envOf({ HOME: folder, SHELL: shell, ...variables });
    const paths = resolvePaths(env);
    const raw = JSON.stringify(config);
    const snapshot = await evaluateConfig({ env, paths, raw, folder });
    await evaluateConfig({ env, paths, raw, folder });
    const runs = await Deno.readTextFile(join(folder, "runs")).catch(() => "");
    return { get: (name: string) => snapshot.env.get(name), snapshot, runs: runs.length / 4 };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Says hello like a login shell, sets variables, then does what it was asked. */
const SHELL = `
echo "Welcome to this machine"
export FROM_SHELL=shell FROM_CONFIG=shell FROM_PROCESS=shell OPENCLAW_STATE_DIR=/elsewhere
MULTI="a
b"; export MULTI
exec /bin/sh -c "$3"
`;

Deno.test({
  name: "loadConfig() takes what is missing from the login shell, asked once",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { get, runs, snapshot } = await withShell(
      SHELL,
      { ...CONFIG, ui: { assistant: { name: "${FROM_SHELL}" } } },
      { FROM_PROCESS: "process" },
    );
    assertEquals(get("FROM_SHELL"), "shell");
    assertEquals(get("FROM_CONFIG"), "config");
    assertEquals(get("FROM_PROCESS"), "process");
    assertEquals(get("MULTI"), "a\nb");
    assertEquals(get("OPENCLAW_STATE_DIR"), undefined);
    assertEquals(snapshot.config.ui?.assistant?.name, "shell");
    assertEquals([runs, snapshot.warnings], [1, []]);
  },
});

Deno.test({
  name: "loadConfig() asks no shell unless it is told to, by the config or a variable",
  ignore: Deno.build.os === "windows",
  async fn() {
    assertEquals((await withShell(SHELL, {})).runs, 0);
    const told = await withShell(SHELL, {}, { OPENCLAW_LOAD_SHELL_ENV: "1" });
    assertEquals([told.runs, told.get("FROM_SHELL")], [1, "shell"]);
  },
});

Deno.test({
  name: "loadConfig() goes on without a shell that fails or hangs, and says so",
  ignore: Deno.build.os === "windows",
  async fn() {
    const failed = await withShell("exit 3", CONFIG);
    assertEquals(failed.snapshot.valid, true);
    assertStringIncludes(failed.snapshot.warnings[0]!.message, "ended with code 3");
    const env = { shellEnv: { enabled: true, timeoutMs: 100 } };
    const hung = await withShell("exec sleep 30", { env });
    assertStringIncludes(hung.snapshot.warnings[0]!.message, "still running after 100ms");
    const relative = await withShell("", CONFIG, { SHELL: "zsh" });
    assertStringIncludes(relative.snapshot.warnings[0]!.message, "no absolute path");
  },
});
