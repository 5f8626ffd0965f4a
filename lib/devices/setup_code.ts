/**
 * Setup codes: how a new device is told where the gateway is and that it may come in.
 *
 * A code is base64url of the JSON `{url, urls?, bootstrapToken}`. The token in it works for ten
 * minutes, for one device, and is gone once that device is in.
 *
 * @module
 */
import { AppError, type Clock, isObject, parseJsonOrUndefined, sha256Hex } from "../base/mod.ts";
import type { Role } from "../protocol/mod.ts";
import type { Store } from "../store/mod.ts";
import { fromBase64, toBase64Url } from "./keys.ts";
import { coversScopes, scopesOfRole } from "./scopes.ts";
import type { SetupGrant } from "./types.ts";

/** Bytes of a bootstrap token; 32 characters of base64url, so that it is told from other tokens. */
const TOKEN_BYTES = 24;
/** How long a code can be used. */
const SETUP_TTL_MS = 10 * 60_000;
/** Addresses in one code at most. */
const MAX_URLS = 8;

/** What a code grants. */
export const SETUP_GRANT: Readonly<SetupGrant> = {
  roles: ["node", "operator"],
  scopes: ["operator.approvals", "operator.read", "operator.talk.secrets", "operator.write"],
};

/** The content of a code. */
export interface SetupPayload {
  /** `ws://` or `wss://`. */
  url: string;
  /** All addresses, the first one first; only when there are several. */
  urls?: string[];
  bootstrapToken: string;
}

/** A new code. */
export interface IssuedSetupCode extends SetupPayload {
  setupCode: string;
  expiresAtMs: number;
}

/** Who presents a bootstrap token. */
export interface SetupClaim {
  deviceId: string;
  role: Role;
  scopes: readonly string[];
}

interface Columns {
  roles: string;
  scopes: string;
  device_id: string | null;
}

/** A payload as a code. */
export function encodeSetupCode({ url, urls, bootstrapToken }: SetupPayload): string {
  const payload = urls === undefined ? { url, bootstrapToken } : { url, urls, bootstrapToken };
  return toBase64Url(new TextEncoder().encode(JSON.stringify(payload)));
}

/**
 * Reads a code as a person pastes it.
 *
 * @throws {AppError} `SETUP_CODE_INVALID`
 */
export function parseSetupCode(code: string): SetupPayload {
  const bytes = fromBase64(code.replace(/\s+/g, ""));
  const payload = bytes === undefined
    ? undefined
    : parseJsonOrUndefined(new TextDecoder().decode(bytes));
  if (!isObject(payload)) throw invalidCode("it is no base64url of a JSON object");
  const { url, urls, bootstrapToken } = payload;
  if (typeof url !== "string" || !/^wss?:\/\//.test(url)) {
    throw invalidCode("its url is no address");
  }
  if (typeof bootstrapToken !== "string" || bootstrapToken === "") {
    throw invalidCode("it has no bootstrapToken");
  }
  if (!Array.isArray(urls)) return { url, bootstrapToken };
  return { url, urls: urls.filter((one) => typeof one === "string"), bootstrapToken };
}

/** Makes, checks and ends bootstrap tokens; only their hashes are stored. */
export class SetupCodes {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Makes a code for a device that is not known yet.
   *
   * @param urls Where the gateway can be reached, the best address first; at least one.
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  async issue(urls: readonly [string, ...string[]]): Promise<IssuedSetupCode> {
    const bootstrapToken = toBase64Url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
    const hash = await sha256Hex(bootstrapToken);
    const now = this.#clock.now();
    const expiresAtMs = now + SETUP_TTL_MS;
    await this.#store.transact(() => {
      this.#store.connection.run("DELETE FROM setup_tokens WHERE expires_at <= ?", now);
      this.#store.connection.run(
        "INSERT INTO setup_tokens (hash, roles, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        hash,
        JSON.stringify(SETUP_GRANT.roles),
        JSON.stringify(SETUP_GRANT.scopes),
        now,
        expiresAtMs,
      );
    });
    const all = [...new Set(urls)].slice(0, MAX_URLS);
    const payload: SetupPayload = {
      url: urls[0],
      ...(all.length > 1 ? { urls: all } : {}),
      bootstrapToken,
    };
    return { ...payload, setupCode: encodeSetupCode(payload), expiresAtMs };
  }

  /**
   * Checks a bootstrap token and binds it to the device, so that no second one can use it.
   *
   * @returns What it grants, or `undefined` when it is unknown, over, another device's, or does not
   * cover what is asked for.
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  async claim(bootstrapToken: string, claim: SetupClaim): Promise<SetupGrant | undefined> {
    const hash = await sha256Hex(bootstrapToken);
    if (this.#find(hash) === undefined) return undefined;
    return await this.#store.transact(() => {
      const row = this.#find(hash);
      if (row === undefined) return undefined;
      if (row.device_id !== null && row.device_id !== claim.deviceId) return undefined;
      const grant: SetupGrant = { roles: JSON.parse(row.roles), scopes: JSON.parse(row.scopes) };
      const wanted = scopesOfRole(claim.role, claim.scopes);
      if (!grant.roles.includes(claim.role) || !coversScopes(grant.scopes, wanted)) {
        return undefined;
      }
      this.#store.connection.run(
        "UPDATE setup_tokens SET device_id = ? WHERE hash = ?",
        claim.deviceId,
        hash,
      );
      return grant;
    });
  }

  /**
   * Ends a bootstrap token, once its device has tokens of its own.
   *
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  async finish(bootstrapToken: string): Promise<void> {
    const hash = await sha256Hex(bootstrapToken);
    await this.#store.transact(() => {
      this.#store.connection.run("DELETE FROM setup_tokens WHERE hash = ?", hash);
    });
  }

  #find(hash: string): Columns | undefined {
    return this.#store.connection.get<Columns>(
      "SELECT roles, scopes, device_id FROM setup_tokens WHERE hash = ? AND expires_at > ?",
      hash,
      this.#clock.now(),
    );
  }
}

function invalidCode(reason: string): AppError {
  return new AppError("SETUP_CODE_INVALID", `Cannot read the setup code: ${reason}`, {
    hint: "Make a new one on the gateway's machine: openclaw qr",
  });
}
