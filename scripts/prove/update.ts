/**
 * `deno task prove:update`: `kill -9` at 200 moments of updates, roll-backs and what finishes them.
 *
 * `--rounds <n>`, `--seed <n>` repeats a printed one. `--systemd` compiles two versions instead and
 * updates one to the other on a real systemd (Linux, root).
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl, join } from "@std/path";
import { runTest } from "./run_test_file.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const NEXT_VERSION = "2099.1.1";

/** Compiles an executable below the cache; answers its path. */
async function compile(name: string, ...more: string[]): Promise<string> {
  const folder = join(ROOT, ".cache", "update", name);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(ROOT, "scripts/compile.ts"), "--output-dir", folder, ...more],
  }).spawn().status;
  if (!success) throw new Error(`Cannot compile ${name}`);
  return join(folder, "openclaw");
}

if (import.meta.main) {
  const options = parseArgs(Deno.args, { string: ["rounds", "seed"], boolean: ["systemd"] });
  Deno.exitCode = options.systemd
    ? await runTest("tests/update/systemd_test.ts", {
      OPENCLAW_TEST_BINARY: await compile("now"),
      OPENCLAW_TEST_NEXT_BINARY: await compile("next", "--as-version", NEXT_VERSION),
    })
    : await runTest("tests/update/kill_test.ts", {
      CRASH_ROUNDS: String(options["rounds"] ?? "200"),
      CRASH_SEED: String(options["seed"] ?? Math.floor(Math.random() * 2 ** 31)),
    });
}
