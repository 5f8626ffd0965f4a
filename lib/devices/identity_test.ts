import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { dirname } from "@std/path";
import { AppError } from "../base/mod.ts";
import { ManualClock, START, withFolder } from "./_testing.ts";
import { ensureIdentity, identityPath, loadIdentity } from "./identity.ts";
import { deviceIdOf, publicKeyBytes } from "./keys.ts";

const clock = new ManualClock();

Deno.test("ensureIdentity() makes a private file once, in the shared format", async () => {
  await withFolder(async (folder) => {
    assertEquals(await loadIdentity(folder), undefined);
    const made = await ensureIdentity(folder, clock);
    const text = await Deno.readTextFile(identityPath(folder));
    const file = JSON.parse(text);
    assertEquals(Object.keys(file), [
      "version",
      "deviceId",
      "publicKeyPem",
      "privateKeyPem",
      "createdAtMs",
    ]);
    assertEquals([file.version, file.createdAtMs, file.deviceId], [1, START, made.deviceId]);
    assertMatch(made.publicKeyBase64Url, /^[\w-]{43}$/);
    assertEquals(made.deviceId, await deviceIdOf(publicKeyBytes(made.publicKeyBase64Url)!));
    const { mode } = await Deno.stat(identityPath(folder));
    if (mode !== null) assertEquals(mode & 0o777, 0o600);
    assertEquals((await ensureIdentity(folder, clock)).deviceId, made.deviceId);
    assertEquals(await Deno.readTextFile(identityPath(folder)), text);
    assertEquals([...Deno.readDirSync(dirname(identityPath(folder)))].length, 1);
  });
});

Deno.test("sign() agrees with keys of another implementation, both ways", async () => {
  await withFolder(async (folder) => {
    const identity = await ensureIdentity(folder, clock);
    const { publicKeyPem, privateKeyPem } = JSON.parse(
      await Deno.readTextFile(identityPath(folder)),
    );
    createPrivateKey(privateKeyPem);
    const signature = Uint8Array.fromBase64(await identity.sign("ä|b"), { alphabet: "base64url" });
    const text = new TextEncoder().encode("ä|b");
    assert(verify(null, text, createPublicKey(publicKeyPem), signature));

    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
    await Deno.writeTextFile(
      identityPath(folder),
      JSON.stringify({
        version: 1,
        deviceId: await deviceIdOf(publicKeyBytes(publicPem)!),
        publicKeyPem: publicPem,
        privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }),
        createdAtMs: 5,
      }),
    );
    const foreign = await loadIdentity(folder);
    const other = Uint8Array.fromBase64(await foreign!.sign("ä|b"), { alphabet: "base64url" });
    assert(verify(null, text, publicKey, other));
    assertEquals(foreign?.createdAtMs, 5);
  });
});

Deno.test("ensureIdentity() gives two callers at once the same identity", async () => {
  await withFolder(async (folder) => {
    const all = await Promise.all(Array.from({ length: 8 }, () => ensureIdentity(folder, clock)));
    assertEquals(new Set(all.map((one) => one.deviceId)).size, 1);
    assertEquals((await loadIdentity(folder))?.deviceId, all[0]!.deviceId);
  });
});

Deno.test("loadIdentity() refuses a broken file by name and leaves it alone", async () => {
  await withFolder(async (folder) => {
    await ensureIdentity(folder, clock);
    const path = identityPath(folder);
    const good = JSON.parse(await Deno.readTextFile(path));
    const broken: [string, string][] = [
      ["", "not a JSON object"],
      ["[]", "not a JSON object"],
      [JSON.stringify(good).slice(0, 100), "not a JSON object"],
      [JSON.stringify({ ...good, version: 2 }), "version"],
      [JSON.stringify({ ...good, publicKeyPem: good.privateKeyPem }), "publicKeyPem"],
      [JSON.stringify({ ...good, privateKeyPem: "-----BEGIN PRIVATE KEY-----" }), "privateKeyPem"],
      [JSON.stringify({ ...good, deviceId: "0".repeat(64) }), "deviceId"],
    ];
    for (const [text, reason] of broken) {
      await Deno.writeTextFile(path, text);
      const error = await assertRejects(() => ensureIdentity(folder, clock), AppError);
      assertEquals(error.code, "IDENTITY_UNREADABLE");
      assertStringIncludes(error.message, path);
      assertStringIncludes(error.message, reason);
      assert(!error.message.includes("PRIVATE"));
      assertEquals(await Deno.readTextFile(path), text);
    }
  });
});
