/**
 * Providers known without configuration: where they are, which variable holds their key, and a few
 * of their models.
 *
 * A provider listed here takes any model id; the models named are those with a known size and price.
 *
 * @module
 */
import type { ModelCompat } from "./config.ts";
import type { ModelInfo } from "./types.ts";

/** A model of a known provider. */
export interface KnownModel {
  readonly id: string;
  readonly name: string;
  readonly contextWindow: number;
  readonly maxTokens: number;
  readonly reasoning: boolean;
  readonly input: ModelInfo["input"];
  readonly cost: ModelInfo["cost"];
}

/** A provider known without configuration. */
export interface KnownProvider {
  readonly id: string;
  readonly label: string;
  readonly api: string;
  readonly baseUrl: string;
  /** Variables that may hold the key, first match wins. */
  readonly keyVariables: readonly string[];
  /** Whether it runs on the user's machine and needs no key. */
  readonly isLocal?: boolean;
  readonly compat?: ModelCompat;
  /** The model taken when only this provider's key is there. */
  readonly defaultModel?: string;
  readonly models?: readonly KnownModel[];
}

const OPENAI_MODELS: readonly KnownModel[] = [
  known("gpt-5.5", "GPT-5.5", 1_000_000, 128_000, [5, 30, 0.5, 0]),
  known("gpt-5.4", "GPT-5.4", 1_000_000, 128_000, [2.5, 15, 0.25, 0]),
  known("gpt-5.4-mini", "GPT-5.4 mini", 400_000, 128_000, [0.75, 4.5, 0.075, 0]),
  known("gpt-5.4-nano", "GPT-5.4 nano", 400_000, 128_000, [0.2, 1.25, 0.02, 0]),
];

const ANTHROPIC_MODELS: readonly KnownModel[] = [
  known("claude-opus-4-6", "Claude Opus 4.6", 200_000, 32_000, [5, 25, 0.5, 6.25]),
  known("claude-sonnet-4-6", "Claude Sonnet 4.6", 200_000, 32_000, [3, 15, 0.3, 3.75]),
];

const OLD_LIMIT_FIELD: ModelCompat = { maxTokensField: "max_tokens" };

/** Every known provider; the order is that of preference for the default model. */
export const KNOWN_PROVIDERS: readonly KnownProvider[] = [
  cloud("openai", "OpenAI", "https://api.openai.com/v1", {
    defaultModel: "gpt-5.5",
    models: OPENAI_MODELS,
  }),
  cloud("anthropic", "Anthropic", "https://api.anthropic.com", {
    api: "anthropic-messages",
    keyVariables: ["ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"],
    models: ANTHROPIC_MODELS,
  }),
  cloud(
    "google",
    "Google",
    "https://generativelanguage.googleapis.com/v1beta",
    { api: "google-generative-ai", keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"] },
  ),
  cloud("openrouter", "OpenRouter", "https://openrouter.ai/api/v1", {
    defaultModel: "openrouter/auto",
  }),
  cloud("groq", "Groq", "https://api.groq.com/openai/v1", {
    defaultModel: "llama-3.3-70b-versatile",
  }),
  cloud("mistral", "Mistral", "https://api.mistral.ai/v1", {
    defaultModel: "mistral-large-latest",
    compat: OLD_LIMIT_FIELD,
  }),
  cloud("deepseek", "DeepSeek", "https://api.deepseek.com/v1", {
    defaultModel: "deepseek-chat",
    compat: OLD_LIMIT_FIELD,
  }),
  cloud("xai", "xAI", "https://api.x.ai/v1", { defaultModel: "grok-4" }),
  cloud("together", "Together", "https://api.together.xyz/v1", {
    defaultModel: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    compat: OLD_LIMIT_FIELD,
  }),
  cloud("fireworks", "Fireworks", "https://api.fireworks.ai/inference/v1", {
    compat: OLD_LIMIT_FIELD,
  }),
  cloud("cerebras", "Cerebras", "https://api.cerebras.ai/v1", { defaultModel: "gpt-oss-120b" }),
  cloud("moonshot", "Moonshot", "https://api.moonshot.ai/v1", {
    keyVariables: ["MOONSHOT_API_KEY", "KIMI_API_KEY"],
    compat: OLD_LIMIT_FIELD,
  }),
  cloud("zai", "Z.AI", "https://api.z.ai/api/paas/v4", {
    keyVariables: ["ZAI_API_KEY", "Z_AI_API_KEY"],
    compat: OLD_LIMIT_FIELD,
  }),
  cloud("minimax", "MiniMax", "https://api.minimax.io/v1"),
  cloud("nvidia", "NVIDIA", "https://integrate.api.nvidia.com/v1", { compat: OLD_LIMIT_FIELD }),
  cloud(
    "vercel-ai-gateway",
    "Vercel AI Gateway",
    "https://ai-gateway.vercel.sh/v1",
    { keyVariables: ["AI_GATEWAY_API_KEY"] },
  ),
  cloud("huggingface", "Hugging Face", "https://router.huggingface.co/v1", {
    keyVariables: ["HF_TOKEN"],
  }),
  local("ollama", "Ollama", "http://127.0.0.1:11434/v1", "OLLAMA_API_KEY"),
  local("vllm", "vLLM", "http://127.0.0.1:8000/v1", "VLLM_API_KEY"),
  local("sglang", "SGLang", "http://127.0.0.1:30000/v1", "SGLANG_API_KEY"),
  local("lmstudio", "LM Studio", "http://127.0.0.1:1234/v1", "LM_API_TOKEN"),
  local("litellm", "LiteLLM", "http://127.0.0.1:4000/v1", "LITELLM_API_KEY"),
];

/** Short names every installation knows; a user's own alias of the same name wins. */
export const BUILT_IN_ALIASES: Readonly<Record<string, string>> = {
  "opus": "anthropic/claude-opus-4-6",
  "sonnet": "anthropic/claude-sonnet-4-6",
  "gpt": "openai/gpt-5.5",
  "gpt-mini": "openai/gpt-5.4-mini",
  "gpt-nano": "openai/gpt-5.4-nano",
  "gemini": "google/gemini-3.1-pro-preview",
  "gemini-flash": "google/gemini-3-flash-preview",
  "gemini-flash-lite": "google/gemini-3.1-flash-lite-preview",
};

function known(
  id: string,
  name: string,
  contextWindow: number,
  maxTokens: number,
  price: [input: number, output: number, cacheRead: number, cacheWrite: number],
): KnownModel {
  const [input, output, cacheRead, cacheWrite] = price;
  return {
    id,
    name,
    contextWindow,
    maxTokens,
    reasoning: true,
    input: ["text", "image"],
    cost: { input, output, cacheRead, cacheWrite },
  };
}

function cloud(
  id: string,
  label: string,
  baseUrl: string,
  rest: Partial<KnownProvider> = {},
): KnownProvider {
  const keyVariables = [`${id.toUpperCase()}_API_KEY`];
  return { id, label, baseUrl, api: "openai-completions", keyVariables, ...rest };
}

function local(id: string, label: string, baseUrl: string, keyVariable: string): KnownProvider {
  return {
    id,
    label,
    baseUrl,
    api: "openai-completions",
    keyVariables: [keyVariable],
    isLocal: true,
    compat: OLD_LIMIT_FIELD,
  };
}
