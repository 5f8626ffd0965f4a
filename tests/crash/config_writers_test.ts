/**
 * Several processes that change the configuration at the same time: nobody's change is lost.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import type { Frame } from "../harness/socket.ts";

const WRITERS = 8;

Deno.test("config set of several processes at once keeps every change", async () => {
  await using world = await World.create(await sourceProgram());
  const file = join(world.root, "state", "openclaw.json");
  await Deno.writeTextFile(file, '// mine\n{\n  gateway: { mode: "local" },\n}\n');
  const names = Array.from({ length: WRITERS }, (_, index) => `KEY_${index}`);
  const runs = await Promise.all(
    names.map((name) => world.run("config", "set", `env.vars.${name}`, name)),
  );
  for (const { code, stderr } of runs) assertEquals(code, 0, stderr);
  const { stdout: vars } = await world.run("config", "get", "env.vars", "--json");
  assertEquals(Object.keys(JSON.parse(vars)).sort(), names);
  assertStringIncludes(await Deno.readTextFile(file), "// mine");

  const { stdout } = await world.run("config", "history", "--json");
  const versions: Frame[] = JSON.parse(stdout).versions;
  assertEquals(versions.length, WRITERS + 1);
  versions.slice(0, -1).forEach((version, index) => {
    assertEquals([version.parent, version.taken], [versions[index + 1]!.hash, true]);
  });
});
