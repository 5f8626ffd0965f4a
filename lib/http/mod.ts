/**
 * The HTTP surface: probes, the OpenAI dialects, limits and error envelopes. It is handed everything
 * it serves and composes nothing; WebSocket upgrades never get here.
 *
 * @module
 */
export { areHeadersTooLarge } from "./headers.ts";
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
export type {
  HttpAgent,
  HttpAuthResult,
  HttpClientTool,
  HttpDeps,
  HttpRunEvent,
  HttpRunRequest,
  Peer,
  Readiness,
} from "./types.ts";
