/**
 * Keeps a node connected to its gateway.
 *
 * @module
 */
import { AppError, type Clock, delay, errorMessage, type Logger } from "../base/mod.ts";
import {
  createDeviceSigner,
  type DeviceIdentity,
  dropStoredToken,
  readStoredToken,
  writeStoredToken,
} from "../devices/client.ts";
import {
  GatewayClient,
  type GatewayClientOptions,
  isFinalFailure,
  retryDelay,
} from "../protocol/client/mod.ts";
import { CLIENT_RETRY_MAX_MS, CLOSE, describeClose } from "../protocol/mod.ts";
import { LOCKOUT_RETRY_MS, PAIRING_RETRY_MS } from "./limits.ts";

const ROLE = "node";

/** Where the gateway is, who connects, and what happens then. */
export interface LinkOptions {
  /** Address, credentials, what the node says about itself, and the signal that ends the link. */
  readonly client: GatewayClientOptions & { readonly signal: AbortSignal };
  readonly identity: DeviceIdentity;
  /** Where the token is kept that the gateway gives to this device. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called with each new connection. */
  onConnect(client: GatewayClient): void;
  /** Waits; tests give their own. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Connects, and connects again, until the signal ends it. A node that a person has to approve first
 * waits for that; so does one that was locked out.
 *
 * @throws {AppError} When no further try can help: the credential or the address is wrong.
 */
export async function keepLinked(options: LinkOptions): Promise<void> {
  const { clock, log, wait = delay } = options;
  const { signal, url } = options.client;
  const notices = new Notices(log);
  let attempt = 0;
  while (!signal.aborted) {
    attempt++;
    let pauseMs: number;
    try {
      const client = await connect(options);
      const since = clock.monotonic();
      notices.clear();
      // Before anything else is awaited: the first invoke may come at once.
      options.onConnect(client);
      await keepToken(client, options);
      const close = await client.closed;
      if (signal.aborted) return;
      // A gateway that says hello and goes away at once is not asked again at once.
      if (clock.monotonic() - since >= CLIENT_RETRY_MAX_MS) attempt = 1;
      pauseMs = retryDelay(new AppError("GATEWAY_CLOSED", close.reason), attempt);
      notices.tell(`Lost ${url}, connecting again: ${describeClose(close.code, close.reason)}`);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof AppError)) throw error;
      pauseMs = pauseAfter(error, attempt);
      notices.tell(describeFailure(error, url));
    }
    await wait(pauseMs, signal).catch((reason) => {
      if (!signal.aborted) throw reason;
    });
  }
}

/** Connects with every credential there is; a refused device token is forgotten. */
async function connect(options: LinkOptions): Promise<GatewayClient> {
  const { identity, stateDir, clock } = options;
  const { deviceId } = identity;
  const base = {
    ...options.client,
    role: ROLE,
    device: createDeviceSigner(identity, clock),
  } as const;
  const stored = await readStoredToken(stateDir, deviceId, ROLE);
  try {
    return await connectWith(base, stored?.token);
  } catch (error) {
    if (stored === undefined || refusalCode(error) !== "AUTH_DEVICE_TOKEN_MISMATCH") throw error;
    await dropStoredToken(stateDir, deviceId, ROLE);
    return await GatewayClient.connect(base);
  }
}

/** A gateway that minds a wrong shared secret gets the device token alone. */
async function connectWith(
  base: GatewayClientOptions,
  deviceToken: string | undefined,
): Promise<GatewayClient> {
  if (deviceToken === undefined) return await GatewayClient.connect(base);
  try {
    return await GatewayClient.connect({ ...base, deviceToken });
  } catch (error) {
    const isMismatch = /^AUTH_(TOKEN|PASSWORD)_MISMATCH$/.test(String(refusalCode(error)));
    const hasSecret = base.token !== undefined || base.password !== undefined;
    if (!isMismatch || !hasSecret) throw error;
    const { token: _token, password: _password, ...alone } = base;
    return await GatewayClient.connect({ ...alone, deviceToken });
  }
}

async function keepToken(
  { hello: { auth } }: GatewayClient,
  { identity, stateDir, clock, log }: LinkOptions,
): Promise<void> {
  if (auth.deviceToken === undefined) return;
  const row = { token: auth.deviceToken, role: ROLE, scopes: [], updatedAtMs: clock.now() };
  try {
    await writeStoredToken(stateDir, identity.deviceId, row);
  } catch (error) {
    // The connection stands; only the next one has to prove more.
    log.warn(`Cannot keep the device token: ${errorMessage(error)}`);
  }
}

/** How long to wait after a failed connect; throws the failure when waiting cannot help. */
function pauseAfter(error: AppError, attempt: number): number {
  const code = refusalCode(error);
  if (code === "PAIRING_REQUIRED") return PAIRING_RETRY_MS;
  if (code === "AUTH_RATE_LIMITED") return LOCKOUT_RETRY_MS;
  // The end of a device or of a secret ends the connection; what holds now, the next try shows.
  const isRevoked = error.details?.closeCode === CLOSE.AUTH_CHANGED;
  if (!isRevoked && isFinalFailure(error)) throw error;
  return retryDelay(error, attempt);
}

function describeFailure(error: AppError, url: string): string {
  return refusalCode(error) === "PAIRING_REQUIRED"
    ? "This node waits for approval. On the gateway's machine run: " +
      (error.hint ?? "openclaw devices list")
    : `Cannot reach ${url}: ${error.message}`;
}

/** Tells a problem once and not at every try. */
class Notices {
  readonly #log: Logger;
  #last: string | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  tell(text: string): void {
    if (text === this.#last) this.#log.debug(text);
    else this.#log.warn(text);
    this.#last = text;
  }

  clear(): void {
    this.#last = undefined;
  }
}

function refusalCode(error: unknown): unknown {
  return error instanceof AppError ? error.details?.code : undefined;
}
