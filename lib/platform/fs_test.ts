import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../base/mod.ts";
import {
  ensureDir,
  pathExists,
  readFileIfExists,
  readTextFileIfExists,
  writeFileAtomic,
} from "./fs.ts";
import { ioError } from "./io_error.ts";

const isPosix = Deno.build.os !== "windows";

function tempFolder() {
  const path = Deno.makeTempDirSync({ prefix: "fs-" });
  return {
    path,
    names: () => [...Deno.readDirSync(path)].map((entry) => entry.name).sort(),
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

function mode(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => promise, AppError)).code;
}

Deno.test("ensureDir() creates all folders privately and may be repeated", async () => {
  using temp = tempFolder();
  const path = join(temp.path, "a", "b");
  await ensureDir(path);
  await ensureDir(path);
  if (isPosix) assertEquals([mode(join(temp.path, "a")), mode(path)], [0o700, 0o700]);
  Deno.writeTextFileSync(join(path, "file"), "");
  assertEquals(await codeOf(ensureDir(join(path, "file"))), "IO_ERROR");
});

Deno.test("readers answer undefined for what is absent and throw for the rest", async () => {
  using temp = tempFolder();
  const path = join(temp.path, "x");
  assertEquals(await readTextFileIfExists(path), undefined);
  assertEquals(await readFileIfExists(path), undefined);
  assertEquals(await pathExists(path), false);
  Deno.writeTextFileSync(path, "é");
  assertEquals(await readTextFileIfExists(path), "é");
  assertEquals(await readFileIfExists(path), new Uint8Array([0xc3, 0xa9]));
  assertEquals(await pathExists(path), true);
  const error = await assertRejects(() => readTextFileIfExists(temp.path), AppError);
  assert(error.message.startsWith(`Cannot read "${temp.path}": `), error.message);
});

Deno.test("writeFileAtomic() writes and replaces, with the asked mode", async () => {
  using temp = tempFolder();
  const path = join(temp.path, "x");
  await writeFileAtomic(path, "one");
  if (isPosix) assertEquals(mode(path), 0o600);
  await writeFileAtomic(path, new Uint8Array([1, 2]), { mode: 0o640 });
  assertEquals(Deno.readFileSync(path), new Uint8Array([1, 2]));
  if (isPosix) assertEquals(mode(path), 0o640);
  await writeFileAtomic(path, "");
  assertEquals(Deno.readTextFileSync(path), "");
  assertEquals(temp.names(), ["x"]);
});

Deno.test({
  name: "writeFileAtomic() writes through links, also through one that points nowhere yet",
  ignore: !isPosix,
  async fn() {
    using temp = tempFolder();
    Deno.mkdirSync(join(temp.path, "real"));
    Deno.symlinkSync("real/target", join(temp.path, "middle"));
    Deno.symlinkSync(join(temp.path, "middle"), join(temp.path, "link"));
    for (const content of ["new", "again"]) {
      await writeFileAtomic(join(temp.path, "link"), content);
      assertEquals(Deno.readTextFileSync(join(temp.path, "real", "target")), content);
    }
    assert(Deno.lstatSync(join(temp.path, "link")).isSymlink);
    assert(Deno.lstatSync(join(temp.path, "middle")).isSymlink);
    Deno.symlinkSync("loop", join(temp.path, "loop"));
    assertEquals(await codeOf(writeFileAtomic(join(temp.path, "loop"), "x")), "IO_ERROR");
  },
});

Deno.test("writeFileAtomic() leaves the old content and no temporary file when it fails", async () => {
  using temp = tempFolder();
  const path = join(temp.path, "taken");
  Deno.mkdirSync(join(path, "inside"), { recursive: true });
  await assertRejects(() => writeFileAtomic(path, "x"), AppError, `Cannot write "${path}"`);
  assertEquals(temp.names(), ["taken"]);
  assertEquals(await codeOf(writeFileAtomic(join(temp.path, "no", "x"), "x")), "IO_ERROR");
});

Deno.test("writeFileAtomic() survives many writers, one of whom wins whole", async () => {
  using temp = tempFolder();
  const path = join(temp.path, "x");
  const contents = Array.from({ length: 10 }, (_, i) => String(i).repeat(50_000));
  await Promise.all(contents.map((content) => writeFileAtomic(path, content)));
  assert(contents.includes(Deno.readTextFileSync(path)));
  assertEquals(temp.names(), ["x"]);
});

Deno.test({
  name: "ioError() names a full disk and a refused permission as the system reports them",
  ignore: Deno.build.os !== "linux",
  fn() {
    const attempt = (path: string) => {
      try {
        using file = Deno.openSync(path, { write: true, create: true });
        file.writeSync(new Uint8Array(1));
      } catch (error) {
        return ioError("write", path, error);
      }
    };
    const full = attempt("/dev/full");
    assertEquals([full?.code, full?.retryable], ["DISK_FULL", true]);
    assertEquals(full?.message, 'Cannot write "/dev/full": no space is left');
    assertEquals(attempt("/sys/openclaw")?.code, "PERMISSION_DENIED");
  },
});

Deno.test("ioError() names a read-only file system and keeps what is named already", () => {
  const readOnly = Object.assign(new Error("Read-only file system (os error 30)"), {
    code: "EROFS",
  });
  assertEquals(ioError("write", "/x", readOnly).code, "READ_ONLY_FILE_SYSTEM");
  const other = new Error("Is a directory (os error 21): open '/x'");
  assertEquals(ioError("write", "/x", other).message, 'Cannot write "/x": is a directory');
  const named = new AppError("SOME_CODE", "text");
  assertEquals(ioError("write", "/x", named), named);
});

Deno.test("writeFileAtomic() leaves the old content when the last look refuses", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const path = `${dir}/f`;
    await writeFileAtomic(path, "old");
    const seen: string[] = [];
    await assertRejects(() =>
      writeFileAtomic(path, "new", {
        beforeReplace: (target) => {
          seen.push(target);
          throw new AppError("CONFIG_CHANGED", "changed");
        },
      }), AppError);
    assertEquals(await Deno.readTextFile(path), "old");
    assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name), ["f"]);
    assertEquals(seen, [path]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
