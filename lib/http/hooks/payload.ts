/**
 * From the body of a webhook, or what a mapping made of it, to the action it asks for. Pure.
 *
 * @module
 */
import { invalidRequest } from "../errors.ts";
import { agentSchema, wakeSchema } from "./schema.ts";
import type { HookAction, HookAgentRun, HookWake, MappedHook } from "./types.ts";

/** The name of webhooks that have none. */
const DEFAULT_HOOK_NAME = "Hook";

/** Where an answer goes when nothing else is said. */
const LAST_CHANNEL = "last";

/** @throws {HttpError} `INVALID_REQUEST` */
export function parseWake(payload: Readonly<Record<string, unknown>>): HookWake {
  const { text, mode } = wakeSchema().parse(payload);
  if (text === undefined) throw invalidRequest("text required");
  return { kind: "wake", text, mode };
}

/** @throws {HttpError} `INVALID_REQUEST` */
export function parseAgentRun(payload: Readonly<Record<string, unknown>>): HookAgentRun {
  const { idempotencyKey: _key, message, name, deliver, channel, sessionKey, model, ...rest } =
    agentSchema().parse(payload);
  if (message === undefined) throw invalidRequest("message required");
  if (model === "") throw invalidRequest("model required");
  return {
    kind: "agent",
    message,
    name: name ?? DEFAULT_HOOK_NAME,
    deliver: deliver ?? true,
    channel: channel?.toLowerCase() ?? LAST_CHANNEL,
    ...(sessionKey === undefined ? {} : { sessionKey: { key: sessionKey, isRequested: true } }),
    ...withoutAbsent({ ...rest, model }),
  };
}

/**
 * The action that a mapping made.
 *
 * @throws {HttpError} `INVALID_REQUEST` when it lacks what its kind needs.
 */
export function parseMapped({ fields, isSessionKeyRequested }: MappedHook): HookAction {
  if (fields.kind === "wake") {
    if (isBlank(fields.text)) throw invalidRequest("hook mapping requires text");
    return parseWake({ ...fields, mode: fields.mode ?? fields.wakeMode });
  }
  if (isBlank(fields.message)) throw invalidRequest("hook mapping requires message");
  const { model, ...rest } = fields;
  const { sessionKey, ...action } = parseAgentRun(isBlank(model) ? rest : fields);
  return {
    ...action,
    ...(sessionKey ? { sessionKey: { ...sessionKey, isRequested: isSessionKeyRequested } } : {}),
    ...(fields.allowUnsafeExternalContent === true ? { allowUnsafeExternalContent: true } : {}),
  };
}

function isBlank(value: unknown): boolean {
  return typeof value !== "string" || value.trim() === "";
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** `fields` without those whose value is `undefined`. */
function withoutAbsent<T extends object>(fields: T): Present<T> {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Present<T>;
}
