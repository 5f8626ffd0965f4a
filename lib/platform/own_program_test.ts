import { assertEquals } from "@std/assert";
import { envOf } from "../base/mod.ts";
import { temporaryFolderOf } from "./own_program.ts";

Deno.test({
  name: "temporaryFolderOf() knows what does not last",
  ignore: Deno.build.os === "windows",
  fn() {
    const env = envOf({ TMPDIR: "/scratch/tmp" });
    assertEquals(temporaryFolderOf("/tmp/openclaw", env), "/tmp");
    assertEquals(temporaryFolderOf("/scratch/tmp/a/openclaw", env), "/scratch/tmp");
    assertEquals(temporaryFolderOf("/tmpfoo/openclaw", env), undefined);
    assertEquals(temporaryFolderOf("/home/u/.local/bin/openclaw", env), undefined);
  },
});
