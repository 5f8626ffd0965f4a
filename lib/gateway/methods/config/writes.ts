/**
 * `config.set`, `config.apply` and `config.patch`.
 *
 * @module
 */
import { AppError, isObject, type JsonObject, parseJsonOrUndefined } from "../../../base/mod.ts";
import {
  collectSecrets,
  type ConfigSnapshot,
  deletedSections,
  patchedText,
  redactConfig,
  replacedText,
  type VersionOrigin,
} from "../../../config/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { GatewayState } from "../../state.ts";
import { leaveSentinel } from "../../restart/sentinel.ts";
import { assertEditable, type ConfigChange, type ConfigEditor } from "./editor.ts";

/** Replaces the whole configuration. */
export async function setConfig(
  editor: ConfigEditor,
  { raw, baseHash }: MethodParams<"config.set">,
  origin: VersionOrigin,
) {
  const { snapshot } = await replaceWhole(editor, raw, baseHash, origin);
  return { ok: true, path: snapshot.path, config: shownConfig(snapshot) };
}

/** Replaces the whole configuration and says what has to happen for it to be in force. */
export async function applyConfig(
  state: GatewayState,
  editor: ConfigEditor,
  params: MethodParams<"config.apply">,
  origin: VersionOrigin,
) {
  const { raw, baseHash, restartDelayMs } = params;
  return await state.restarter.afterAnswer(async () => {
    const change = await replaceWhole(editor, raw, baseHash, origin, restartDelayMs);
    return await changeResult(state, "config-apply", change, params);
  });
}

/** Lays a patch over the configuration. */
export async function patchConfig(
  state: GatewayState,
  editor: ConfigEditor,
  params: MethodParams<"config.patch">,
  origin: VersionOrigin,
) {
  const patch = await parseRaw(params.raw);
  if (!isObject(patch)) {
    throw new AppError("INVALID_REQUEST", "config.patch raw must be an object", {
      hint: "Send the changed part as a JSON object, null for what is to go",
    });
  }
  return await state.restarter.afterAnswer(async () => {
    const change = await editor.replace(params.baseHash, async (current) => {
      assertEditable(current);
      const raw = await patchedText(current, patch, "by-id");
      if (raw === current.raw) return undefined;
      const { restartDelayMs } = params;
      return { raw, replaceSections: deletedSections(current.parsed, patch), restartDelayMs };
    }, origin);
    return await changeResult(state, "config-patch", change, params);
  });
}

function shownConfig({ config }: ConfigSnapshot): JsonObject {
  return redactConfig(config, collectSecrets(config));
}

function replaceWhole(
  editor: ConfigEditor,
  raw: string,
  baseHash: string | undefined,
  origin: VersionOrigin,
  restartDelayMs?: number,
): Promise<ConfigChange> {
  return editor.replace(baseHash, async (current) => {
    const value = await parseRaw(raw);
    if (!isObject(value)) throw unreadable("expected an object");
    const text = await replacedText(raw, value, current);
    return text === current.raw ? undefined : { raw: text, restartDelayMs };
  }, origin);
}

/** The value of a JSON5 text. */
async function parseRaw(raw: string): Promise<unknown> {
  const value = parseJsonOrUndefined(raw);
  if (value !== undefined) return value;
  const json5 = (await import("json5")).default;
  try {
    return json5.parse(raw);
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : "not JSON5", error);
  }
}

function unreadable(why: string, cause?: unknown): AppError {
  return new AppError("INVALID_REQUEST", `invalid config: ${why}`, {
    hint: "Send the configuration as JSON5 text in raw",
    details: { issues: [{ path: "", message: why }] },
    ...(cause === undefined ? {} : { cause }),
  });
}

async function changeResult(
  state: GatewayState,
  kind: "config-apply" | "config-patch",
  { snapshot, isNoop, restartPaths, restart }: ConfigChange,
  params: MethodParams<"config.patch">,
) {
  const base = { ok: true, path: snapshot.path, config: shownConfig(snapshot) };
  if (isNoop) return { ...base, noop: true };
  const isRestarting = restart !== undefined;
  const payload = {
    kind,
    status: "ok",
    ts: state.clock.now(),
    ...(params.sessionKey === undefined ? {} : { sessionKey: params.sessionKey }),
    ...(params.deliveryContext === undefined ? {} : { deliveryContext: params.deliveryContext }),
    message: params.note ?? null,
    stats: { mode: kind, requiresRestart: restartPaths.length > 0 || isRestarting },
  };
  const path = isRestarting ? await leaveSentinel(state, payload) : null;
  return {
    ...base,
    ...(restart ? { restart: { ...restart, required: true, paths: restartPaths } } : {}),
    ...(restartPaths.length === 0 || restart ? {} : {
      restart: {
        ok: true,
        required: true,
        mode: "manual",
        paths: restartPaths,
        hint: "openclaw gateway call gateway.restart.request",
      },
    }),
    sentinel: { path, payload },
  };
}
