/**
 * The HTTP surface: probes, the dialects of OpenAI and Anthropic, limits and error envelopes. It is
 * handed everything it serves and composes nothing; WebSocket upgrades never get here.
 *
 * @module
 */
export { addCommonHeaders, areHeadersTooLarge, requestIdOf } from "./headers.ts";
export type { HttpMedia, HttpMediaBody, HttpMediaRefusal } from "./media/types.ts";
export type {
  HookAction,
  HookAgentRun,
  HookCall,
  HookReply,
  HookSessionKey,
  HookVerdict,
  HookWake,
  HookWakeMode,
  HttpHooks,
  MappedHook,
} from "./hooks/types.ts";
export { createHttpHandler } from "./router.ts";
export type { HttpSessions } from "./sessions/types.ts";
export type { HttpToolInvocation, HttpToolOutcome, HttpTools } from "./tools_invoke/types.ts";
export { HttpTraffic } from "./traffic.ts";
export type {
  HttpBackgroundWork,
  HttpFileLimits,
  HttpResponseJournal,
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
  HttpEmbedRequest,
  HttpEmbedResult,
  HttpEndpoint,
  HttpRunEvent,
  HttpRunRequest,
  Peer,
  Readiness,
  RequestObserver,
} from "./types.ts";
