/**
 * The service on a real systemd, in namespaces of its own: `--binary <path>`, `dist/openclaw` unless
 * given. Needs Linux, root and systemd; what cannot be run here is said and left out.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { runTest } from "./run_test_file.ts";

if (import.meta.main) {
  const { binary = "dist/openclaw" } = parseArgs(Deno.args, { string: ["binary"] }) as {
    binary?: string;
  };
  let isGood = true;
  for (const file of ["systemd_test.ts", "systemd_restart_test.ts", "systemd_system_test.ts"]) {
    const code = await runTest(`tests/service/${file}`, { OPENCLAW_TEST_BINARY: binary });
    isGood &&= code === 0;
  }
  Deno.exit(isGood ? 0 : 1);
}
