/**
 * Connecting as this machine's device: its key proves who it is, and the token that the gateway gave
 * it is kept for the next time.
 *
 * @module
 */
import { AppError, type Clock, errorMessage } from "../../base/mod.ts";
import type { StoredDeviceToken, TokenPlace } from "../../devices/client.ts";
import type { GatewayClient, GatewayClientOptions } from "../../protocol/client/mod.ts";

const ROLE = "operator";

/** Where this machine's key and tokens are. */
export interface DeviceHome {
  readonly stateDir: string;
  readonly clock: Clock;
  /** Whether the gateway is the one that the configuration names. */
  readonly isConfigured: boolean;
  /** Told about a token that could not be kept. */
  warn(text: string): void;
}

/**
 * Connects as an operator's device; the key is made at the first time.
 *
 * @returns The caller closes it.
 * @throws {AppError} What the client reports, and `IDENTITY_UNREADABLE`.
 */
export async function connectAsDevice(
  options: GatewayClientOptions,
  home: DeviceHome,
): Promise<GatewayClient> {
  const { stateDir, clock, isConfigured } = home;
  const devices = await import("../../devices/client.ts");
  const identity = await devices.ensureIdentity(stateDir, clock);
  const { deviceId } = identity;
  const place = { stateDir, deviceId, url: options.url, isShared: isConfigured };
  const stored = await devices.readGatewayToken(place, ROLE);
  const signed = { ...options, device: devices.createDeviceSigner(identity, clock) };
  const client = await connectWith(stored, signed).catch(async (error) => {
    // The next attempt is then judged by the gateway's own credential alone.
    if (stored && refusalCode(error) === "AUTH_DEVICE_TOKEN_MISMATCH") {
      await devices.dropGatewayToken(place, ROLE);
    }
    throw error;
  });
  await keepToken(client, place, home);
  return client;
}

/**
 * Connects with all credentials at once. A gateway that looks at the wrong one of them first gets
 * the device token alone, once.
 */
async function connectWith(
  stored: StoredDeviceToken | undefined,
  options: GatewayClientOptions,
): Promise<GatewayClient> {
  const { GatewayClient } = await import("../../protocol/client/mod.ts");
  if (stored === undefined) return await GatewayClient.connect(options);
  const both = { ...options, deviceToken: stored.token };
  try {
    return await GatewayClient.connect(both);
  } catch (error) {
    if (options.token === undefined || refusalCode(error) !== "AUTH_TOKEN_MISMATCH") throw error;
    const { token: _refused, ...alone } = both;
    return await GatewayClient.connect(alone);
  }
}

async function keepToken(
  { hello: { auth } }: GatewayClient,
  place: TokenPlace,
  { clock, warn }: DeviceHome,
): Promise<void> {
  const { deviceToken: token, scopes } = auth;
  if (token === undefined) return;
  const { writeGatewayToken } = await import("../../devices/client.ts");
  try {
    const row = { token, role: ROLE, scopes: [...scopes], updatedAtMs: clock.now() };
    await writeGatewayToken(place, row);
  } catch (error) {
    // The connection stands; only the next one has to prove more.
    warn(`Cannot keep the device token: ${errorMessage(error)}`);
  }
}

/** The gateway's own code of a refused connect. */
function refusalCode(error: unknown): unknown {
  return error instanceof AppError ? error.details?.code : undefined;
}
