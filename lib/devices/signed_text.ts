/**
 * The text that a device signs to prove itself.
 *
 * @module
 */

/** The two forms in use; clients of the terminal sign `v3`, the Control UI signs `v2`. */
export type SignedTextVersion = "v2" | "v3";

/** What the text is made of. */
export interface SignedFacts {
  deviceId: string;
  clientId: string;
  clientMode: string;
  role: string;
  /** In the order of the request. */
  scopes: readonly string[];
  signedAtMs: number;
  /** The token that the connect carries, or the empty string. */
  token: string;
  nonce: string;
  platform?: string | undefined;
  deviceFamily?: string | undefined;
}

/** The credentials of a connect, as far as the signature covers them. */
export interface SignedCredentials {
  token?: string | undefined;
  deviceToken?: string | undefined;
  bootstrapToken?: string | undefined;
}

/** Builds the text; its UTF-8 is what is signed. */
export function signedText(version: SignedTextVersion, facts: SignedFacts): string {
  const fields = [
    version,
    facts.deviceId,
    facts.clientId,
    facts.clientMode,
    facts.role,
    facts.scopes.join(","),
    String(facts.signedAtMs),
    facts.token,
    facts.nonce,
  ];
  if (version === "v3") fields.push(lowered(facts.platform), lowered(facts.deviceFamily));
  return fields.join("|");
}

/** The credential that is signed: the first one present, never the password. */
export function signedToken(auth: SignedCredentials | undefined): string {
  return auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? "";
}

/** Trimmed, and lower case within ASCII only. */
function lowered(text: string | undefined): string {
  return (text ?? "").trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
