/**
 * Webhooks as configured: which ones there are, and what a gateway must not serve them with.
 *
 * @module
 */
import { isAbsolute, normalize } from "@std/path";
import { AppError } from "../../base/mod.ts";
import type { OpenClawConfig } from "../types.ts";

/** From requests to an action. */
export type HookMappingConfig = NonNullable<
  NonNullable<OpenClawConfig["hooks"]>["mappings"]
>[number];

const DEFAULT_PATH = "/hooks";
const DEFAULT_MAX_BODY_BYTES = 256 * 1024;
/** Start of the keys that sessions of webhooks get by themselves. */
const OWN_PREFIX = "hook:";
/** What the gateway serves itself, of each family the paths that a webhook must not stand in front of. */
const GATEWAY_PATHS: readonly string[] = [
  ...["/health", "/healthz", "/ready", "/readyz", "/metrics", "/openapi.json"],
  ...["/v1/models", "/v1/embeddings", "/v1/chat/completions", "/v1/responses", "/v1/messages"],
  ...["/tools/invoke", "/sessions/history", "/api/chat/media/outgoing"],
];
const NEW_TOKEN = 'openclaw config set hooks.token "$(openssl rand -hex 24)"';

/** Sessions that webhooks may run in. */
export interface HookSessionRules {
  /** Of webhooks that name none; a new one each time when absent. */
  readonly defaultKey: string | undefined;
  /** Whether what is in a request may choose. */
  readonly allowsRequested: boolean;
  /** Lower-case starts of keys; absent when all are allowed. */
  readonly prefixes: readonly string[] | undefined;
}

/** Webhooks that are served. */
export interface ResolvedHooks {
  readonly token: string;
  /** Begins with a slash and ends without one. */
  readonly path: string;
  readonly maxBodyBytes: number;
  readonly sessions: HookSessionRules;
  /** Agents that may be named; absent when all may. */
  readonly allowedAgentIds: readonly string[] | undefined;
  /** In order: those of the configuration, then those of presets. */
  readonly mappings: readonly HookMappingConfig[];
  /** Relative to the folder of the configuration, or absolute. */
  readonly transformsDir: string | undefined;
}

