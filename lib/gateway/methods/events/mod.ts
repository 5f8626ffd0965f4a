/**
 * Methods about what happens around conversations: system events, wake, heartbeats, stability.
 *
 * @module
 */
import { AppError } from "../../../base/mod.ts";
import type { PresenceEntry } from "../../../protocol/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { tellSession } from "../../heartbeat/tell.ts";
import type { Handlers } from "../../rpc.ts";
import { resolveRunTarget } from "../../run_target.ts";
import type { GatewayState } from "../../state.ts";

/** `system-event`, `wake`, `set-heartbeats`, `diagnostics.stability` and more. */
export function eventMethods(state: GatewayState): Handlers {
  return {
    "system-event": ({ params }) => systemEvent(state, params),
    "wake": ({ params }) => wake(state, params),
    "set-heartbeats": async ({ params: { enabled } }) => {
      await state.heartbeats.setEnabled(enabled);
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
  };
}

/** Queues an event for the main session, and shows who reported it as present. */
async function systemEvent(state: GatewayState, params: MethodParams<"system-event">) {
  const text = params.text.trim();
  if (text === "") {
    throw new AppError("INVALID_REQUEST", "text required", {
      hint: "openclaw system event --text <text>",
    });
  }
  const said = { ...parseNodeText(text), ...presenceFields(params) };
  const { sessionKey } = resolveRunTarget(state, {});
  if (said.reason !== "periodic") await state.store.addSystemEvent(sessionKey, text);
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

/** Queues an event, on disk; `now` begins the turn that tells the agent of it. */
async function wake(state: GatewayState, params: MethodParams<"wake">) {
  const target = resolveRunTarget(
    state,
    params.sessionKey ? { sessionKey: params.sessionKey } : {},
  );
  await tellSession(state, target, params);
  return { ok: true };
}
