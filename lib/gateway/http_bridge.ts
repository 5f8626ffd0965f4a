/**
 * Hands the HTTP room what it serves: authentication, agents, readiness and runs.
 *
 * @module
 */
import { errorMessage } from "../base/mod.ts";
import type { HttpDeps } from "../http/mod.ts";
import type { PdfReader } from "../pdf/mod.ts";
import { safeFetch } from "../platform/mod.ts";
import { createAccess } from "./http/access.ts";
import { chatImageLimits } from "./http/chat_limits.ts";
import { maxResponsesBodyBytes, responseLimits } from "./http/response_limits.ts";
import { Responses } from "./http/responses.ts";
import { httpMedia } from "./http/media.ts";
import { streamRun } from "./http/runs.ts";
import { httpSessions } from "./http/sessions.ts";
import { httpTools } from "./http/tools.ts";
import type { GatewayState } from "./state.ts";

const MEBIBYTE = 1024 * 1024;
/** Endpoints that are served only where somebody asked for them. */
const OFF_BY_DEFAULT: ReadonlySet<string> = new Set(["metrics"]);
const DEFAULT_MAX_BODY_BYTES = 20 * MEBIBYTE;

/** The dependencies of the HTTP room. */
export function createHttpDeps(state: GatewayState): HttpDeps {
  let responses: Responses | undefined;
  let pdfReader: Promise<PdfReader> | undefined;
  const endpoints = () => state.config().config.gateway?.http?.endpoints;
  return {
    now: () => state.clock.now(),
    ...createAccess(state),
    credentialGeneration: () => state.authenticator.generation,
    readiness: () => {
      const failing = state.traffic.stopping.aborted ? ["stopping"] : state.startup.pending;
      return {
        ready: failing.length === 0,
        failing,
        uptimeMs: state.clock.now() - state.startedAt,
        eventLoop: { ...state.eventLoop.figures() },
      };
    },
    isStarting: () => state.startup.pending.length > 0,
    agents: () => {
      const { agents, defaultId } = state.agents();
      return agents.map(({ id }) => ({ id, isDefault: id === defaultId }));
    },
    isEndpointEnabled: (name) => endpoints()?.[name]?.enabled ?? !OFF_BY_DEFAULT.has(name),
    chatImageLimits: () => chatImageLimits(state),
    maxBodyBytes: (name) =>
      name === "responses"
        ? maxResponsesBodyBytes(state)
        : endpoints()?.[name]?.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    responseLimits: () => responseLimits(state),
    get responses() {
      return responses ??= new Responses(state);
    },
    isTls: () => state.config().config.gateway?.tls?.enabled === true,
    strictTransportSecurity: () => {
      const value = state.config().config.gateway?.http?.securityHeaders
        ?.strictTransportSecurity;
      return typeof value === "string" && value !== "" ? value : undefined;
    },
    hooks: () => state.hooks.served(),
    run: (request) => streamRun(state, request),
    fetchFile: (url, limits) => safeFetch(url, limits, state.network),
    readPdf: async (bytes, bounds, signal) => {
      pdfReader ??= import("../pdf/mod.ts").then(({ PdfReader }) => new PdfReader());
      return await (await pdfReader).read(bytes, bounds, signal);
    },
    tools: httpTools(state),
    sessions: httpSessions(state),
    media: httpMedia(state),
    embed: async (request) => (await import("./http/embeddings.ts")).embed(state, request),
    reportError: (where, error) => state.log.error(`${where} failed: ${errorMessage(error)}`),
  };
}
