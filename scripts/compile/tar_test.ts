import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TARGETS } from "./bases.ts";
import { tarballUrl, verifyIntegrity } from "./npm_base.ts";
import { extractFile, gunzip } from "./tar.ts";

function entry(name: string, content: string): Uint8Array {
  const bytes = new TextEncoder().encode(content);
  const block = new Uint8Array(512 + Math.ceil(bytes.length / 512) * 512);
  block.set(new TextEncoder().encode(name));
  block.set(new TextEncoder().encode(bytes.length.toString(8).padStart(11, "0")), 124);
  block.set(bytes, 512);
  return block;
}

const TAR = new Uint8Array([...entry("package/a", "first"), ...entry("package/b", "second")]);

Deno.test("extractFile() finds a file behind another one", () => {
  assertEquals(new TextDecoder().decode(extractFile(TAR, "package/b")), "second");
});

Deno.test("extractFile() refuses a missing and a cut file", () => {
  assertThrows(() => extractFile(TAR, "package/c"), Error, 'no file "package/c"');
  assertThrows(() => extractFile(TAR.subarray(0, 514), "package/a"), Error, "is cut");
});

Deno.test("gunzip() unpacks", async () => {
  const packed = new Blob(["text"]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = await new Response(packed).bytes();
  assertEquals(new TextDecoder().decode(await gunzip(bytes)), "text");
});

Deno.test("verifyIntegrity() refuses another tarball", async () => {
  const bytes = new TextEncoder().encode("x");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", bytes)).toBase64();
  await verifyIntegrity(bytes, `sha512-${digest}`);
  await assertRejects(() => verifyIntegrity(bytes, "sha512-other"), Error, "pinned is");
});

Deno.test("tarballUrl() keeps the scope in the path only", () => {
  const [target] = TARGETS;
  assertEquals(
    tarballUrl("https://registry.example", target!.fallback),
    "https://registry.example/@stdy/cli-linux-x64/-/cli-linux-x64-0.22.2.tgz",
  );
});
