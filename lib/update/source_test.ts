import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { systemNetwork } from "../platform/mod.ts";
import type { Network } from "../platform/mod.ts";
import { assertSafeAddress } from "./address.ts";
import { fetchRelease } from "./fetch.ts";
import { parseIndex } from "./release_index.ts";
import { sha256OfFile } from "./sha256.ts";
import { findRelease, type SourceOptions } from "./source.ts";

const INDEX = "https://releases.example.org/openclaw/index.json";
const SUM = "ab".repeat(32);

/** A network that answers from a table and notes what it was asked for. */
function network(answers: Record<string, string | Response>): Network & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    resolveHost: () => Promise.resolve([]),
    fetch(url) {
      asked.push(url);
      const answer = answers[url];
      if (answer === undefined) return Promise.resolve(new Response("", { status: 404 }));
      return Promise.resolve(typeof answer === "string" ? new Response(answer) : answer);
    },
  };
}

function options(over: Partial<SourceOptions>): SourceOptions {
  return { network: network({}), channel: "stable", target: "linux-x64", ...over };
}

function index(over: Record<string, unknown> = {}): string {
  return JSON.stringify({
    version: "2026.6.1",
    channel: "stable",
    assets: [
      { target: "linux-x64", url: "openclaw-linux-x64", sha256: SUM, size: 10 },
      { target: "macos-arm64", url: "https://cdn.example.org/mac", sha256: SUM, size: 20 },
    ],
    ...over,
  });
}

async function code(work: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => work, AppError)).code;
}

Deno.test("findRelease() takes the file for this machine from the index", async () => {
  const net = network({ [INDEX]: index() });
  const release = await findRelease(options({ network: net, index: INDEX }));
  assertEquals(release, {
    from: "https://releases.example.org/openclaw/openclaw-linux-x64",
    kind: "url",
    sha256: SUM,
    size: 10,
    version: "2026.6.1",
  });
  assertEquals(net.asked, [INDEX]);
});

Deno.test("findRelease() asks nobody when no index is configured", async () => {
  const net = network({});
  assertEquals(await code(findRelease(options({ network: net }))), "UPDATE_SOURCE_MISSING");
  assertEquals(net.asked, []);
});

Deno.test("findRelease() fills the version and the channel into the address", async () => {
  const template = "https://releases.example.org/{channel}/{version}/index.json";
  const net = network({ "https://releases.example.org/beta/2026.6.1/index.json": index() });
  const asked = options({ network: net, index: template, channel: "beta", to: "2026.6.1" });
  assertEquals((await findRelease(asked)).version, "2026.6.1");
  const other = options({ network: network({ [INDEX]: index() }), index: INDEX, to: "2026.7.1" });
  assertEquals(await code(findRelease(other)), "UPDATE_NOT_FOUND");
});

Deno.test("findRelease() refuses a machine that the index does not have", async () => {
  const asked = options({
    network: network({ [INDEX]: index() }),
    index: INDEX,
    target: "windows-x64",
  });
  const error = await assertRejects(() => findRelease(asked), AppError);
  assertEquals(error.code, "UPDATE_NOT_FOUND");
  assertStringIncludes(error.message, "it has linux-x64, macos-arm64");
});

Deno.test("findRelease() wants a checksum for a file and for an address", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const from = `${dir}/openclaw`;
    await Deno.writeTextFile(from, "x");
    assertEquals(await code(findRelease(options({ from }))), "UPDATE_CHECKSUM_MISSING");
    assertEquals((await findRelease(options({ from, sha256: SUM.toUpperCase() }))).sha256, SUM);
    await Deno.writeTextFile(`${from}.sha256`, `${SUM}  openclaw\n`);
    assertEquals((await findRelease(options({ from }))).sha256, SUM);
    await Deno.writeTextFile(`${from}.sha256`, "nonsense");
    assertEquals(await code(findRelease(options({ from }))), "UPDATE_CHECKSUM_MISSING");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
  const from = "https://releases.example.org/openclaw?key=1";
  const net = network({ "https://releases.example.org/openclaw.sha256?key=1": SUM });
  assertEquals((await findRelease(options({ network: net, from }))).sha256, SUM);
});

