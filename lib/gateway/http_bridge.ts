/**
 * Hands the HTTP room what it serves: authentication, agents, readiness and runs.
 *
 * @module
 */
import { errorMessage } from "../base/mod.ts";
import type { HttpAuthOptions, HttpAuthResult, HttpDeps, Peer } from "../http/mod.ts";
import { safeFetch } from "../platform/mod.ts";
import { hasScope, OPERATOR_SCOPES } from "../protocol/mod.ts";
import { resolveIdentity } from "./auth/peer.ts";
import { scopesHeader } from "./auth/trusted_proxy.ts";
import { chatImageLimits } from "./http/chat_limits.ts";
import { maxResponsesBodyBytes, responseLimits } from "./http/response_limits.ts";
import { Responses } from "./http/responses.ts";
import { httpMedia } from "./http/media.ts";
import { streamRun } from "./http/runs.ts";
import { httpSessions } from "./http/sessions.ts";
import { httpTools } from "./http/tools.ts";
import type { GatewayState } from "./state.ts";

const MEBIBYTE = 1024 * 1024;
const DEFAULT_MAX_BODY_BYTES = 20 * MEBIBYTE;

/** The dependencies of the HTTP room. */
export function createHttpDeps(state: GatewayState): HttpDeps {
  let responses: Responses | undefined;
  const endpoints = () => state.config().config.gateway?.http?.endpoints;
  return {
    now: () => state.clock.now(),
    authorize: (request, peer, options) => authorize(state, request, peer, options),
    credentialGeneration: () => state.authenticator.generation,
    readiness: () => ({
      ready: state.startup.pending.length === 0,
      failing: state.startup.pending,
      uptimeMs: state.clock.now() - state.startedAt,
      eventLoop: { ...state.eventLoop.figures() },
    }),
    isStarting: () => state.startup.pending.length > 0,
    agents: () => {
      const { agents, defaultId } = state.agents();
      return agents.map(({ id }) => ({ id, isDefault: id === defaultId }));
    },
    isEndpointEnabled: (name) => endpoints()?.[name]?.enabled ?? true,
    chatImageLimits: () => chatImageLimits(state),
    maxBodyBytes: (name) =>
      name === "responses"
        ? maxResponsesBodyBytes(state)
        : endpoints()?.[name]?.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    responseLimits: () => responseLimits(state),
    get responses() {
      return responses ??= new Responses(state);
    },
    strictTransportSecurity: () => {
      const value = state.config().config.gateway?.http?.securityHeaders
        ?.strictTransportSecurity;
      return typeof value === "string" && value !== "" ? value : undefined;
    },
    hooks: () => state.hooks.served(),
    run: (request) => streamRun(state, request),
    fetchFile: (url, limits) => safeFetch(url, limits, state.network),
    tools: httpTools(state),
    sessions: httpSessions(state),
    media: httpMedia(state),
    embed: async (request) => (await import("./http/embeddings.ts")).embed(state, request),
    reportError: (where, error) => state.log.error(`${where} failed: ${errorMessage(error)}`),
  };
}

/** Judges the credential, or the proxy's word; over HTTP no password stands in for a proxy. */
function authorize(
  state: GatewayState,
  { headers }: Request,
  peer: Peer,
  options: HttpAuthOptions = {},
): HttpAuthResult {
  const { authenticator } = state;
  const credential = credentialOf(headers, options);
  const { mode, proxy } = authenticator;
  const identity = { proxy, origins: state.origins(), allowsTailscale: false };
  const found = resolveIdentity(headers, peer, identity);
  const verdict = authenticator.check({
    token: credential,
    password: credential,
    address: peer.address,
    origin: headers.get("origin") ?? undefined,
    isLocalDirect: peer.isLocalDirect && mode !== "trusted-proxy",
    ...found,
  });
  if (verdict.ok) {
    const user = found.proxy?.ok ? found.proxy.user : undefined;
    return grantOf(verdict.method, scopesHeader(headers), user);
  }
  return verdict.reason === "rate_limited"
    ? { ok: false, status: 429, retryAfterMs: verdict.retryAfterMs ?? 1000 }
    : { ok: false, status: 401, reason: verdict.reason ?? "required" };
}

/** The bearer credential; where the dialect has it and there is no other, that of `x-api-key`. */
function credentialOf(headers: Headers, { takesApiKey }: HttpAuthOptions): string | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.get("authorization") ?? "")?.[1]?.trim();
  return bearer ?? (takesApiKey ? headers.get("x-api-key")?.trim() : undefined);
}

/** Holders of the secret are owners; others may state less than all scopes. */
function grantOf(
  method: string,
  stated: readonly string[] | undefined,
  user: string | undefined,
): HttpAuthResult {
  if (method === "token" || method === "password") {
    return { ok: true, scopes: OPERATOR_SCOPES, isOwner: true, subject: "secret" };
  }
  const subject = method === "trusted-proxy" ? `user:${user ?? ""}` : method;
  const scopes = stated ?? OPERATOR_SCOPES;
  const isOwner = hasScope(scopes, "operator.admin");
  return {
    ok: true,
    scopes,
    isOwner,
    subject,
    ...(method === "none" ? { isAnonymous: true } : {}),
  };
}
