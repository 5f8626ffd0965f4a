import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../../../../base/mod.ts";
import { buildZip, type TestEntry } from "./_zip_builder.ts";
import { extractSkill, SKILL_LIMITS } from "./extract.ts";
import type { ZipLimits } from "./zip.ts";

const SKILL: TestEntry = { name: "SKILL.md", text: "---\nname: x\n---\n" };

/** Unpacks bytes into a folder of their own; answers the paths and texts of what is there. */
async function unpack(
  bytes: Uint8Array,
  limits: ZipLimits = SKILL_LIMITS,
): Promise<Record<string, string>> {
  const folder = await Deno.makeTempDir({ prefix: "extract-test-" });
  try {
    const archive = join(folder, "a.zip");
    await Deno.writeFile(archive, bytes);
    await extractSkill(archive, join(folder, "out"), limits);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["a.zip", "out"]);
    const files: Record<string, string> = {};
    const walk = (path: string, below: string) => {
      for (const { name, isDirectory } of Deno.readDirSync(path)) {
        if (isDirectory) walk(join(path, name), `${below}${name}/`);
        else files[below + name] = Deno.readTextFileSync(join(path, name));
      }
    };
    walk(join(folder, "out"), "");
    return files;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function refusal(bytes: Uint8Array, limits?: ZipLimits): Promise<string> {
  const error = await assertRejects(() => unpack(bytes, limits), AppError);
  assertEquals(error.code, "ARCHIVE_INVALID");
  return error.message.replace("the archive cannot be used: ", "");
}

Deno.test("extractSkill() unpacks stored and packed entries, with or without a folder around", async () => {
  const long = "text ".repeat(1000);
  const entries = [SKILL, { name: "docs/" }, { name: "docs/a.md", text: long, method: 8 as const }];
  const expected = { "SKILL.md": SKILL.text!, "docs/a.md": long };
  assertEquals(await unpack(buildZip(entries)), expected);
  const inFolder = entries.map((entry) => ({ ...entry, name: `my-skill/${entry.name}` }));
  assertEquals(await unpack(buildZip(inFolder, "a comment")), expected);
  const fromMac = [...inFolder, { name: "__MACOSX/._x", text: "x" }, {
    name: "my-skill/.DS_Store",
  }];
  assertEquals(await unpack(buildZip(fromMac)), expected);
});

Deno.test("extractSkill() refuses names that lead elsewhere or mean something else", async () => {
  const names = [
    "../evil",
    "a/../../evil",
    "/etc/passwd",
    "a//b",
    "./a",
    "C:\\evil",
    "a\\..\\b",
    "c:evil",
    "nul.txt",
    "a/COM1",
    "a\u0000b",
    "trailing.",
    "trailing ",
    `${"d/".repeat(13)}deep`,
    "x".repeat(201),
  ];
  for (const name of names) {
    const message = await refusal(buildZip([SKILL, { name, text: "x" }]));
    assert(message.includes("is not allowed"), `${name}: ${message}`);
  }
});

Deno.test("extractSkill() refuses links, devices, doubles and what is no skill", async () => {
  const cases: [entries: TestEntry[], message: RegExp][] = [
    [[SKILL, { name: "link", text: "/etc/passwd", mode: 0o120777 }], /is a link or a device/],
    [[SKILL, { name: "fifo", mode: 0o010644 }], /is a link or a device/],
    [[SKILL, { name: "a", text: "1" }, { name: "A", text: "2" }], /is in it twice/],
    [[SKILL, { name: "a", text: "1" }, { name: "a/b", text: "2" }], /is file and folder/],
    [[{ name: "README.md", text: "x" }], /has no SKILL\.md/],
    [[{ name: "a/SKILL.md" }, { name: "b/SKILL.md" }], /has no SKILL\.md/],
    [[], /has no SKILL\.md/],
    [[{ ...SKILL, flags: 1 }], /is encrypted/],
    [[{ ...SKILL, method: 12 }], /packed in another way/],
    [[{ ...SKILL, crc: 1 }], /is damaged/],
    [[{ ...SKILL, saidBytes: 4 }], /another size|cannot be unpacked/],
  ];
  for (const [entries, message] of cases) {
    const said = await refusal(buildZip(entries));
    assert(message.test(said), said);
  }
});

Deno.test("extractSkill() unpacks no bombs", async () => {
  const bomb = "0".repeat(5_000_000);
  const honest = buildZip([SKILL, { name: "b", text: bomb, method: 8 }]);
  assert(honest.length < 10_000);
  const limits = { maxEntries: 3, maxEntryBytes: 1_000_000, maxTotalBytes: 1_500_000 };
  assertEquals(await refusal(honest, limits), '"b" is larger than 1000000 bytes');
  const lying = buildZip([SKILL, { name: "b", text: bomb, method: 8, saidBytes: 10 }]);
  assertEquals(await refusal(lying, limits), '"b" cannot be unpacked');
  const part = { text: "0".repeat(900_000), method: 8 as const };
  const many = buildZip([SKILL, { name: "a", ...part }, { name: "b", ...part }]);
  assertEquals(await refusal(many, limits), "it unpacks to more than 1500000 bytes");
  const crowd = Array.from({ length: 4 }, (_, index) => ({ name: `${index}` }));
  assertEquals(await refusal(buildZip(crowd), limits), "it has more than 3 entries");
});

Deno.test("extractSkill() survives archives that are cut or changed anywhere", async () => {
  const whole = buildZip([SKILL, { name: "a/b.md", text: "text ".repeat(50), method: 8 }]);
  for (let length = 0; length < whole.length; length += 7) {
    await refusal(whole.subarray(0, length));
  }
  let seed = 11;
  const random = (below: number) => (seed = seed * 48271 % 2147483647) % below;
  for (let round = 0; round < 300; round++) {
    const changed = whole.slice();
    for (let times = 0; times <= random(4); times++) changed[random(changed.length)] = random(256);
    // Either it is refused, or what came out is inside the folder, which unpack() looks at.
    await unpack(changed).catch((error) => assert(error instanceof AppError, String(error)));
  }
});
