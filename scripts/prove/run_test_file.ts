/**
 * Runs one test file at the length of a proof.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/**
 * Runs a test file of this checkout and shows what it prints.
 *
 * @param file Relative to the root.
 * @param env What tells it how long to go on.
 * @returns Its exit code.
 */
export async function runTest(file: string, env: Record<string, string>): Promise<number> {
  const config = file.startsWith("tests/")
    ? ["--config", "tests/deno.json", "--lock", "tests/deno.lock"]
    : [];
  console.log(Object.entries(env).map(([name, value]) => `${name}=${value}`).join(" "), file);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...config, file],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).spawn();
  return (await child.status).code;
}
