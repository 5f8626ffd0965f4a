import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { AppError, type JsonObject } from "../../base/mod.ts";
import { readGatewayToken, writeGatewayToken } from "../../devices/client.ts";
import type { GatewayClientOptions } from "../../protocol/client/mod.ts";
import { type FakeGateway, type FakeOptions, startFakeGateway } from "../testing/gateway_test.ts";
import { connectAsDevice, type DeviceHome } from "./device_connect.ts";

const CLOCK = { now: () => 1_800_000_000_000, monotonic: () => 0 };
const CLIENT = { id: "cli", mode: "cli", version: "1", platform: "linux" } as const;

/** A state folder and a fake gateway. */
class Setting implements AsyncDisposable {
  readonly warnings: string[] = [];

  private constructor(readonly gateway: FakeGateway, readonly stateDir: string) {}

  static async create(options: FakeOptions): Promise<Setting> {
    const stateDir = await Deno.makeTempDir({ prefix: "openclaw-device-" });
    return new Setting(startFakeGateway(options), stateDir);
  }

  get home(): DeviceHome {
    return {
      stateDir: this.stateDir,
      clock: CLOCK,
      isConfigured: false,
      warn: (text) => void this.warnings.push(text),
    };
  }

  async connect(over: Partial<GatewayClientOptions> = {}): Promise<void> {
    const scopes = ["operator.read"];
    const options = { url: this.gateway.url, client: CLIENT, scopes, ...over };
    (await connectAsDevice(options, this.home)).close();
  }

  /** What each handshake proved itself with. */
  get credentials(): unknown[] {
    return this.gateway.connects.map(({ auth }) => auth ?? null);
  }

  get deviceId(): string {
    return (this.gateway.connects[0]!.device as { id: string }).id;
  }

  get place() {
    const { stateDir, deviceId, gateway } = this;
    return { stateDir, deviceId, url: gateway.url, isShared: false };
  }

  async store(token: string): Promise<void> {
    const row = { token, role: "operator", scopes: ["operator.read"], updatedAtMs: 1 };
    await writeGatewayToken(this.place, row);
  }

  async stored(): Promise<string | undefined> {
    return (await readGatewayToken(this.place, "operator"))?.token;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await Deno.remove(this.stateDir, { recursive: true });
  }
}

function refusal(code: string): { code: string; message: string; details: JsonObject } {
  return { code: "INVALID_REQUEST", message: "unauthorized", details: { code } };
}

Deno.test("connectAsDevice() makes a key once, keeps the token of hello and sends it next time", async () => {
  await using setting = await Setting.create({ auth: { deviceToken: "dt-1" } });
  await setting.connect({ token: "shared" });
  await setting.connect({ token: "shared" });
  await setting.connect();
  assertEquals(setting.credentials, [
    { token: "shared" },
    { token: "shared", deviceToken: "dt-1" },
    { deviceToken: "dt-1" },
  ]);
  const ids = setting.gateway.connects.map(({ device }) => (device as { id: string }).id);
  assertEquals(new Set(ids).size, 1);
  const key = JSON.parse(await Deno.readTextFile(`${setting.stateDir}/identity/device.json`));
  assertEquals(key.deviceId, ids[0]);
  assertEquals(setting.warnings, []);
});

Deno.test("connectAsDevice() tries the device token alone, once, after AUTH_TOKEN_MISMATCH", async () => {
  await using setting = await Setting.create({
    refuse: ({ auth }) => (auth as JsonObject)?.token ? refusal("AUTH_TOKEN_MISMATCH") : undefined,
  });
  await setting.connect();
  await setting.store("dt-1");
  await setting.connect({ token: "old" });
  assertEquals(setting.credentials.slice(1), [
    { token: "old", deviceToken: "dt-1" },
    { deviceToken: "dt-1" },
  ]);
});

Deno.test("connectAsDevice() does not try again without a stored token", async () => {
  await using setting = await Setting.create({ refuse: () => refusal("AUTH_TOKEN_MISMATCH") });
  const error = await assertRejects(() => setting.connect({ token: "old" }), AppError);
  assertEquals(error.details?.code, "AUTH_TOKEN_MISMATCH");
  assertEquals(setting.gateway.connects.length, 1);
});

Deno.test("connectAsDevice() forgets a stored token that the gateway does not know", async () => {
  await using setting = await Setting.create({
    refuse: ({ auth }) =>
      (auth as JsonObject)?.deviceToken ? refusal("AUTH_DEVICE_TOKEN_MISMATCH") : undefined,
  });
  await setting.connect({ token: "shared" });
  await setting.store("stale");
  const error = await assertRejects(() => setting.connect({ token: "shared" }), AppError);
  assertEquals(error.details?.code, "AUTH_DEVICE_TOKEN_MISMATCH");
  assertEquals(await setting.stored(), undefined);
  await setting.connect({ token: "shared" });
});

Deno.test("connectAsDevice() keeps the connection when the token cannot be kept", async () => {
  let stateDir = "";
  await using setting = await Setting.create({
    auth: { deviceToken: "dt-1" },
    refuse: () => {
      // A folder in the place of the file, once it has been read.
      Deno.mkdirSync(`${stateDir}/identity/gateway-tokens.json`);
      return undefined;
    },
  });
  stateDir = setting.stateDir;
  await setting.connect({ token: "shared" });
  assertEquals(setting.warnings.length, 1);
  assertStringIncludes(setting.warnings[0]!, "Cannot keep the device token: ");
});
