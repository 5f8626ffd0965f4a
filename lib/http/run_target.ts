/**
 * Which agent, session and backend model a request runs on: the `model` field, the `user` field and
 * the `x-openclaw-*` headers, alike for every dialect.
 *
 * @module
 */
import { headerText, randomId } from "../base/mod.ts";
import { HttpError, invalidRequest } from "./errors.ts";
import { MAX_NAME_CHARS } from "./limits.ts";
import { defaultAgentId, MODELS_HINT, parseAgentTarget } from "./models.ts";
import type { HttpAgent, HttpRunRequest } from "./types.ts";

/** Where a run goes. */
export type RunTarget = Pick<
  HttpRunRequest,
  "agentId" | "sessionKey" | "model" | "messageChannel"
>;

/** What a dialect read from its body. */
export interface TargetRequest {
  /** The `model` field. */
  model: string;
  /** The `user` field, not empty. */
  user?: string;
  /** Prefix of derived session keys, such as `openai`. */
  dialect: string;
}

/**
 * Resolves the target of a run.
 *
 * A session key `agent:<id>:…` from the header decides the agent before `x-openclaw-agent-id`, and
 * that one before `model`, which must be an agent target all the same.
 *
 * @throws {HttpError} `INVALID_REQUEST` for malformed values, `AGENT_NOT_FOUND` for unknown agents.
 */
export function resolveRunTarget(
  headers: Headers,
  wanted: TargetRequest,
  agents: readonly HttpAgent[],
): RunTarget {
  const givenKey = readName(headers, "x-openclaw-session-key");
  const agentId = resolveAgent(headers, wanted.model, agents, agentOfKey(givenKey));
  return {
    agentId,
    sessionKey: givenKey ?? derivedKey(agentId, wanted),
    model: backendModel(headers),
    messageChannel: readName(headers, "x-openclaw-message-channel") ?? "webchat",
  };
}

/**
 * The agent a request is for.
 *
 * @param decided The agent that something stronger than headers and `model` names.
 * @throws {HttpError} `INVALID_REQUEST` for malformed values, `AGENT_NOT_FOUND` for unknown agents.
 */
export function resolveAgent(
  headers: Headers,
  model: string,
  agents: readonly HttpAgent[],
  decided?: string,
): string {
  const target = parseAgentTarget(model);
  if (target === undefined) throw invalidRequest(INVALID_MODEL, MODELS_HINT);
  const agentId = decided ?? agentOfHeaders(headers) ?? target.agentId ?? defaultAgentId(agents);
  if (!agents.some((agent) => agent.id === agentId)) throw unknownAgent(agentId);
  return agentId;
}

/** Refuses a `model` that names no agent. */
export const INVALID_MODEL = "Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.";

function agentOfKey(key: string | undefined): string | undefined {
  const match = /^agent:([^:]+):/i.exec(key ?? "");
  return match?.[1]?.toLowerCase();
}

function agentOfHeaders(headers: Headers): string | undefined {
  const id = readName(headers, "x-openclaw-agent-id") ?? readName(headers, "x-openclaw-agent");
  return id?.toLowerCase();
}

/** Stable per `user`, otherwise new for each request. */
function derivedKey(agentId: string, { user, dialect }: TargetRequest): string {
  return user === undefined
    ? `agent:${agentId}:${dialect}:${randomId()}`
    : `agent:${agentId}:${dialect}-user:${user.toLowerCase()}`;
}

function backendModel(headers: Headers): string | undefined {
  const model = readName(headers, "x-openclaw-model");
  if (model === undefined) return undefined;
  if (!/^[^\s/]+(?:\/[^\s/]+)*$/.test(model)) throw invalidRequest("Invalid `x-openclaw-model`.");
  return model;
}

function readName(headers: Headers, name: string): string | undefined {
  const value = headerText(headers.get(name)?.trim() ?? "");
  if (value === "") return undefined;
  if (value.length > MAX_NAME_CHARS) throw invalidRequest(`Invalid \`${name}\`.`);
  return value;
}

function unknownAgent(agentId: string): HttpError {
  return new HttpError(404, "AGENT_NOT_FOUND", `Agent '${agentId}' not found.`, {
    hint: MODELS_HINT,
  });
}
