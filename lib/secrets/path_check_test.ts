import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../base/mod.ts";
import { PrivateFolder } from "./_testing.ts";
import { checkPath, type PathCheck } from "./path_check.ts";

const isWindows = Deno.build.os === "windows";

async function refusal(check: Partial<PathCheck> & { path: string }): Promise<string> {
  const full = { field: "field", isSecret: true, ...check };
  const error = await assertRejects(() => checkPath(full), AppError);
  assertEquals(error.code, "SECRET_UNRESOLVED");
  assert(error.hint, "every refusal has a hint");
  return error.message.replaceAll(check.path, "PATH");
}

Deno.test("checkPath() takes a private file, and a program that others may read", async () => {
  using folder = new PrivateFolder();
  const secret = folder.file("a", "x");
  assertEquals(await checkPath({ path: secret, field: "f", isSecret: true }), secret);
  const program = folder.file("b", "x", 0o755);
  assertEquals(await checkPath({ path: program, field: "f", isSecret: false }), program);
  if (!isWindows) {
    await checkPath({ path: "/bin/cat", field: "f", isSecret: false, allowsSymlink: true });
  }
});

Deno.test("checkPath() refuses what is no file of this path", async () => {
  using folder = new PrivateFolder();
  assertEquals(await refusal({ path: "a/b" }), 'The field "PATH" is not an absolute path');
  const absent = join(folder.path, "absent");
  assertEquals(await refusal({ path: absent }), 'The field "PATH" does not exist');
  assertEquals(await refusal({ path: folder.path }), 'The field "PATH" is not a regular file');
});

Deno.test(
  { name: "checkPath() refuses files that others can touch", ignore: isWindows },
  async () => {
    using folder = new PrivateFolder();
    for (const mode of [0o640, 0o604, 0o620]) {
      const path = folder.file("a", "x", mode);
      assertEquals(
        await refusal({ path }),
        'The field "PATH" can be read or written by other users',
      );
      await checkPath({ path, field: "f", isSecret: true, allowsInsecure: true });
    }
    const program = folder.file("b", "x", 0o775);
    assertEquals(
      await refusal({ path: program, isSecret: false }),
      'The field "PATH" can be written by other users',
    );
    const path = folder.file("c", "x");
    Deno.chmodSync(folder.path, 0o777);
    assertEquals(
      await refusal({ path }),
      'The field "PATH" is in a folder that other users can write to',
    );
    Deno.chmodSync(folder.path, 0o1777);
    await checkPath({ path, field: "f", isSecret: true });
  },
);

Deno.test({ name: "checkPath() follows a link only where it may", ignore: isWindows }, async () => {
  using folder = new PrivateFolder();
  const target = folder.file("a", "x", 0o700);
  const link = join(folder.path, "link");
  Deno.symlinkSync(target, link);
  assertEquals(await refusal({ path: link }), 'The field "PATH" is a symbolic link');
  const program = { path: link, field: "f", isSecret: false, allowsSymlink: true };
  assertEquals(await checkPath(program), target);
  assertEquals(await checkPath({ ...program, trustedDirs: [folder.path] }), target);
  assertEquals(
    await refusal({ ...program, field: "field", trustedDirs: ["/usr/bin", `${folder.path}x`] }),
    'The field "PATH" is in none of the trustedDirs',
  );
  Deno.chmodSync(target, 0o777);
  assertEquals(
    await refusal({ ...program, field: "field" }),
    'The field "PATH" can be written by other users',
  );
  Deno.removeSync(target);
  assertEquals(
    await refusal({ ...program, field: "field" }),
    'The field "PATH" is a symbolic link that does not exist',
  );
});
