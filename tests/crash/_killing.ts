/**
 * Ending a writer in the middle of its work, and hearing what it had acknowledged.
 *
 * @module
 */
import { assertEquals } from "@std/assert";

/**
 * Starts a writer, kills it `lifeMs` after its first acknowledgement, and answers with all it said.
 *
 * @param args The program and its arguments, as `deno run` takes them.
 * @returns One value per line of its output, which must be JSON.
 */
export async function killAfter<Line>(args: readonly string[], lifeMs: number): Promise<Line[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let said = "";
  let killer: ReturnType<typeof setTimeout> | undefined;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    killer ??= setTimeout(() => child.kill("SIGKILL"), lifeMs);
  }
  clearTimeout(killer);
  const { signal } = await child.status;
  assertEquals(signal, "SIGKILL", "the writer ended by itself");
  // The last line may be cut off; an acknowledgement that nobody read is none.
  return said.split("\n").slice(0, -1).map((line) => JSON.parse(line) as Line);
}
