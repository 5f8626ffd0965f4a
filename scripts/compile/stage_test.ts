import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { dirname, join } from "@std/path";
import { resolveTargets, TARGETS } from "./bases.ts";
import { findPackageName, inspectBinary, testOnlyPackages } from "./inspect.ts";
import { stageTree, stampCommit, stampVersion } from "./stage.ts";

Deno.test("stampCommit() replaces the placeholder and nothing else", () => {
  const source = 'export const VERSION = "1";\nexport const BUILD_COMMIT: string = "source";\n';
  assertEquals(
    stampCommit(source, "0123abc"),
    'export const VERSION = "1";\nexport const BUILD_COMMIT: string = "0123abc";\n',
  );
  assertEquals(
    stampVersion(source, "2"),
    'export const VERSION = "2";\nexport const BUILD_COMMIT: string = "source";\n',
  );
  assertThrows(() => stampVersion("export const OTHER = 1;", "2"), Error, "VERSION");
  assertThrows(() => stampCommit("export const OTHER = 1;", "0123abc"), Error, "BUILD_COMMIT");
});

Deno.test("stageTree() copies sources without tests and without tasks", async () => {
  const root = await Deno.makeTempDir();
  try {
    const files = {
      "deno.json": '{"imports":{"a":"npm:a@1.0.0"},"tasks":{"x":"y"},"lint":{}}',
      "deno.lock": "{}",
      "main.ts": "",
      "lib/base/version.ts": 'export const BUILD_COMMIT: string = "source";',
      "lib/base/a_test.ts": "",
      "lib/ui/page.html": "<p>",
    };
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(join(root, dirname(path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    const stage = join(root, ".cache", "stage");
    const commit = await stageTree(root, stage);
    assertEquals(JSON.parse(await Deno.readTextFile(join(stage, "deno.json"))), {
      imports: { a: "npm:a@1.0.0" },
    });
    assert((await Deno.readTextFile(join(stage, "lib/base/version.ts"))).includes(`"${commit}"`));
    assert((await Deno.stat(join(stage, "lib/ui/page.html"))).isFile);
    assertFalse(await Deno.stat(join(stage, "lib/base/a_test.ts")).then(() => true, () => false));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("resolveTargets() takes host, all, triples and names", () => {
  assertEquals(resolveTargets("host", "x86_64-unknown-linux-gnu"), TARGETS.slice(0, 1));
  assertEquals(resolveTargets("all", "x"), TARGETS);
  assertEquals(resolveTargets("linux-x64,x86_64-pc-windows-msvc", "x").length, 2);
  assertThrows(() => resolveTargets("plan9", "x"), Error, 'Cannot compile for "plan9"');
});

Deno.test("testOnlyPackages() names what the program does not have", () => {
  const root = { a: "npm:a@1.0.0" };
  const tests = { a: "npm:a@1.0.0", b: "npm:@scope/b@2.0.0", c: "npm:c@1/sub", d: "jsr:@std/d@1" };
  assertEquals(testOnlyPackages(root, tests), ["@scope/b", "c"]);
});

Deno.test("findPackageName() finds module paths, not mere words", () => {
  const bytes = new TextEncoder().encode("x node_modules/@scope/b/index.js");
  assertEquals(findPackageName(bytes, ["c", "@scope/b"]), "@scope/b");
  assertEquals(findPackageName(bytes, ["index"]), undefined);
});

Deno.test("inspectBinary() judges size and content", () => {
  const head = new Uint8Array(64);
  head.set([0x7f, 0x45, 0x4c, 0x46]);
  assertEquals(inspectBinary(head, []).problems, ["nothing is embedded in the executable"]);
  const trailer = new Uint8Array(24);
  trailer.set(new TextEncoder().encode("d3n0l4nd"));
  const payload = new TextEncoder().encode("npm:b@1");
  new DataView(trailer.buffer).setBigUint64(16, BigInt(payload.length + 24), true);
  const file = new Uint8Array([...head, ...payload, ...trailer]);
  assertEquals(inspectBinary(file, ["b"], 10).problems, [
    "payload has 31 bytes, the budget is 10",
    'test-only package "b" is in the executable',
  ]);
  assertEquals(inspectBinary(file, ["c"]).problems, []);
});
