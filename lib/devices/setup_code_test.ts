import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { connect, isOnDisk, newDevice, START, withStore } from "./_testing.ts";
import { DevicePairing } from "./pairing.ts";
import { encodeSetupCode, parseSetupCode, SetupCodes } from "./setup_code.ts";
import { DeviceTokens } from "./tokens.ts";

const URL = "wss://box.example:18789";
const NODE = { deviceId: "a".repeat(64), role: "node" as const, scopes: [] };

Deno.test("issue() makes a code that says where and with what", async () => {
  await withStore(async ({ store, clock, stateDir }) => {
    const codes = new SetupCodes(store, clock);
    const one = await codes.issue([URL]);
    assertMatch(one.bootstrapToken, /^[\w-]{32}$/);
    assertEquals(one.expiresAtMs, START + 600_000);
    const { url, bootstrapToken } = one;
    assertEquals(parseSetupCode(` ${one.setupCode}\n`), { url, bootstrapToken });
    assertEquals(
      JSON.parse(atob(one.setupCode.replaceAll("-", "+").replaceAll("_", "/"))),
      { url, bootstrapToken },
    );
    const many = await codes.issue([URL, "ws://192.168.1.5:18789", URL]);
    assertEquals(parseSetupCode(many.setupCode).urls, [URL, "ws://192.168.1.5:18789"]);
    assert(!await isOnDisk(stateDir, bootstrapToken));
  });
});

Deno.test("claim() grants once, to one device, in time, within the code", async () => {
  await withStore(async ({ store, clock }) => {
    const codes = new SetupCodes(store, clock);
    const { bootstrapToken } = await codes.issue([URL]);
    assertEquals(await codes.claim("0".repeat(32), NODE), undefined);
    const tooMuch = { ...NODE, role: "operator" as const, scopes: ["operator.admin"] };
    assertEquals(await codes.claim(bootstrapToken, tooMuch), undefined);
    const grant = await codes.claim(bootstrapToken, NODE);
    assertEquals(grant, {
      roles: ["node", "operator"],
      scopes: ["operator.approvals", "operator.read", "operator.talk.secrets", "operator.write"],
    });
    assertEquals(await codes.claim(bootstrapToken, NODE), grant);
    const other = { ...NODE, deviceId: "b".repeat(64) };
    assertEquals(await codes.claim(bootstrapToken, other), undefined);
    await codes.finish(bootstrapToken);
    assertEquals(await codes.claim(bootstrapToken, NODE), undefined);

    const late = await codes.issue([URL]);
    clock.advance(600_000);
    assertEquals(await codes.claim(late.bootstrapToken, NODE), undefined);
  });
});

Deno.test("claim() lets one of two devices in that come at the same time", async () => {
  await withStore(async ({ store, clock }) => {
    const codes = new SetupCodes(store, clock);
    const { bootstrapToken } = await codes.issue([URL]);
    const grants = await Promise.all(
      ["a", "b", "c"].map((letter) =>
        codes.claim(bootstrapToken, { ...NODE, deviceId: letter.repeat(64) })
      ),
    );
    assertEquals(grants.filter((grant) => grant !== undefined).length, 1);
  });
});

Deno.test("a setup code brings a device in with a token for each role", async () => {
  await withStore(async ({ store, clock }) => {
    const codes = new SetupCodes(store, clock);
    const device = await newDevice();
    const { bootstrapToken } = await codes.issue([URL]);
    const { deviceId } = device;
    const setup = await codes.claim(bootstrapToken, { ...NODE, deviceId });
    const pairing = new DevicePairing(store, clock);
    const verdict = await pairing.evaluate(connect(device, { role: "node", scopes: [], setup }));
    assertEquals(verdict.kind, "approved");
    const tokens = new DeviceTokens(store, clock);
    const node = await tokens.issue({ deviceId, role: "node" });
    const operator = await tokens.issue({ deviceId, role: "operator" });
    await codes.finish(bootstrapToken);
    assertEquals([node?.scopes, operator?.scopes], [[], setup?.scopes]);
  });
});

Deno.test("parseSetupCode() refuses what is no code", () => {
  const bad = [
    "",
    "***",
    "aGVsbG8",
    encodeSetupCode({ url: "https://box.example", bootstrapToken: "t" }),
    encodeSetupCode({ url: URL, bootstrapToken: "" }),
    btoa('["ws://box"]'),
  ];
  for (const code of bad) {
    const error = assertThrows(() => parseSetupCode(code), AppError);
    assertEquals(error.code, "SETUP_CODE_INVALID", code);
    assertEquals(error.hint?.includes("openclaw qr"), true);
  }
});
