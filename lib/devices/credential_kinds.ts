/**
 * What a credential looks like, so that an error can say which one was pasted in the wrong place.
 *
 * @module
 */

/** A kind of credential that has a form of its own. */
export type CredentialKind =
  | "none"
  | "gateway-token"
  | "device-token"
  | "bootstrap-token"
  | "node-token"
  | "setup-code"
  | "device-id"
  | "request-id"
  | "provider-key"
  | "private-key"
  | "unknown";

/** A guess, and how it reads in a sentence. */
export interface CredentialGuess {
  kind: CredentialKind;
  /** Such as `a device token`. */
  label: string;
}

const FORMS: readonly (readonly [CredentialKind, RegExp, label: string])[] = [
  ["none", /^$/, "nothing"],
  ["private-key", /^-----BEGIN/, "a private key"],
  ["provider-key", /^(sk-|xox[a-z]-|gh[pousr]_|AIza)/, "an API key of another service"],
  ["request-id", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "a request id"],
  ["device-id", /^[0-9a-f]{64}$/, "a device id"],
  ["gateway-token", /^[0-9a-f]{48}$/, "a gateway token"],
  // Base64url of `{"url`, the beginning of every code.
  ["setup-code", /^eyJ1cm[\w-]+={0,2}$/, "a setup code"],
  ["node-token", /^[\w-]{48}$/, "a node token"],
  ["device-token", /^[\w-]{43}$/, "a device token"],
  ["bootstrap-token", /^[\w-]{32}$/, "the bootstrap token of a setup code"],
];

/** Guesses by form alone; says nothing about whether the credential is valid. */
export function describeCredential(text: string): CredentialGuess {
  const trimmed = text.trim();
  const form = FORMS.find(([, pattern]) => pattern.test(trimmed));
  if (form === undefined) {
    return { kind: "unknown", label: "a password or a token of another form" };
  }
  return { kind: form[0], label: form[2] };
}
