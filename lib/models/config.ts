/**
 * The part of the `models` configuration this room reads, as plain data.
 *
 * Owns no schema: the configuration room validates, this names what is used.
 *
 * @module
 */

/** A secret as configured: its text, `${NAME}`, or a reference to where it is kept. */
export type SecretSetting = string | {
  readonly source: string;
  readonly id: string;
};

/** Where a provider differs from the usual form of its wire format. */
export interface ModelCompat {
  /** Name of the field that bounds the generated tokens. */
  maxTokensField?: "max_tokens" | "max_completion_tokens";
  /** Whether functions may be offered; default true. */
  supportsTools?: boolean;
  /** Whether `stream_options.include_usage` is understood; default true. */
  supportsUsageInStreaming?: boolean;
  /** Whether `reasoning_effort` is understood; default only for OpenAI itself. */
  supportsReasoningEffort?: boolean;
  /** Whether a function may be marked `strict`; default true. */
  supportsStrictMode?: boolean;
  /** Whether `prompt_cache_key` is understood; always by OpenAI itself. */
  supportsPromptCacheKey?: boolean;
  /** Whether message content must be one string, never a list of parts. */
  requiresStringContent?: boolean;
}

/** One entry of `models.providers.<id>.models`. */
export interface ModelSettings {
  readonly id: string;
  readonly name?: string;
  readonly api?: string;
  readonly baseUrl?: string;
  /** Tokens of input and output together. */
  readonly contextWindow?: number;
  readonly maxTokens?: number;
  readonly reasoning?: boolean;
  readonly input?: readonly string[];
  /** US dollars per million tokens. */
  readonly cost?: {
    readonly input?: number;
    readonly output?: number;
    readonly cacheRead?: number;
    readonly cacheWrite?: number;
  };
  readonly compat?: Readonly<Record<string, unknown>>;
  /** Further fields of the request body. */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, SecretSetting>>;
}

/** One entry of `models.providers`. */
export interface ProviderSettings {
  readonly baseUrl?: string;
  readonly apiKey?: SecretSetting;
  /** Wire format; default `openai-completions`. */
  readonly api?: string;
  readonly headers?: Readonly<Record<string, SecretSetting>>;
  readonly models?: readonly ModelSettings[];
  readonly contextWindow?: number;
  readonly maxTokens?: number;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Longest silence of the provider, in seconds. */
  readonly timeoutSeconds?: number;
}

/** The `models` section. */
export interface ModelsConfig {
  /** `merge` (default) adds to the built-in providers, `replace` leaves them out. */
  readonly mode?: string;
  readonly providers?: Readonly<Record<string, ProviderSettings>>;
}

/** Tokens of input and output together, where neither configuration nor catalogue says. */
export const DEFAULT_CONTEXT_WINDOW = 200_000;

/** Generated tokens at most, where neither configuration nor catalogue says. */
export const DEFAULT_MAX_TOKENS = 8192;

/** Reads the known flags of a `compat` record over the provider's usual ones. */
export function parseCompat(
  base: ModelCompat,
  over: Readonly<Record<string, unknown>> = {},
): ModelCompat {
  const compat = { ...base };
  const field = over.maxTokensField;
  if (field === "max_tokens" || field === "max_completion_tokens") {
    compat.maxTokensField = field;
  }
  const flags = [
    "supportsTools",
    "supportsUsageInStreaming",
    "supportsReasoningEffort",
    "supportsStrictMode",
    "supportsPromptCacheKey",
    "requiresStringContent",
  ] as const;
  for (const flag of flags) {
    const value = over[flag];
    if (typeof value === "boolean") compat[flag] = value;
  }
  return compat;
}
