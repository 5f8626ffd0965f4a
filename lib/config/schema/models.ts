/**
 * The `models` section: providers, their models and prices.
 *
 * @module
 */
import * as z from "zod/mini";
import {
  anything,
  choice,
  decimal,
  flag,
  group,
  listOf,
  mapOf,
  open,
  requiredText,
  secret,
  secretRef,
  text,
  texts,
  whole,
} from "./field.ts";

const APIS = [
  "openai-completions",
  "openai-responses",
  "openai-codex-responses",
  "anthropic-messages",
  "google-generative-ai",
  "github-copilot",
  "bedrock-converse-stream",
  "ollama",
  "azure-openai-responses",
] as const;

/** Builds the schema of `models`. */
export function modelsSchema() {
  return z.object({
    mode: choice(["merge", "replace"], "Whether providers add to the built-in catalogue"),
    pricing: group({ enabled: flag("Compute costs") }, "Prices", { reload: "restart" }),
    bedrockDiscovery: open("Search for models of Amazon Bedrock"),
    providers: mapOf(providerEntry(), "Places that serve models, by name"),
  });
}

function headers(description: string) {
  return mapOf(z.union([z.string(), secretRef()]), description);
}

function providerEntry() {
  return z.object({
    baseUrl: text("Address of the API; known providers have one"),
    apiKey: secret("Key of the API"),
    auth: choice(["api-key", "aws-sdk", "oauth", "token"], "Kind of credential"),
    authHeader: flag("Send the key as Authorization: Bearer"),
    headers: headers("Headers of every request"),
    api: choice(APIS, "Wire format"),
    contextWindow: whole("Context of models that do not say", { min: 1, unit: "tokens" }),
    contextTokens: whole("Context to plan with", { min: 1, unit: "tokens" }),
    maxTokens: whole("Longest answer of models that do not say", { min: 1, unit: "tokens" }),
    timeoutSeconds: whole("Time a call may take", { min: 1, unit: "seconds" }),
    injectNumCtxForOpenAICompat: flag("Tell Ollama the size of the context"),
    params: open("Request parameters of every model"),
    request: group({
      headers: headers("Headers of every request"),
      auth: anything("Credential of every request"),
      proxy: anything("Proxy"),
      tls: anything("Certificates"),
      allowPrivateNetwork: flag("Allow addresses of private networks"),
    }, "How requests are sent"),
    localService: group({
      command: text("Program to start"),
      args: texts("Its arguments"),
      cwd: text("Its working folder"),
      env: mapOf(z.string(), "Its environment"),
      healthUrl: text("Address that answers once it is ready"),
      readyTimeoutMs: whole("Time it has to get ready", { min: 1, unit: "ms" }),
      idleStopMs: whole("Idle time after which it is stopped", { unit: "ms" }),
    }, "Local server that is started on demand"),
    models: listOf(modelEntry(), "Models of the provider"),
  });
}

function modelEntry() {
  return z.object({
    id: requiredText("Id at the provider"),
    name: text("For people"),
    api: choice(APIS, "Wire format, when it differs from the provider's"),
    baseUrl: text("Address, when it differs from the provider's"),
    reasoning: flag("Whether the model thinks before it answers"),
    input: listOf(
      z.enum(["text", "image", "audio", "video", "document"]),
      "What the model takes",
    ),
    cost: group({
      input: decimal("Price of input", { unit: "USD per million tokens" }),
      output: decimal("Price of output", { unit: "USD per million tokens" }),
      cacheRead: decimal("Price of cached input", { unit: "USD per million tokens" }),
      cacheWrite: decimal("Price of writing the cache", { unit: "USD per million tokens" }),
    }, "Prices"),
    contextWindow: whole("Tokens of input and output together", { min: 1, unit: "tokens" }),
    contextTokens: whole("Context to plan with", { min: 1, unit: "tokens" }),
    maxTokens: whole("Longest answer", { min: 1, unit: "tokens" }),
    compat: open("Deviations from the wire format"),
    headers: headers("Headers of requests for this model"),
    params: open("Request parameters"),
  });
}