Deno.test("addresses are HTTPS, or of this machine", () => {
  for (const good of ["https://a.example/x", "http://127.0.0.1:8/x", "http://[::1]:8/x"]) {
    assertEquals(assertSafeAddress(good).href, good);
  }
  for (const bad of ["http://a.example/x", "ftp://a.example/x", "file:///x", "nothing"]) {
    try {
      assertSafeAddress(bad);
      throw new Error(`${bad} was taken`);
    } catch (error) {
      assertEquals((error as AppError).code, "UPDATE_SOURCE_INVALID");
    }
  }
});

Deno.test("a redirect to plain HTTP is not followed", async () => {
  const headers = { location: "http://elsewhere.example/index.json" };
  const net = network({ [INDEX]: new Response(null, { status: 302, headers }) });
  const asked = options({ network: net, index: INDEX });
  assertEquals(await code(findRelease(asked)), "UPDATE_SOURCE_INVALID");
  assertEquals(net.asked, [INDEX]);
});

Deno.test("parseIndex() names what it does not understand", () => {
  const asset = { target: "linux-x64", url: "x", sha256: SUM, size: 10 };
  const cases: [text: string, what: string][] = [
    ["[]", "it is no JSON object"],
    [index({ version: "newest" }), "version"],
    [index({ assets: {} }), "assets"],
    [index({ assets: [{ ...asset, sha256: "12" }] }), "assets[0].sha256"],
    [index({ assets: [{ ...asset, size: 1e12 }] }), "assets[0].size"],
    [index({ assets: [{ ...asset, target: "" }] }), "assets[0].target"],
  ];
  for (const [text, what] of cases) {
    try {
      parseIndex(text, INDEX);
      throw new Error(`${what} was taken`);
    } catch (error) {
      assertEquals((error as AppError).code, "UPDATE_INDEX_INVALID", String(error));
      assertStringIncludes((error as AppError).message, `: ${what}`);
    }
  }
});

/** Promises `size` bytes to whoever asks, sends `bytes` and hangs up. */
async function withServer(
  bytes: Uint8Array,
  size: number,
  test: (address: string) => Promise<void>,
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      using peer = connection;
      await peer.read(new Uint8Array(2000));
      const head = `HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\nconnection: close\r\n\r\n`;
      await peer.write(new TextEncoder().encode(head));
      for (let sent = 0; sent < bytes.length;) sent += await peer.write(bytes.subarray(sent));
    }
  })();
  await test(`http://127.0.0.1:${listener.addr.port}/openclaw`);
  listener.close();
  await serving;
}

Deno.test("fetchRelease() refuses a download that broke off, is short, or too long", async () => {
  const dir = await Deno.makeTempDir();
  const bytes = new Uint8Array(200_000).fill(7);
  await Deno.writeFile(`${dir}/whole`, bytes);
  const sha256 = await sha256OfFile(`${dir}/whole`) ?? "";
  const fetched = (from: string, size: number) =>
    fetchRelease({
      network: systemNetwork,
      release: { from, kind: "url", sha256, size },
      path: `${dir}/fetched`,
      mode: 0o755,
    });
  try {
    await withServer(bytes.subarray(0, 1000), bytes.length, async (from) => {
      assertEquals(await code(fetched(from, bytes.length)), "UPDATE_UNREACHABLE");
    });
    await withServer(bytes, bytes.length, async (from) => {
      assertEquals(await code(fetched(from, 1000)), "UPDATE_CHECKSUM_MISMATCH");
      assertEquals(await code(fetched(from, bytes.length + 1)), "UPDATE_CHECKSUM_MISMATCH");
      await fetched(from, bytes.length);
      assertEquals(await sha256OfFile(`${dir}/fetched`), sha256);
      assertEquals((await Deno.stat(`${dir}/fetched`)).mode! & 0o777, 0o755);
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
