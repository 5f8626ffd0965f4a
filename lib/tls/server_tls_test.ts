import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { AppError } from "../base/mod.ts";
import { parseFingerprint } from "./fingerprint.ts";
import { createSelfSigned } from "./self_signed.ts";
import { ensureServerTls, localFingerprint, tlsPlaces, type TlsSettings } from "./server_tls.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 22);

async function inFolder(act: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "openclaw-tls-" });
  try {
    await act(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function load(stateDir: string, settings: TlsSettings = {}, now = NOW) {
  const clock = { now: () => now, monotonic: () => 0 };
  return ensureServerTls({ settings, stateDir, clock, names: ["localhost"] });
}

async function refusal(act: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(act, AppError);
  assertEquals(error.code, "TLS_INVALID");
  assert(error.hint);
  return error.message;
}

function pair(commonName: string, days: number) {
  const notAfter = NOW + days * DAY_MS;
  return createSelfSigned({ commonName, names: ["localhost"], notBefore: NOW - DAY_MS, notAfter });
}

Deno.test("ensureServerTls() makes a pair once and anew a month before its end", () =>
  inFolder(async (dir) => {
    const first = await load(dir);
    assert(first.isNew);
    assertEquals(first.facts.validTo - NOW, 3650 * DAY_MS);
    const { fingerprint } = first.facts;
    assertEquals(await localFingerprint({}, dir), fingerprint);
    const again = await load(dir, {}, first.facts.validTo - 31 * DAY_MS);
    assertEquals([again.isNew, again.facts.fingerprint, again.warnings], [false, fingerprint, []]);
    const late = await load(dir, {}, first.facts.validTo - 29 * DAY_MS);
    assert(late.isNew);
    assert(late.facts.fingerprint !== fingerprint);
  }));

Deno.test("ensureServerTls() replaces the half of a pair that it was making", () =>
  inFolder(async (dir) => {
    const { certPath } = await load(dir);
    await Deno.remove(certPath);
    assert((await load(dir)).isNew);
  }));

Deno.test("ensureServerTls() serves a pair that was given and tells of its end", () =>
  inFolder(async (dir) => {
    const settings = { certPath: `${dir}/c.pem`, keyPath: `${dir}/k.pem`, caPath: `${dir}/ca.pem` };
    const { cert, key } = await pair("gateway.example", 20);
    const authority = (await pair("authority.example", 900)).cert;
    await Deno.writeTextFile(settings.certPath, cert);
    await Deno.writeTextFile(settings.keyPath, key);
    await Deno.writeTextFile(settings.caPath, authority);
    const loaded = await load(dir, settings);
    assertEquals(loaded.facts.subject, "CN=gateway.example");
    assertEquals(loaded.cert.match(/BEGIN CERTIFICATE/g)?.length, 2);
    assertStringIncludes(loaded.warnings.join(), "ends on 2026-12-12");
    const ended = await load(dir, settings, NOW + 21 * DAY_MS);
    assertStringIncludes(ended.warnings.join(), "ended on 2026-12-12");
    const early = await load(dir, settings, NOW - 2 * DAY_MS);
    assertStringIncludes(early.warnings.join(), "begins on 2026-11-21 only");
  }));

Deno.test("ensureServerTls() says what is wrong with a pair", () =>
  inFolder(async (dir) => {
    const settings = { certPath: `${dir}/c.pem`, keyPath: `${dir}/k.pem` };
    const [one, other] = [await pair("one", 90), await pair("other", 90)];
    await Deno.writeTextFile(settings.certPath, one.cert);
    assertStringIncludes(await refusal(() => load(dir, settings)), `there is no "${dir}/k.pem"`);
    await Deno.writeTextFile(settings.keyPath, other.key);
    assertStringIncludes(
      await refusal(() => load(dir, settings)),
      "is not that of the certificate",
    );
    await Deno.writeTextFile(settings.keyPath, "nothing");
    assertStringIncludes(await refusal(() => load(dir, settings)), 'k.pem" holds no private key');
    await Deno.writeTextFile(settings.keyPath, one.key);
    await Deno.writeTextFile(settings.certPath, "nothing");
    assertStringIncludes(await refusal(() => load(dir, settings)), 'c.pem" holds no certificate');
    const never = { autoGenerate: false };
    assertStringIncludes(await refusal(() => load(`${dir}/x`, never)), "there is no");
    const lonely = assertThrows(() => tlsPlaces({ certPath: "/c" }, dir), AppError);
    assertStringIncludes(lonely.message, "gateway.tls.keyPath is not");
  }));

Deno.test("parseFingerprint() takes what programs print and nothing else", () => {
  const hex = "0123456789abcdef".repeat(4);
  const canonical = hex.toUpperCase().match(/../g)!.join(":");
  const spellings = [
    hex,
    canonical,
    `sha256:${hex}`,
    `SHA-256 ${canonical}`,
    `SHA256 Fingerprint=${canonical}`,
    `  sha256 Fingerprint=${canonical.toLowerCase()}\n`,
  ];
  for (const text of spellings) assertEquals(parseFingerprint(text), canonical, text);
  for (const text of ["", "aa", hex.slice(1), `${hex}0`, hex.replace("0", "g"), `sha1:${hex}`]) {
    assertEquals(
      assertThrows(() => parseFingerprint(text), AppError).code,
      "TLS_FINGERPRINT_INVALID",
    );
  }
});
