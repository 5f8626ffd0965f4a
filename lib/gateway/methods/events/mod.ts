/**
 * Methods about what happens around conversations: system events, wake, heartbeats, stability.
 *
 * @module
 */
import { randomId } from "../../../base/mod.ts";
import type { PresenceEntry } from "../../../protocol/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { Call, Handlers } from "../../rpc.ts";
import { resolveRunTarget } from "../../run_target.ts";
import type { GatewayState } from "../../state.ts";
import type { Settings } from "../settings.ts";

const HEARTBEATS_KEY = "heartbeats.enabled";

/** `system-event`, `wake`, `set-heartbeats`, `diagnostics.stability`, `update.status` and more. */
export function eventMethods(state: GatewayState, settings: Settings): Handlers {
  return {
    "system-event": ({ params }) => systemEvent(state, params),
    "wake": (call) => wake(state, call),
    "set-heartbeats": async ({ params: { enabled } }) => {
      await settings.set(HEARTBEATS_KEY, enabled);
      return { ok: true, enabled };
    },
    "diagnostics.stability": ({ params }) => state.stability.report(params),
    "gateway.identity.get": async () => {
      const { ensureIdentity } = await import("../../../devices/mod.ts");
      const { deviceId, publicKeyBase64Url } = await ensureIdentity(
        state.paths.stateDir,
        state.clock,
      );
      return { deviceId, publicKey: publicKeyBase64Url };
    },
    // Updates are not installed by the gateway, so none has left anything behind.
    "update.status": () => ({ sentinel: null }),
  };
}

/** Queues an event for the main session, and shows who reported it as present. */
function systemEvent(state: GatewayState, params: MethodParams<"system-event">) {
  const text = params.text.trim();
  const said = { ...parseNodeText(text), ...presenceFields(params) };
  const { sessionKey } = resolveRunTarget(state, {});
  if (said.reason !== "periodic") state.systemEvents.add(sessionKey, text);
  const { presence, broadcaster, health } = state;
  const key = params.deviceId ?? params.instanceId ?? said.host ?? "system-event";
  presence.upsert(key, { ...said, text });
  broadcaster.broadcast("presence", { presence: presence.list() }, {
    presence: presence.version,
    health: health.version,
  });
  return { ok: true };
}

const PRESENCE_WORDS = [
  "deviceId",
  "instanceId",
  "host",
  "ip",
  "mode",
  "version",
  "platform",
  "deviceFamily",
  "modelIdentifier",
  "lastInputSeconds",
  "reason",
  "roles",
  "scopes",
  "tags",
] as const;

type PresenceFields = Partial<PresenceEntry>;

function presenceFields(params: MethodParams<"system-event">): PresenceFields {
  const given = PRESENCE_WORDS.filter((name) => params[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, params[name]]));
}

/** Reads `Node: box (192.0.2.1) · app 1.2 · last input 5s ago · mode local · reason periodic`. */
export function parseNodeText(text: string): PresenceFields {
  const match = /^Node:\s+([^(·]+?)(?:\s+\(([^)]*)\))?\s*(?:·|$)/.exec(text);
  if (!match) return {};
  const part = (pattern: RegExp) => pattern.exec(text)?.[1];
  const ip = match[2];
  const version = part(/·\s*app\s+([^·]+?)\s*(?:·|$)/);
  const seconds = part(/·\s*last input\s+(\d+)s ago/);
  const mode = part(/·\s*mode\s+([^·]+?)\s*(?:·|$)/);
  const reason = part(/·\s*reason\s+([^·]+?)\s*(?:·|$)/);
  return {
    host: match[1]!,
    ...(ip ? { ip } : {}),
    ...(version ? { version } : {}),
    ...(seconds ? { lastInputSeconds: Number(seconds) } : {}),
    ...(mode ? { mode } : {}),
    ...(reason ? { reason } : {}),
  };
}

/** Queues an event; `now` begins the turn that tells the agent of it. */
async function wake(state: GatewayState, { params, client }: Call<MethodParams<"wake">>) {
  const target = resolveRunTarget(
    state,
    params.sessionKey ? { sessionKey: params.sessionKey } : {},
  );
  state.systemEvents.add(target.sessionKey, params.text);
  if (params.mode === "now") {
    const message = state.systemEvents.take(target.sessionKey);
    if (message === "") return { ok: false };
    await state.runs.start({
      runId: `wake:${randomId()}`,
      ...target,
      message,
      origin: { kind: "agent", connId: client.connId },
    });
  }
  return { ok: true };
}
