/**
 * The HTTP surface: probes, the OpenAI dialects, limits and error envelopes. It is handed everything
 * it serves and composes nothing; WebSocket upgrades never get here.
 *
 * @module
 */
export { areHeadersTooLarge } from "./headers.ts";
export { createHttpHandler } from "./router.ts";
export { HttpTraffic } from "./traffic.ts";
export type {
  HttpBackgroundWork,
  HttpFileLimits,
  HttpResponseLimits,
  HttpResponseOwner,
  HttpResponseStore,
} from "./response_types.ts";
export type {
  AnsweredRequest,
  HttpAgent,
  HttpAuthOptions,
  HttpAuthResult,
  HttpChatImageLimits,
  HttpClientTool,
  HttpDeps,
  HttpRunEvent,
  HttpRunRequest,
  Peer,
  Readiness,
  RequestObserver,
} from "./types.ts";
