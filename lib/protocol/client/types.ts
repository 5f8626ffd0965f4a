/**
 * What a gateway client is told and what it asks of its surroundings.
 *
 * @module
 */
import type { AppError } from "../../base/mod.ts";
import type { ClientId, ClientMode } from "../connect.ts";
import type { EventFrame } from "../frames.ts";
import type { Role } from "../scopes.ts";

/** What the client says about itself. */
export interface ClientInfo {
  id: ClientId;
  mode: ClientMode;
  version: string;
  /** Such as `linux`. */
  platform: string;
  displayName?: string;
  deviceFamily?: string;
  modelIdentifier?: string;
  instanceId?: string;
}

/** The `device` of the connect parameters. */
export interface DeviceProof {
  /** SHA-256 of the raw public key, 64 lower-case hexadecimal digits. */
  id: string;
  /** Raw Ed25519 key, base64url without padding. */
  publicKey: string;
  signature: string;
  /** Milliseconds since the epoch. */
  signedAt: number;
  nonce: string;
}

/** The facts of one connect that a device signs. */
export interface DeviceFacts {
  nonce: string;
  client: ClientInfo;
  role: Role;
  scopes: readonly string[];
  /** The token that the connect carries, or the empty string; never the password. */
  token: string;
}

/** Proves the identity of a device; absent for clients without one. */
export interface DeviceSigner {
  sign(facts: DeviceFacts): Promise<DeviceProof>;
}

/** A hole in the numbering of events: what lies between was not received. */
export interface SequenceGap {
  expected: number;
  received: number;
}

/** A way to a gateway other than dialling its address. */
export interface Route {
  /** Where to dial instead. */
  readonly url: string;
  /** Why the way does not lead there, once that is known. */
  failure?(): AppError | undefined;
  /** Ends the way, and what goes over it. */
  close(): void;
}

/** Opens a way within a time in milliseconds. */
export type RouteOpener = (timeoutMs: number) => Promise<Route>;

/** How to reach a gateway, and as whom. */
export interface GatewayClientOptions {
  /** `ws://` or `wss://`, without credentials. */
  url: string;
  /** Opens the way for each connection; it is closed with it. Without one `url` is dialled. */
  route?: RouteOpener;
  token?: string;
  password?: string;
  deviceToken?: string;
  client: ClientInfo;
  /** `operator` unless given. */
  role?: Role;
  /** None unless given. */
  scopes?: readonly string[];
  /** None unless given. */
  caps?: readonly string[];
  commands?: readonly string[];
  permissions?: Readonly<Record<string, boolean>>;
  pathEnv?: string;
  locale?: string;
  userAgent?: string;
  /** From the first packet to hello; the server's own limit unless given. */
  handshakeTimeoutMs?: number;
  /** Extra headers of the upgrade request. */
  headers?: Readonly<Record<string, string>>;
  device?: DeviceSigner;
  /** Ends the connection, whatever its state. */
  signal?: AbortSignal;
  /** Called for every event after hello. */
  onEvent?: (event: EventFrame) => void;
  /** Called when events were missed. */
  onGap?: (gap: SequenceGap) => void;
}

/** How to wait for one answer. */
export interface RequestOptions {
  /** The whole wait; 10 s unless given. */
  timeoutMs?: number;
  /** Skip the acknowledgement and wait for the final answer of a run. */
  expectFinal?: boolean;
  /** Handed the skipped acknowledgement. */
  onAccepted?: (payload: unknown) => void;
  /** Stops waiting; the gateway is not told. */
  signal?: AbortSignal;
}
