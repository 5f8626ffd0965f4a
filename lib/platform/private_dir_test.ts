import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../base/mod.ts";
import { ensurePrivateDirSync } from "./private_dir.ts";

Deno.test({
  name: "ensurePrivateDirSync() refuses what others could have prepared",
  ignore: Deno.build.os === "windows",
  fn() {
    const root = Deno.makeTempDirSync({ prefix: "private-" });
    const good = join(root, "a", "good");
    ensurePrivateDirSync(good);
    ensurePrivateDirSync(good);
    assertEquals(Deno.statSync(good).mode! & 0o777, 0o700);
    Deno.symlinkSync(good, join(root, "link"));
    Deno.symlinkSync(join(root, "nothing"), join(root, "dangling"));
    Deno.writeTextFileSync(join(root, "file"), "");
    Deno.mkdirSync(join(root, "open"));
    Deno.chmodSync(join(root, "open"), 0o770);
    for (const name of ["link", "dangling", "file", "open"]) {
      const error = assertThrows(() => ensurePrivateDirSync(join(root, name)), AppError);
      assertEquals(error.code, "UNSAFE_FOLDER");
    }
    if (Deno.uid() === 0) {
      Deno.chownSync(good, 12345, 12345);
      assertThrows(() => ensurePrivateDirSync(good), AppError, "it belongs to user 12345");
    }
    Deno.removeSync(root, { recursive: true });
  },
});
