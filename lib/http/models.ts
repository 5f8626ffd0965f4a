/**
 * Agent targets as models: which agent a `model` string names, and `GET /v1/models`.
 *
 * @module
 */
import { queryOf, type RequestContext } from "./context.ts";
import { HttpError, invalidRequest, JSON_TYPE } from "./errors.ts";
import { anthropicModel, anthropicModelsPage } from "./messages/models_page.ts";
import type { HttpAgent } from "./types.ts";

/** Where the model list lives; a single model is one segment below. */
export const MODELS_PATH = "/v1/models";

/** The agent a `model` string names: the default one, one by id, or `undefined` for no target. */
export function parseAgentTarget(model: string): { agentId?: string } | undefined {
  const trimmed = model.trim();
  if (/^openclaw(?:\/default)?$/i.test(trimmed)) return {};
  const match = /^(?:openclaw[/:]|agent:)([a-z0-9][a-z0-9_-]{0,63})$/i.exec(trimmed);
  return match ? { agentId: match[1]!.toLowerCase() } : undefined;
}

/** The agent that answers when none is named. */
export function defaultAgentId(agents: readonly HttpAgent[]): string {
  return (agents.find((agent) => agent.isDefault) ?? agents[0])?.id ?? "main";
}

/** Answers `GET /v1/models`, whole for OpenAI's clients and by pages for Anthropic's. */
export function listModels({ request, deps }: RequestContext): Response {
  const ids = modelIds(deps.agents());
  if (isForAnthropic(request)) {
    return json(anthropicModelsPage(ids, queryOf(request.url)));
  }
  return json({ object: "list", data: ids.map(modelObject) });
}

/**
 * Answers `GET /v1/models/{id}`; the id may hold a raw slash or be percent-encoded.
 *
 * @throws {HttpError} 400 for what is no agent target, 404 for an id that is not listed.
 */
export function retrieveModel({ request, deps, path }: RequestContext): Response {
  const id = decodeId(path.slice(MODELS_PATH.length + 1));
  if (id === "") throw invalidRequest("Missing model id.");
  if (parseAgentTarget(id) === undefined) throw invalidRequest("Invalid model id.", MODELS_HINT);
  if (!modelIds(deps.agents()).includes(id)) {
    throw new HttpError(404, "MODEL_NOT_FOUND", `Model '${id}' not found.`, { hint: MODELS_HINT });
  }
  return json(isForAnthropic(request) ? anthropicModel(id) : modelObject(id));
}

function isForAnthropic({ headers }: Request): boolean {
  return headers.has("anthropic-version");
}

/** What to call next when a model or agent is not known. */
export const MODELS_HINT = `GET ${MODELS_PATH}`;

function modelIds(agents: readonly HttpAgent[]): string[] {
  const defaultId = defaultAgentId(agents);
  const ids = new Set(["openclaw", "openclaw/default", `openclaw/${defaultId}`]);
  for (const { id } of agents) ids.add(`openclaw/${id}`);
  return [...ids];
}

function modelObject(id: string) {
  return { id, object: "model", created: 0, owned_by: "openclaw", permission: [] };
}

function decodeId(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // A stray percent sign; the decoder names no position.
    throw invalidRequest("Invalid model id encoding.");
  }
}

function json(value: unknown): Response {
  return new Response(JSON.stringify(value), { headers: { "content-type": JSON_TYPE } });
}
