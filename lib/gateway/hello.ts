/**
 * The hello of a client that was let in.
 *
 * @module
 */
import { VERSION } from "../base/mod.ts";
import {
  announcedEvents,
  hasScope,
  type HelloOk,
  MAX_BUFFERED_BYTES,
  MAX_FRAME_BYTES,
  PROTOCOL_VERSION,
  TICK_INTERVAL_MS,
} from "../protocol/mod.ts";
import type { ConnectParams } from "../protocol/methods/mod.ts";
import { mainSessionKey } from "../sessions/mod.ts";
import type { Client } from "./client.ts";
import type { Grant } from "./handshake.ts";
import type { RpcServer } from "./rpc.ts";
import type { GatewayState } from "./state.ts";

/** Notes a client as present and tells it what there is. */
export function hello(
  state: GatewayState,
  rpc: RpcServer,
  client: Client,
  params: ConnectParams,
  grant: Grant,
): HelloOk {
  const { presence, health, paths, clock } = state;
  const { presenceKey } = client.identity;
  if (presenceKey !== undefined) {
    presence.upsert(presenceKey, presenceOf(client, params));
  }
  const { defaultId } = state.agents();
  const isAdmin = hasScope(grant.scopes, "operator.admin");
  return {
    type: "hello-ok",
    protocol: PROTOCOL_VERSION,
    server: { version: VERSION, connId: client.connId },
    features: { methods: rpc.methods, events: announcedEvents() },
    snapshot: {
      presence: presence.list(),
      health: health.snapshot(),
      stateVersion: { presence: presence.version, health: health.version },
      uptimeMs: clock.now() - state.startedAt,
      sessionDefaults: {
        defaultAgentId: defaultId,
        mainKey: "main",
        mainSessionKey: mainSessionKey(defaultId),
        scope: state.config().config.session?.scope ?? "per-sender",
      },
      ...(isAdmin
        ? {
          configPath: paths.configPath,
          stateDir: paths.stateDir,
          authMode: state.authenticator.mode,
        }
        : {}),
    },
    auth: { role: grant.role, scopes: [...grant.scopes], ...grant.tokens },
    policy: {
      maxPayload: MAX_FRAME_BYTES,
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      tickIntervalMs: TICK_INTERVAL_MS,
    },
  };
}

function presenceOf(client: Client, { client: said }: ConnectParams) {
  const { identity } = client;
  return {
    host: said.displayName ?? said.id,
    ip: identity.address,
    version: said.version,
    platform: said.platform,
    ...(said.deviceFamily === undefined ? {} : { deviceFamily: said.deviceFamily }),
    ...(said.modelIdentifier === undefined ? {} : { modelIdentifier: said.modelIdentifier }),
    ...(said.instanceId === undefined ? {} : { instanceId: said.instanceId }),
    mode: said.mode,
    reason: "connect",
    roles: [identity.role],
    scopes: [...identity.scopes],
  };
}
