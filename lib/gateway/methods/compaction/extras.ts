/**
 * What others add to a session: a message by `chat.inject`, values by `sessions.pluginPatch`.
 *
 * @module
 */
import { AppError, isObject } from "../../../base/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { type AssistantMessage, GATEWAY_PROVIDER } from "../../../sessions/mod.ts";
import type { GatewayState } from "../../state.ts";
import { canonicalKey } from "../sessions.ts";

/** All values of one session, as JSON. */
const MAX_EXTENSION_BYTES = 256 * 1024;

/** Adds a message to a conversation as if the assistant had said it; no model is called. */
export async function injectMessage(
  state: GatewayState,
  { sessionKey, message, label }: MethodParams<"chat.inject">,
) {
  const { store, clock, broadcaster, sessionEvents } = state;
  const key = canonicalKey(state, sessionKey);
  if (!store.getSession(key)) {
    throw new AppError("SESSION_NOT_FOUND", "session not found", {
      hint: "openclaw gateway call sessions.list",
      details: { key },
    });
  }
  const heading = label?.trim();
  const injected = injectedMessage(heading ? `[${heading}]\n\n${message}` : message, clock.now());
  const stored = await store.appendMessage(key, injected);
  broadcaster.broadcast("chat", {
    runId: `inject-${stored.id}`,
    sessionKey: key,
    seq: 0,
    state: "final",
    message: injected,
  });
  sessionEvents.appended(key, [stored]);
  return { ok: true, messageId: stored.id };
}

function injectedMessage(text: string, timestamp: number): AssistantMessage {
  return {
    role: "assistant",
    content: [{ type: "text", text }],
    timestamp,
    api: "openai-responses",
    provider: GATEWAY_PROVIDER,
    model: "gateway-injected",
    usage: {
      input: 0,
      output: 0,
      cacheRead: 0,
      cacheWrite: 0,
      totalTokens: 0,
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
    },
    stopReason: "stop",
  };
}

/** Keeps or removes one value of a plugin with a session. */
export async function patchPlugin(
  state: GatewayState,
  { key: written, pluginId, namespace, value, unset }: MethodParams<"sessions.pluginPatch">,
) {
  const { store, sessionEvents } = state;
  const key = canonicalKey(state, written);
  const session = store.getSession(key);
  if (!session) {
    throw new AppError("SESSION_NOT_FOUND", `No session found: ${written}`, {
      hint: "openclaw gateway call sessions.list",
    });
  }
  const kept = valueOf(unset ? undefined : value);
  const all = withValue(session.extra.pluginExtensions, pluginId, namespace, kept);
  if (new TextEncoder().encode(JSON.stringify(all)).length > MAX_EXTENSION_BYTES) {
    throw new AppError(
      "INVALID_REQUEST",
      `invalid sessions.pluginPatch params: a session keeps at most ${MAX_EXTENSION_BYTES} bytes`,
      { hint: "Send a smaller value, or remove others with unset" },
    );
  }
  const pluginExtensions = Object.keys(all).length === 0 ? null : all;
  await store.patchSession(key, { extra: { pluginExtensions } });
  sessionEvents.changed(key, "plugin-patch");
  return { ok: true, key, ...(kept === undefined ? {} : { value: kept }) };
}

/** Nothing and `null` both mean that there is no value. */
function valueOf(value: unknown): unknown {
  return value === null ? undefined : value;
}

function withValue(
  extensions: unknown,
  pluginId: string,
  namespace: string,
  value: unknown,
): Record<string, unknown> {
  const plugins = new Map(isObject(extensions) ? Object.entries(extensions) : []);
  const before = plugins.get(pluginId);
  const values = new Map(isObject(before) ? Object.entries(before) : []);
  if (value === undefined) values.delete(namespace);
  else values.set(namespace, value);
  if (values.size === 0) plugins.delete(pluginId);
  else plugins.set(pluginId, Object.fromEntries(values));
  return Object.fromEntries(plugins);
}
