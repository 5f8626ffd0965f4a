/**
 * How a backend is reached: address, key, headers.
 *
 * @module
 */
import { type Env, RedactionSet } from "../../base/mod.ts";
import type { SecretSetting } from "../config.ts";
import { type Credential, credentialFromEnv, resolveSecret } from "../credential.ts";
import { type CallContext, missingAddress, missingKey } from "../errors.ts";
import { hostOf, type Provider } from "../providers.ts";
import { formatModelRef } from "../ref.ts";
import type { ModelRef } from "../types.ts";
import { hasOpenAiForm, refusal } from "./choose.ts";
import { type KnownEmbedder, knownEmbedder } from "./known.ts";
import type { EmbeddingEndpoint } from "./remote.ts";
import type { EmbeddingChoice } from "./types.ts";

/** Silence of a provider after which a call is given up. */
const IDLE_TIMEOUT_MS = 60_000;

/** What is known of a provider. */
export interface EndpointFacts {
  /** Absent for providers that the catalogue does not have. */
  readonly provider: Provider | undefined;
  readonly remote: EmbeddingChoice["remote"];
  readonly env: Env;
  /** Longest silence, in milliseconds; wins over that of the provider. */
  readonly idleTimeoutMs?: number | undefined;
}

/**
 * The endpoint of a model.
 *
 * @throws {AppError} `INVALID_REQUEST` when the provider speaks no form that is understood.
 * @throws {ModelError} `PROVIDER_AUTH_FAILED` or `PROVIDER_BAD_REQUEST` when key or address is missing.
 */
export function endpointOf(ref: ModelRef, facts: EndpointFacts): EmbeddingEndpoint {
  const { provider, remote, env } = facts;
  const known = knownEmbedder(ref.provider);
  const isOllama = ref.provider === "ollama";
  checkForm(ref, facts, known);
  const home = provider?.openTarget(ref.model).baseUrl || known?.baseUrl || "";
  const baseUrl = (remote?.baseUrl?.trim() || home).replace(/\/+$/, "");
  const secrets = new RedactionSet();
  const context: CallContext = {
    ref: formatModelRef(ref),
    provider: ref.provider,
    host: hostOf(baseUrl),
    redact: (text) => secrets.redact(text),
  };
  if (baseUrl === "") throw missingAddress(context);
  // Keys and headers of a provider go to its own host and to no other.
  const isAtHome = hostOf(home) === hostOf(baseUrl);
  const apiKey = keyOf(context, facts, isAtHome);
  const needsKey = isAtHome && !isOllama && (provider?.needsKey ?? true);
  if (apiKey === undefined && needsKey) throw missingKey(context, "no API key is set");
  secrets.add(apiKey);
  const ownHeaders = isAtHome ? provider?.openTarget(ref.model).headers : undefined;
  const headers = headersOf({ ...ownHeaders, ...remote?.headers }, env, context);
  for (const value of Object.values(headers)) secrets.add(value);
  return {
    ref,
    form: isOllama ? "ollama" : "openai",
    url: urlOf(baseUrl, isOllama, isAtHome ? known?.path : undefined),
    apiKey,
    headers,
    dimensionsField: known?.dimensionsField ?? "dimensions",
    idleTimeoutMs: facts.idleTimeoutMs ?? provider?.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
    context,
  };
}

/** An address that was given for embeddings speaks OpenAI's form; a provider's own may not. */
function checkForm(
  ref: ModelRef,
  { provider, remote }: EndpointFacts,
  known: KnownEmbedder | undefined,
): void {
  if (known !== undefined || remote?.baseUrl) return;
  if (provider !== undefined && hasOpenAiForm(provider)) return;
  throw refusal(`Provider "${ref.provider}" makes no embeddings in a form that is understood`);
}

/** Ollama's own API is beside the compatible one, not below it. */
function urlOf(baseUrl: string, isOllama: boolean, path = ""): string {
  if (isOllama) return `${baseUrl.replace(/\/v1$/, "")}/api/embed`;
  return `${baseUrl}${baseUrl.endsWith(path) ? "" : path}/embeddings`;
}

/** The key of the endpoint itself before that of the provider. */
function keyOf(
  context: CallContext,
  facts: EndpointFacts,
  isAtHome: boolean,
): string | undefined {
  const own = resolveSecret(facts.remote?.apiKey, facts.env);
  const credential = own.kind === "none" && isAtHome ? credentialOf(context.provider, facts) : own;
  if (credential.kind === "unresolved") throw missingKey(context, credential.what);
  return credential.kind === "value" ? credential.value : undefined;
}

function credentialOf(id: string, { provider, env }: EndpointFacts): Credential {
  return provider?.credential ?? credentialFromEnv(knownEmbedder(id)?.keyVariables ?? [], env);
}

function headersOf(
  settings: Readonly<Record<string, SecretSetting>>,
  env: Env,
  context: CallContext,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const value = resolveSecret(setting, env);
    if (value.kind === "unresolved") throw missingKey(context, `header "${name}": ${value.what}`);
    if (value.kind === "value") headers[name] = value.value;
  }
  return headers;
}
