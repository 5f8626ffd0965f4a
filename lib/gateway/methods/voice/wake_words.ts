/**
 * `voicewake.*`: the words that wake a listening device, and where what follows them goes.
 *
 * @module
 */
import { AppError, isObject } from "../../../base/mod.ts";
import { normalizeAgentId } from "../../../config/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { GatewayState } from "../../state.ts";
import type { Settings } from "../settings.ts";

const TRIGGERS_KEY = "voicewake.triggers";
const ROUTING_KEY = "voicewake.routing";
const DEFAULT_TRIGGERS = ["openclaw", "claude", "computer"];
const MAX_TRIGGERS = 32;
const MAX_TRIGGER_CHARS = 64;
const MAX_ROUTES = 64;

/** The words. */
export function getTriggers(settings: Settings): { triggers: string[] } {
  const stored = settings.get(TRIGGERS_KEY);
  const triggers = Array.isArray(stored) ? stored.filter(isText) : DEFAULT_TRIGGERS;
  return { triggers: [...triggers] };
}

/** Replaces the words and tells everybody; none brings the usual ones back. */
export async function setTriggers(
  state: GatewayState,
  settings: Settings,
  params: MethodParams<"voicewake.set">,
) {
  const given = params.triggers.map((word) => word.trim().slice(0, MAX_TRIGGER_CHARS))
    .filter((word) => word !== "");
  const triggers = [...new Set(given)].slice(0, MAX_TRIGGERS);
  await settings.set(TRIGGERS_KEY, triggers.length === 0 ? DEFAULT_TRIGGERS : triggers);
  const result = getTriggers(settings);
  state.broadcaster.broadcast("voicewake.changed", result);
  return result;
}

/** Where what follows the words goes. */
export function getRouting(settings: Settings) {
  const stored = settings.get(ROUTING_KEY);
  return {
    config: isObject(stored)
      ? stored
      : { version: 1, defaultTarget: { mode: "current" }, routes: [], updatedAtMs: 0 },
  };
}

/**
 * Replaces the routes and tells everybody.
 *
 * @throws {AppError} `INVALID_REQUEST` for a route that leads nowhere.
 */
export async function setRouting(
  state: GatewayState,
  settings: Settings,
  { config }: MethodParams<"voicewake.routing.set">,
) {
  const routes = config.routes ?? [];
  if (!Array.isArray(routes) || routes.length > MAX_ROUTES) {
    throw invalid(`config.routes must be a list of at most ${MAX_ROUTES}`);
  }
  await settings.set(ROUTING_KEY, {
    version: 1,
    defaultTarget: config.defaultTarget === undefined
      ? { mode: "current" }
      : readTarget(config.defaultTarget, "config.defaultTarget"),
    routes: routes.map((route, index) => readRoute(route, `config.routes[${index}]`)),
    updatedAtMs: state.clock.now(),
  });
  const result = getRouting(settings);
  state.broadcaster.broadcast("voicewake.routing.changed", result);
  return result;
}

function readRoute(route: unknown, where: string) {
  if (!isObject(route) || !isText(route.trigger)) throw invalid(`${where}.trigger must be a word`);
  const trigger = route.trigger.trim().toLowerCase().slice(0, MAX_TRIGGER_CHARS);
  return { trigger, target: readTarget(route.target, `${where}.target`) };
}

/** The conversation in view, an agent, or one session. */
function readTarget(target: unknown, where: string) {
  if (isObject(target)) {
    if (target.mode === "current") return { mode: "current" };
    if (isText(target.agentId)) return { agentId: normalizeAgentId(target.agentId) };
    if (isText(target.sessionKey)) return { sessionKey: target.sessionKey.trim() };
  }
  throw invalid(`${where} must have mode "current", an agentId or a sessionKey`);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function invalid(message: string): AppError {
  return new AppError("INVALID_REQUEST", `invalid voicewake routing: ${message}`, {
    hint: 'Like {"defaultTarget":{"mode":"current"},"routes":[]}',
  });
}
