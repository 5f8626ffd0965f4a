import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../base/mod.ts";
import { WorkspaceReader } from "./workspace.ts";
import { WORKSPACE_TEMPLATES } from "./workspace_templates.ts";

const ROOMY = { maxFileChars: 12_000, maxTotalChars: 60_000 };

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "workspace-test-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("ensure() gives a new workspace its files, and only once", () =>
  withFolder(async (parent) => {
    const folder = join(parent, "new", "workspace");
    const reader = new WorkspaceReader();
    await reader.ensure(folder);
    assertEquals(await namesIn(folder), Object.keys(WORKSPACE_TEMPLATES).sort());
    if (Deno.build.os !== "windows") {
      assertEquals((await Deno.stat(join(folder, "USER.md"))).mode! & 0o777, 0o600);
    }
    await Deno.remove(join(folder, "SOUL.md"));
    await reader.ensure(folder);
    await new WorkspaceReader().ensure(folder);
    assertEquals((await namesIn(folder)).includes("SOUL.md"), false);
  }));

Deno.test("ensure() leaves a folder alone that holds anything of its owner's", async () => {
  const owners: [name: string, put: (path: string) => Promise<void>][] = [
    [".git", (path) => Deno.mkdir(path)],
    ["MEMORY.md", (path) => Deno.writeTextFile(path, "mine")],
    ["AGENTS.md", (path) => Deno.writeTextFile(path, "x".repeat(2 * 1024 * 1024 + 1))],
    ["SOUL.md", (path) => Deno.mkdir(path)],
  ];
  for (const [name, put] of owners) {
    await withFolder(async (folder) => {
      await put(join(folder, name));
      await new WorkspaceReader().ensure(folder);
      assertEquals(await namesIn(folder), [name]);
    });
  }
});

Deno.test({
  name: "ensure() never writes through a link",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const [workspace, target] = [join(folder, "workspace"), join(folder, "notes.md")];
      await Deno.mkdir(workspace);
      await Deno.writeTextFile(target, "mine");
      await Deno.symlink(target, join(workspace, "AGENTS.md"));
      await new WorkspaceReader().ensure(workspace);
      assertEquals(await Deno.readTextFile(target), "mine");
    }),
});

Deno.test("read() answers context files in their order, without blank ones and others", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "MEMORY.md"), "last\n");
    await Deno.writeTextFile(join(folder, "AGENTS.md"), "\n first \n");
    await Deno.writeTextFile(join(folder, "SOUL.md"), " \n\t");
    await Deno.writeTextFile(join(folder, "README.md"), "not for the prompt");
    assertEquals(await new WorkspaceReader().read(folder, ROOMY), [
      { name: "AGENTS.md", text: "first", isTruncated: false },
      { name: "MEMORY.md", text: "last", isTruncated: false },
    ]);
  }));

Deno.test("read() cuts each file and all of them together", () =>
  withFolder(async (folder) => {
    for (const name of ["AGENTS.md", "SOUL.md", "TOOLS.md", "USER.md"]) {
      await Deno.writeTextFile(join(folder, name), "0123456789");
    }
    const files = await new WorkspaceReader().read(folder, { maxFileChars: 8, maxTotalChars: 19 });
    assertEquals(files, [
      { name: "AGENTS.md", text: "01234567", isTruncated: true },
      { name: "SOUL.md", text: "01234567", isTruncated: true },
      { name: "TOOLS.md", text: "012", isTruncated: true },
    ]);
    const exact = await new WorkspaceReader().read(folder, { maxFileChars: 10, maxTotalChars: 40 });
    assertEquals(exact.map(({ isTruncated }) => isTruncated), [false, false, false, false]);
  }));

Deno.test("read() does not cut a character in two", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "AGENTS.md"), "ab🦞cd");
    const [file] = await new WorkspaceReader().read(folder, { ...ROOMY, maxFileChars: 3 });
    assertEquals(file, { name: "AGENTS.md", text: "ab", isTruncated: true });
  }));

Deno.test("read() sees a changed, a new and a removed file", () =>
  withFolder(async (folder) => {
    const reader = new WorkspaceReader();
    const path = join(folder, "AGENTS.md");
    const texts = async () => (await reader.read(folder, ROOMY)).map(({ text }) => text);
    assertEquals(await texts(), []);
    await Deno.writeTextFile(path, "one");
    assertEquals(await texts(), ["one"]);
    await Deno.writeTextFile(path, "three");
    assertEquals(await texts(), ["three"]);
    await Deno.writeTextFile(path, "seven");
    await Deno.utime(path, 1_700_000_000, 1_700_000_000);
    assertEquals(await texts(), ["seven"]);
    await Deno.remove(path);
    assertEquals(await texts(), []);
  }));

Deno.test("read() remembers a file that did not change", () =>
  withFolder(async (folder) => {
    const reader = new WorkspaceReader();
    const path = join(folder, "AGENTS.md");
    await Deno.writeTextFile(path, "one");
    await Deno.utime(path, 1_700_000_000, 1_700_000_000);
    await reader.read(folder, ROOMY);
    // Same size, time and file: the very thing the memory cannot see.
    await Deno.writeTextFile(path, "two");
    await Deno.utime(path, 1_700_000_000, 1_700_000_000);
    assertEquals((await reader.read(folder, ROOMY))[0]?.text, "one");
    assertEquals((await new WorkspaceReader().read(folder, ROOMY))[0]?.text, "two");
  }));

Deno.test("read() skips folders, and files over 2 MiB", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "AGENTS.md"));
    await Deno.writeTextFile(join(folder, "SOUL.md"), "x".repeat(2 * 1024 * 1024 + 1));
    await Deno.writeTextFile(join(folder, "USER.md"), "here");
    const files = await new WorkspaceReader().read(folder, ROOMY);
    assertEquals(files.map(({ name }) => name), ["USER.md"]);
  }));

Deno.test({
  name: "read() does not follow links",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "secret"), "do not show");
      await Deno.symlink(join(folder, "secret"), join(folder, "AGENTS.md"));
      await Deno.symlink(join(folder, "nowhere"), join(folder, "SOUL.md"));
      assertEquals(await new WorkspaceReader().read(folder, ROOMY), []);
    }),
});

Deno.test({
  name: "read() says with a code why a workspace cannot be read",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const path = join(folder, "a-file");
      await Deno.writeTextFile(path, "");
      const error = await assertRejects(() => new WorkspaceReader().read(path, ROOMY), AppError);
      assertEquals(error.code, "IO_ERROR");
    }),
});
