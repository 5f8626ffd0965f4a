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
  if (!store.getSession(key)) {
    throw new AppError("SESSION_NOT_FOUND", `No session found: ${written}`, {
      hint: "openclaw gateway call sessions.list",
    });
  }
  if (unset && value !== undefined) throw invalid("cannot specify both unset and value");
  if (!unset && value === undefined) throw invalid("a value is required unless unset is true");
  const kept = valueOf(unset ? undefined : value);
  // Decided inside of the transaction: another plugin may keep a value at the same time.
  await store.patchSession(key, ({ extra }) => {
    const all = withValue(extra.pluginExtensions, pluginId, namespace, kept);
    if (new TextEncoder().encode(JSON.stringify(all)).length > MAX_EXTENSION_BYTES) {
      throw invalid(`a session keeps at most ${MAX_EXTENSION_BYTES} bytes`);
    }
    return { extra: { pluginExtensions: Object.keys(all).length === 0 ? null : all } };
  });
  sessionEvents.changed(key, "plugin-patch");
  return { ok: true, key, ...(kept === undefined ? {} : { value: kept }) };
}

function invalid(why: string): AppError {
  return new AppError("INVALID_REQUEST", `invalid sessions.pluginPatch params: ${why}`, {
    hint: "Send a value of moderate size, or remove one with unset",
  });
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
