import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { osName } from "../platform/mod.ts";
import { findOnDisk } from "./find_program.ts";

Deno.test({
  name: "findOnDisk() finds what the command would run, and nothing that its folder decides",
  ignore: osName() === "windows",
  async fn() {
    const root = await Deno.realPath(await Deno.makeTempDir());
    try {
      const bin = join(root, "bin");
      await Deno.mkdir(bin);
      const tool = join(bin, "tool");
      await Deno.writeTextFile(tool, "#!/bin/sh\n", { mode: 0o755 });
      await Deno.writeTextFile(join(bin, "plain"), "", { mode: 0o644 });
      await Deno.symlink(tool, join(bin, "link"));
      await Deno.mkdir(join(root, "elsewhere", "deep"), { recursive: true });
      await Deno.symlink(join(root, "elsewhere", "deep"), join(bin, "bent"));
      await Deno.writeTextFile(join(root, "elsewhere", "tool"), "", { mode: 0o755 });

      const find = findOnDisk({ cwd: root, path: `/nowhere:${bin}` });
      assertEquals(find("tool"), { path: tool, realPath: tool });
      assertEquals(find("link"), { path: join(bin, "link"), realPath: tool });
      assertEquals(find("./bin/tool")?.path, tool);
      assertEquals(find(tool)?.path, tool);
      for (const word of ["plain", "bin", "nothere", "", "./nothere"]) {
        assertEquals(find(word), undefined, word);
      }
      // Through a link, `..` is above the link's target: the shell would start another program.
      assertEquals(find("./bin/bent/../tool"), undefined);
      assertEquals(find("bin/.."), undefined);
      for (const path of ["", ".", `.:${bin}`, `:${bin}`, "bin"]) {
        assertEquals(findOnDisk({ cwd: root, path })("tool"), undefined, path);
      }
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});
