/**
 * Models: which there are, what they cost, and how they are called.
 *
 * Owns the catalogue, the provider clients and the offline demo. Does not own conversations, tools or
 * fallbacks between models; those are the agents' business.
 *
 * @module
 */
export {
  type CatalogEntry,
  type CatalogView,
  ModelCatalog,
  type ModelCatalogOptions,
  type ResolveOptions,
} from "./catalog.ts";
export {
  DEFAULT_CONTEXT_WINDOW,
  DEFAULT_MAX_TOKENS,
  type ModelCompat,
  type ModelsConfig,
  type ModelSettings,
  type ProviderSettings,
  type SecretSetting,
} from "./config.ts";
export { DEMO_API, DEMO_INFO, DemoModel } from "./demo/demo.ts";
export type {
  EmbeddingChoice,
  EmbeddingModel,
  EmbeddingRequest,
  EmbeddingResult,
} from "./embeddings/types.ts";
export { BUILT_IN_ALIASES, KNOWN_PROVIDERS, type KnownProvider } from "./known_providers.ts";
export {
  type CallOptions,
  DEFAULT_IDLE_TIMEOUT_MS,
  DEFAULT_RETRY_DELAYS_MS,
  MAX_RETRY_AFTER_MS,
} from "./openai_completions.ts";
export type { ConnectorCall, ModelConnector } from "./openai_connector.ts";
export { formatModelRef, parseModelRef } from "./ref.ts";
export {
  type Model,
  type ModelContentPart,
  ModelError,
  type ModelErrorKind,
  type ModelEvent,
  type ModelInfo,
  type ModelMessage,
  type ModelRef,
  type ModelRequest,
  type ModelResponseFormat,
  type ModelSampling,
  type ModelStopReason,
  type ModelTool,
  type ModelToolCall,
  type ModelToolChoice,
  type ModelUsage,
  THINKING_LEVELS,
  type ThinkingLevel,
} from "./types.ts";
export { type ModelCost, usageCost } from "./usage.ts";
