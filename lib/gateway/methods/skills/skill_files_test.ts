import { assertEquals } from "@std/assert";
import { findSkills } from "./skill_files.ts";

Deno.test("findSkills() lets the first root win, groups count one level, links not at all", async () => {
  const folder = await Deno.makeTempDir({ prefix: "skills-test-" });
  const write = async (path: string, text: string) => {
    await Deno.mkdir(`${folder}/${path}`, { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}/SKILL.md`, text);
  };
  try {
    await write("one/a", "---\nname: same\ndescription: first\n---\n");
    await write("one/group/b", "no head");
    await write("one/group/deep/c", "too deep");
    await write("one/.hidden", "hidden");
    await write("two/x", "---\nname: same\ndescription: second\n---\n");
    await write("two/y", "---\nname: bad\nmetadata: {not json\n---\n");
    await write("outside/z", "outside");
    await Deno.symlink(`${folder}/outside/z`, `${folder}/two/link`);
    await write("two/big", "x".repeat(256_001));
    const skills = await findSkills([
      { path: `${folder}/one`, source: "1" },
      { path: `${folder}/two`, source: "2" },
      { path: `${folder}/none`, source: "3" },
    ]);
    assertEquals(
      skills.map(({ name, source, description }) => [name, source, description]),
      [["b", "1", ""], ["bad", "2", ""], ["same", "1", "first"]],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
