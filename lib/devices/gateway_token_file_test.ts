import { assertEquals } from "@std/assert";
import { readStoredToken, writeStoredToken } from "./device_auth_file.ts";
import {
  dropGatewayToken,
  gatewayTokensPath,
  readGatewayToken,
  type TokenPlace,
  writeGatewayToken,
} from "./gateway_token_file.ts";

const ROLE = "operator";

function row(token: string) {
  return { token, role: ROLE, scopes: ["operator.read"], updatedAtMs: 1 };
}

async function withFolder(
  test: (at: (url: string, isShared?: boolean) => TokenPlace, stateDir: string) => Promise<void>,
): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-tokens-" });
  try {
    await test((url, isShared = false) => ({ stateDir, deviceId: "d", url, isShared }), stateDir);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
}

Deno.test("readGatewayToken() answers the token of that gateway, however it is written", async () => {
  await withFolder(async (at) => {
    await writeGatewayToken(at("wss://a.example"), row("token-a"));
    await writeGatewayToken(at("wss://b.example:8443/claw/"), row("token-b"));
    const read = async (url: string) => (await readGatewayToken(at(url), ROLE))?.token;
    for (const url of ["wss://a.example/", "wss://A.example:443", "wss://u:p@a.example/?token=x"]) {
      assertEquals(await read(url), "token-a", url);
    }
    assertEquals(await read("wss://b.example:8443/claw"), "token-b");
    for (const url of ["wss://b.example:8443", "ws://a.example", "wss://a.example:444"]) {
      assertEquals(await read(url), undefined, url);
    }
    assertEquals(await readGatewayToken(at("wss://a.example"), "node"), undefined);
  });
});

Deno.test("the configured gateway shares its token with other clients, no other one does", async () => {
  await withFolder(async (at, stateDir) => {
    const shared = async () => (await readStoredToken(stateDir, "d", ROLE))?.token;
    await writeGatewayToken(at("wss://a.example"), row("token-a"));
    assertEquals(await shared(), undefined);
    await writeGatewayToken(at("wss://home.example", true), row("token-home"));
    assertEquals(await shared(), "token-home");
    assertEquals(await readGatewayToken(at("wss://other.example"), ROLE), undefined);
    const configured = at("wss://other.example", true);
    assertEquals((await readGatewayToken(configured, ROLE))?.token, "token-home");
    await dropGatewayToken(at("wss://a.example"), ROLE);
    assertEquals(await shared(), "token-home");
    await dropGatewayToken(at("wss://home.example", true), ROLE);
    assertEquals(await shared(), undefined);
    assertEquals(await readGatewayToken(at("wss://home.example", true), ROLE), undefined);
  });
});

Deno.test("a broken file, or one of another identity, is replaced", async () => {
  await withFolder(async (at, stateDir) => {
    const place = at("wss://a.example");
    await writeGatewayToken(place, row("token-a"));
    assertEquals(await readGatewayToken({ ...place, deviceId: "other" }, ROLE), undefined);
    await Deno.writeTextFile(gatewayTokensPath(stateDir), "{broken");
    assertEquals(await readGatewayToken(place, ROLE), undefined);
    await writeGatewayToken(place, row("token-b"));
    assertEquals((await readGatewayToken(place, ROLE))?.token, "token-b");
    await writeStoredToken(stateDir, "d", row("kept"));
  });
});