/** The secrets that open the gateway itself. */
export interface GatewayCredentials {
  readonly token?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * The webhooks of a configuration; `undefined` when they are off.
 *
 * @throws {AppError} `HOOKS_TOKEN_MISSING`, `HOOKS_PATH_INVALID`, `HOOKS_SESSION_RULES_INVALID` or
 * `HOOKS_MAPPING_INVALID` for what must not be served.
 */
export function resolveHooks({ hooks }: OpenClawConfig): ResolvedHooks | undefined {
  if (hooks?.enabled !== true) return undefined;
  const token = hooks.token?.trim();
  if (!token) {
    throw new AppError("HOOKS_TOKEN_MISSING", "Cannot serve webhooks: hooks.token is not set", {
      hint: NEW_TOKEN,
    });
  }
  const mappings = [...hooks.mappings ?? [], ...presetMappings(hooks)];
  const sessions = sessionRules(hooks);
  assertSessionRules(sessions, mappings);
  mappings.forEach(assertContained);
  const allowed = hooks.allowedAgentIds?.map((id) => id.trim().toLowerCase());
  return {
    token,
    path: pathOf(hooks.path),
    maxBodyBytes: hooks.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    sessions,
    allowedAgentIds: allowed?.includes("*") ? undefined : allowed,
    mappings,
    transformsDir: hooks.transformsDir?.trim() || undefined,
  };
}

/**
 * Refuses webhooks that a gateway must not serve, whether or not they are on: their token must not open
 * the gateway.
 *
 * @throws {AppError} `HOOKS_TOKEN_REUSED`, or what {@linkcode resolveHooks} refuses with.
 */
export function assertHooksUsable(config: OpenClawConfig, gateway: GatewayCredentials): void {
  const token = config.hooks?.token?.trim();
  if (token && (token === gateway.token || token === gateway.password)) {
    const name = token === gateway.token ? "token" : "password";
    throw new AppError(
      "HOOKS_TOKEN_REUSED",
      `Cannot use hooks.token: it is the gateway ${name} as well, and webhooks must not open the gateway`,
      { hint: NEW_TOKEN },
    );
  }
  resolveHooks(config);
}

/** Whether a text has places to fill in. */
export function isHookTemplate(text: string | undefined): boolean {
  return text !== undefined && text.includes("{{");
}

/** Whether a key of a session may be used by webhooks. */
export function isHookKeyAllowed(key: string, { prefixes }: HookSessionRules): boolean {
  const lower = key.trim().toLowerCase();
  return prefixes === undefined || prefixes.some((prefix) => lower.startsWith(prefix));
}

function sessionRules(hooks: NonNullable<OpenClawConfig["hooks"]>): HookSessionRules {
  const prefixes = (hooks.allowedSessionKeyPrefixes ?? [])
    .map((prefix) => prefix.trim().toLowerCase()).filter((prefix) => prefix !== "");
  return {
    defaultKey: hooks.defaultSessionKey?.trim() || undefined,
    allowsRequested: hooks.allowRequestSessionKey === true,
    prefixes: prefixes.length === 0 ? undefined : prefixes,
  };
}

function assertSessionRules(
  rules: HookSessionRules,
  mappings: readonly HookMappingConfig[],
): void {
  const { defaultKey, prefixes } = rules;
  const allowOwn = `openclaw config set hooks.allowedSessionKeyPrefixes '["${OWN_PREFIX}"]'`;
  if (prefixes === undefined) {
    const templated = mappings.find(({ sessionKey }) => isHookTemplate(sessionKey));
    if (templated === undefined) return;
    throw badRules(
      `the session key "${templated.sessionKey}" of a mapping has places to fill in, which needs ` +
        "hooks.allowedSessionKeyPrefixes",
      allowOwn,
    );
  }
  if (defaultKey !== undefined && !isHookKeyAllowed(defaultKey, rules)) {
    throw badRules(
      `hooks.defaultSessionKey "${defaultKey}" has none of hooks.allowedSessionKeyPrefixes`,
      `openclaw config set hooks.defaultSessionKey ${prefixes[0]}default`,
    );
  }
  if (defaultKey === undefined && !isHookKeyAllowed(OWN_PREFIX, rules)) {
    throw badRules(
      `hooks.allowedSessionKeyPrefixes lacks "${OWN_PREFIX}", and hooks.defaultSessionKey is not set`,
      `openclaw config set hooks.allowedSessionKeyPrefixes '${
        JSON.stringify([OWN_PREFIX, ...prefixes])
      }'`,
    );
  }
}

function badRules(reason: string, hint: string): AppError {
  return new AppError("HOOKS_SESSION_RULES_INVALID", `Cannot serve webhooks: ${reason}`, { hint });
}

/** A script outside the folder of scripts is refused before it is ever asked for. */
function assertContained({ transform, id, match }: HookMappingConfig): void {
  if (transform === undefined) return;
  const file = normalize(transform.module.trim());
  const isContained = !isAbsolute(file) && !/^[a-z][a-z0-9+.-]*:/i.test(file) &&
    file.split(/[\\/]/)[0] !== ".." && file !== ".";
  if (isContained) return;
  throw new AppError(
    "HOOKS_MAPPING_INVALID",
    `Cannot serve webhooks: the script "${transform.module}" of mapping ` +
      `"${id ?? match?.path ?? ""}" is outside the folder of transformation scripts`,
    {
      hint: "Move the script to hooks/transforms beside openclaw.json and name it relative to that",
    },
  );
}

function pathOf(configured: string | undefined): string {
  const path = `/${configured?.trim() || DEFAULT_PATH}`.replace(/^\/+/, "/").replace(/\/+$/, "");
  const hidden = GATEWAY_PATHS.find((own) => own === path || own.startsWith(`${path}/`));
  if (hidden === undefined) return path;
  const what = path === ""
    ? "everything the gateway serves"
    : `where the gateway serves "${hidden}"`;
  throw new AppError(
    "HOOKS_PATH_INVALID",
    `Cannot serve webhooks: hooks.path is "${path || "/"}", which is ${what}`,
    { hint: `openclaw config set hooks.path ${DEFAULT_PATH}` },
  );
}

function presetMappings(hooks: NonNullable<OpenClawConfig["hooks"]>): HookMappingConfig[] {
  const { presets = [], gmail } = hooks;
  if (!presets.some((preset) => preset.trim().toLowerCase() === "gmail")) return [];
  return [{
    id: "gmail",
    match: { path: "gmail" },
    action: "agent",
    name: "Gmail",
    sessionKey: "hook:gmail:{{messages[0].id}}",
    messageTemplate: "A mail has come from {{messages[0].from}}\n" +
      "Subject: {{messages[0].subject}}\n\n{{messages[0].snippet}}\n{{messages[0].body}}",
    model: gmail?.model,
    thinking: gmail?.thinking,
    allowUnsafeExternalContent: gmail?.allowUnsafeExternalContent,
  }];
}
