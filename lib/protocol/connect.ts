/**
 * The handshake: who may connect as what, what hello answers, and why a connect is refused.
 *
 * The schema of the parameters is in `methods/connect.ts`, so that clients need not load it.
 *
 * @module
 */
import type { ErrorShape } from "./errors.ts";
import type { StateVersion } from "./frames.ts";
import { invalidRequest } from "./refusals.ts";
import type { HealthSnapshot, PresenceEntry, UpdateAvailable } from "./results/system.ts";
import type { Role } from "./scopes.ts";

/** Every `client.id`. */
export const CLIENT_IDS = [
  "webchat-ui",
  "openclaw-control-ui",
  "openclaw-tui",
  "webchat",
  "cli",
  "gateway-client",
  "openclaw-macos",
  "openclaw-ios",
  "openclaw-android",
  "node-host",
  "test",
  "fingerprint",
  "openclaw-probe",
] as const;

/** Every `client.mode`. */
export const CLIENT_MODES = ["webchat", "cli", "ui", "backend", "node", "probe", "test"] as const;

/** One of {@linkcode CLIENT_IDS}. */
export type ClientId = typeof CLIENT_IDS[number];
/** One of {@linkcode CLIENT_MODES}. */
export type ClientMode = typeof CLIENT_MODES[number];

/** The capability with which an operator asks for tool streams. */
export const TOOL_EVENTS_CAP = "tool-events";

/** The payload of `connect.challenge`. */
export interface ConnectChallenge {
  nonce: string;
  /** Milliseconds since the epoch. */
  ts: number;
}

/** The answer to a successful `connect`. */
export interface HelloOk {
  type: "hello-ok";
  protocol: number;
  server: { version: string; connId: string };
  features: { methods: string[]; events: string[] };
  snapshot: HelloSnapshot;
  pluginSurfaceUrls?: Record<string, string>;
  auth: HelloAuth;
  policy: { maxPayload: number; maxBufferedBytes: number; tickIntervalMs: number };
}

/** The state that hello brings along. */
export interface HelloSnapshot {
  presence: PresenceEntry[];
  health: HealthSnapshot;
  stateVersion: StateVersion;
  uptimeMs: number;
  sessionDefaults?: {
    defaultAgentId: string;
    mainKey: string;
    mainSessionKey: string;
    scope: "per-sender" | "global";
  };
  updateAvailable?: UpdateAvailable;
  /** This and the next two only if `operator.admin` was asked for. */
  configPath?: string;
  stateDir?: string;
  authMode?: AuthMode;
}

/** What the connection was granted; `scopes` may name those of its token. */
export interface HelloAuth {
  role: Role;
  scopes: string[];
  deviceToken?: string;
  issuedAtMs?: number;
  deviceTokens?: { deviceToken: string; role: Role; scopes: string[]; issuedAtMs: number }[];
}

/** How a gateway authenticates. */
export type AuthMode = "none" | "token" | "password" | "trusted-proxy";

/** What a client should do next after a refused authentication. */
export type RecommendedStep =
  | "retry_with_device_token"
  | "update_auth_configuration"
  | "update_auth_credentials"
  | "review_auth_configuration"
  | "wait_then_retry";

/** `error.details` of a refused authentication. */
export interface AuthFailureDetails {
  code: string;
  authReason?: string;
  canRetryWithDeviceToken: boolean;
  recommendedNextStep: RecommendedStep;
}

