import { assert, assertEquals } from "@std/assert";
import { median, World } from "./program.ts";

Deno.test("median() of odd and even counts", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 2, 3]), 2.5);
});

Deno.test("World runs a command with its own environment only, and removes its files", async () => {
  const script = "console.log(JSON.stringify(Deno.env.toObject()))";
  const program = { command: [Deno.execPath(), "eval", script], env: { DENO_DIR: "", ONLY: "1" } };
  let root: string;
  {
    await using world = await World.create(program, { EXTRA: "2" });
    root = world.root;
    const { code, stdout } = await world.run();
    assertEquals(code, 0);
    const env = JSON.parse(stdout) as Record<string, string>;
    assertEquals([env["ONLY"], env["EXTRA"]], ["1", "2"]);
    assert(env["PATH"]?.startsWith(root));
    assertEquals(await world.find(/\.lock$/), []);
  }
  assertEquals(await Deno.stat(root).catch(() => "gone"), "gone");
});
