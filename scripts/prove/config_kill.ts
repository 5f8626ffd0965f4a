/**
 * `deno task prove:config-kill`: `kill -9` at 1,000 random points of set, patch, apply and restore.
 *
 * `--rounds <n>`, `--seed <n>` repeats a printed one.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { runTest } from "./run_test_file.ts";

if (import.meta.main) {
  const options = parseArgs(Deno.args, { string: ["rounds", "seed"] });
  Deno.exitCode = await runTest("tests/crash/config_kill_test.ts", {
    CRASH_ROUNDS: String(options["rounds"] ?? "1000"),
    CRASH_SEED: String(options["seed"] ?? Math.floor(Math.random() * 2 ** 31)),
  });
}
