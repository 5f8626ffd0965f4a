/**
 * A device of a client: a key of its own, and signatures made without the program's code.
 *
 * @module
 */
import type { Frame } from "./socket.ts";

const ALGORITHM = "Ed25519";

/** What a signature covers besides the device. */
export interface SignedFields {
  nonce: string;
  signedAt: number;
  version: "v2" | "v3";
}

/** A device with its key. */
export class TestDevice {
  private constructor(
    readonly id: string,
    readonly publicKey: string,
    readonly privateKey: CryptoKey,
  ) {}

  static async create(): Promise<TestDevice> {
    const pair = await crypto.subtle.generateKey(ALGORITHM, true, [
      "sign",
      "verify",
    ]) as CryptoKeyPair;
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    const id = new Uint8Array(await crypto.subtle.digest("SHA-256", raw)).toHex();
    return new TestDevice(id, base64Url(raw), pair.privateKey);
  }

  /** The `device` of connect parameters. */
  async sign(params: Frame, { nonce, signedAt, version }: SignedFields): Promise<Frame> {
    const { client, role = "operator", scopes = [], auth = {} } = params;
    const token = auth.token ?? auth.deviceToken ?? auth.bootstrapToken ?? "";
    const fields = [
      version,
      this.id,
      client.id,
      client.mode,
      role,
      scopes.join(","),
      signedAt,
      token,
      nonce,
    ];
    if (version === "v3") {
      fields.push(
        client.platform.trim().toLowerCase(),
        (client.deviceFamily ?? "").trim().toLowerCase(),
      );
    }
    const bytes = new TextEncoder().encode(fields.join("|"));
    const signature = new Uint8Array(await crypto.subtle.sign(ALGORITHM, this.privateKey, bytes));
    return {
      id: this.id,
      publicKey: this.publicKey,
      signature: base64Url(signature),
      signedAt,
      nonce,
    };
  }
}

function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
