import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { envOf } from "../base/mod.ts";
import { findLegacyFiles } from "./legacy_files.ts";
import { resolvePaths } from "./paths.ts";

Deno.test("findLegacyFiles() names what an earlier version left, and not what is in use", async () => {
  const home = await Deno.makeTempDir({ prefix: "legacy-test-" });
  try {
    const paths = () => resolvePaths(envOf({ HOME: home }));
    assertEquals(await findLegacyFiles(paths()), []);
    await Deno.mkdir(join(home, ".clawdbot"));
    await Deno.writeTextFile(join(home, ".clawdbot", "clawdbot.json"), "{}");
    assertEquals(await findLegacyFiles(paths()), [], "they are in use themselves");
    await Deno.mkdir(join(home, ".openclaw", "sessions"), { recursive: true });
    await Deno.writeTextFile(join(home, ".openclaw", "openclaw.json"), "{}");
    await Deno.writeTextFile(join(home, ".openclaw", "clawdbot.json"), "{}");
    const found = await findLegacyFiles(paths());
    assertEquals(found.map(({ path }) => path), [
      join(home, ".clawdbot"),
      join(home, ".openclaw", "clawdbot.json"),
      join(home, ".openclaw", "sessions"),
    ]);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
