/**
 * The HTTP surface: probes, the dialects of OpenAI and Anthropic, limits and error envelopes. It is
 * handed everything it serves and composes nothing; WebSocket upgrades never get here.
 *
 * @module
 */
export { areHeadersTooLarge } from "./headers.ts";
export { createHttpHandler } from "./router.ts";
export type {
  HttpAgent,
  HttpAuthOptions,
  HttpAuthResult,
  HttpClientTool,
  HttpDeps,
  HttpEmbedRequest,
  HttpEmbedResult,
  HttpEndpoint,
  HttpRunEvent,
  HttpRunRequest,
  Peer,
  Readiness,
} from "./types.ts";