/** Reasons of a refused authentication, with the code and the next step of each. */
export const AUTH_FAILURES = {
  token_missing: ["AUTH_TOKEN_MISSING", "update_auth_configuration"],
  token_mismatch: ["AUTH_TOKEN_MISMATCH", "update_auth_credentials"],
  token_missing_config: ["AUTH_TOKEN_NOT_CONFIGURED", "update_auth_configuration"],
  password_missing: ["AUTH_PASSWORD_MISSING", "update_auth_configuration"],
  password_mismatch: ["AUTH_PASSWORD_MISMATCH", "update_auth_credentials"],
  password_missing_config: ["AUTH_PASSWORD_NOT_CONFIGURED", "update_auth_configuration"],
  device_token_mismatch: ["AUTH_DEVICE_TOKEN_MISMATCH", "update_auth_credentials"],
  scope_mismatch: ["AUTH_SCOPE_MISMATCH", "review_auth_configuration"],
  bootstrap_token_invalid: ["AUTH_BOOTSTRAP_TOKEN_INVALID", "review_auth_configuration"],
  rate_limited: ["AUTH_RATE_LIMITED", "wait_then_retry"],
  tailscale_user_missing: ["AUTH_TAILSCALE_IDENTITY_MISSING", "review_auth_configuration"],
  tailscale_proxy_missing: ["AUTH_TAILSCALE_PROXY_MISSING", "review_auth_configuration"],
  tailscale_whois_failed: ["AUTH_TAILSCALE_WHOIS_FAILED", "review_auth_configuration"],
  tailscale_user_mismatch: ["AUTH_TAILSCALE_IDENTITY_MISMATCH", "review_auth_configuration"],
} as const satisfies Record<string, readonly [code: string, step: RecommendedStep]>;

/** A key of {@linkcode AUTH_FAILURES}. */
export type AuthFailureReason = keyof typeof AUTH_FAILURES;

/**
 * The refusal of an authentication; the socket is then closed with 1008 and the message.
 *
 * @param reason One of {@linkcode AUTH_FAILURES}; none reads as `AUTH_REQUIRED`, any other as
 * `AUTH_UNAUTHORIZED`.
 * @param message Starts with `unauthorized: `, such as `unauthorized: gateway token mismatch (…)`.
 * @param canRetryWithDeviceToken Whether the client sent a device and `auth.token`, but no
 * `auth.deviceToken`; it changes the advice after `token_mismatch` only.
 */
export function authFailure(
  reason: string | undefined,
  message: string,
  canRetryWithDeviceToken = false,
): ErrorShape & { details: AuthFailureDetails } {
  const [code, step] = lookUpFailure(reason);
  const isRetry = canRetryWithDeviceToken && reason === "token_mismatch";
  const details: AuthFailureDetails = {
    code,
    ...(reason === undefined ? {} : { authReason: reason }),
    canRetryWithDeviceToken: isRetry,
    recommendedNextStep: isRetry ? "retry_with_device_token" : step,
  };
  return { ...invalidRequest(message), details };
}

function lookUpFailure(reason: string | undefined): readonly [string, RecommendedStep] {
  if (reason === undefined) return ["AUTH_REQUIRED", "review_auth_configuration"];
  return Object.hasOwn(AUTH_FAILURES, reason)
    ? AUTH_FAILURES[reason as AuthFailureReason]
    : ["AUTH_UNAUTHORIZED", "review_auth_configuration"];
}

/** Failures of a device's proof: `details.reason` and `details.code`. */
export const DEVICE_PROOF_FAILURES = {
  "device-id-mismatch": "DEVICE_AUTH_DEVICE_ID_MISMATCH",
  "device-signature-stale": "DEVICE_AUTH_SIGNATURE_EXPIRED",
  "device-nonce-missing": "DEVICE_AUTH_NONCE_REQUIRED",
  "device-nonce-mismatch": "DEVICE_AUTH_NONCE_MISMATCH",
  "device-signature": "DEVICE_AUTH_SIGNATURE_INVALID",
  "device-public-key": "DEVICE_AUTH_PUBLIC_KEY_INVALID",
} as const;

/** Codes in `error.details.code` after which a client stops connecting again by itself. */
export const FINAL_CONNECT_CODES: readonly string[] = [
  "AUTH_TOKEN_MISSING",
  "AUTH_TOKEN_MISMATCH",
  "AUTH_BOOTSTRAP_TOKEN_INVALID",
  "AUTH_PASSWORD_MISSING",
  "AUTH_PASSWORD_MISMATCH",
  "AUTH_RATE_LIMITED",
  "AUTH_DEVICE_TOKEN_MISMATCH",
  "AUTH_SCOPE_MISMATCH",
  "PAIRING_REQUIRED",
  "DEVICE_IDENTITY_REQUIRED",
  "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
];
