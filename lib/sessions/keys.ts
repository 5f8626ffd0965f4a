/**
 * Session keys: from what clients write to the one form that is stored.
 *
 * @module
 */
import { AppError, ellipsize } from "../base/mod.ts";

/** Longest key, in characters, as written and as stored. */
export const MAX_SESSION_KEY_CHARS = 512;

/** The key for conversations that belong to no agent in particular. */
export const GLOBAL_SESSION_KEY = "global";

const AGENT_PREFIX = "agent:";
const AGENT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
// deno-lint-ignore no-control-regex -- control characters are what is refused
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** A stored key and the agent it belongs to. */
export interface CanonicalSessionKey {
  key: string;
  agentId: string;
}

/** The key of an agent's main conversation. */
export function mainSessionKey(agentId: string): string {
  return `${AGENT_PREFIX}${agentId.toLowerCase()}:main`;
}

/**
 * Turns a key as a client writes it into the stored one. Stored keys stay as they are.
 *
 * @param raw `main`, `global`, `agent:<id>:<rest>` or any bare name, in any case.
 * @param options `defaultAgentId` is the agent that bare names belong to.
 * @throws {AppError} `SESSION_KEY_INVALID`
 * @see OpenClaw docs, concepts/session (behaviour matched)
 */
export function canonicalSessionKey(
  raw: string,
  options: { defaultAgentId: string },
): CanonicalSessionKey {
  const name = raw.trim().toLowerCase();
  if (name === "") throw invalidKey(raw, "it is empty");
  if (name.length > MAX_SESSION_KEY_CHARS) throw tooLong(raw);
  if (CONTROL_CHARACTER.test(name)) throw invalidKey(raw, "it has a control character");
  const defaultAgentId = options.defaultAgentId.toLowerCase();
  if (name === GLOBAL_SESSION_KEY) return { key: name, agentId: defaultAgentId };
  if (name.startsWith(AGENT_PREFIX)) return parseAgentKey(name, raw);
  if (name.startsWith(":")) throw invalidKey(raw, "it begins with a colon");
  const key = `${AGENT_PREFIX}${defaultAgentId}:${name}`;
  if (key.length > MAX_SESSION_KEY_CHARS) throw tooLong(raw);
  return { key, agentId: defaultAgentId };
}

function parseAgentKey(name: string, raw: string): CanonicalSessionKey {
  const end = name.indexOf(":", AGENT_PREFIX.length);
  const agentId = end < 0 ? name.slice(AGENT_PREFIX.length) : name.slice(AGENT_PREFIX.length, end);
  if (!AGENT_ID.test(agentId)) throw invalidKey(raw, `"${agentId}" is not an agent id`);
  const rest = end < 0 ? "" : name.slice(end + 1);
  if (rest === "" || rest.startsWith(":")) throw invalidKey(raw, "nothing follows the agent id");
  return { key: name, agentId };
}

function tooLong(raw: string): AppError {
  return invalidKey(raw, `it is longer than ${MAX_SESSION_KEY_CHARS} characters`);
}

function invalidKey(raw: string, reason: string): AppError {
  return new AppError(
    "SESSION_KEY_INVALID",
    `Cannot use session key "${ellipsize(raw, 80)}": ${reason}`,
    { hint: 'Write "main", a bare name, or "agent:<id>:<name>"' },
  );
}
