/**
 * What the tests of this room share.
 *
 * @module
 */

/** Runs `test` with a temporary folder that is removed afterwards. */
export async function withFolder(test: (path: string) => Promise<void> | void): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "sessions-test-" });
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}
