/**
 * Joins the known providers with the configured ones.
 *
 * @module
 */
import type { Env } from "../base/mod.ts";
import {
  DEFAULT_CONTEXT_WINDOW,
  DEFAULT_MAX_TOKENS,
  type ModelCompat,
  type ModelsConfig,
  type ModelSettings,
  parseCompat,
  type ProviderSettings,
  type SecretSetting,
} from "./config.ts";
import { type Credential, credentialFromEnv, resolveSecret } from "./credential.ts";
import { DEMO_API, DEMO_INFO } from "./demo/demo.ts";
import { KNOWN_PROVIDERS, type KnownModel, type KnownProvider } from "./known_providers.ts";
import type { ModelInfo } from "./types.ts";

/** The wire format that is spoken. */
export const OPENAI_COMPLETIONS = "openai-completions";

/** A model together with what a call of it needs. */
export interface ModelTarget {
  info: ModelInfo;
  baseUrl: string;
  headers: Readonly<Record<string, SecretSetting>>;
  compat: ModelCompat;
  params: Readonly<Record<string, unknown>>;
  /** Whether `info.maxTokens` is a stated limit, not the default. */
  hasStatedLimit: boolean;
}

/** A provider, known or configured. */
export interface Provider {
  id: string;
  label: string;
  credential: Credential;
  /** Whether a call without a key is refused before it is made. */
  needsKey: boolean;
  isLocal: boolean;
  isConfigured: boolean;
  /** Whether ids that are not listed are taken. */
  isOpen: boolean;
  defaultModel: string | undefined;
  /** Longest silence in milliseconds, where configured. */
  idleTimeoutMs: number | undefined;
  models: Map<string, ModelTarget>;
  /** The target of an id that is not listed. */
  openTarget(id: string): ModelTarget;
}

/**
 * All providers by id: configured ones first, in their order, then the known ones, then the demo.
 *
 * @param profileOf The credential that somebody keeps for a provider; goes before all others.
 */
export function buildProviders(
  config: ModelsConfig,
  env: Env,
  profileOf: (provider: string) => string | undefined = () => undefined,
): Map<string, Provider> {
  const providers = new Map<string, Provider>();
  const knownById = new Map(KNOWN_PROVIDERS.map((known) => [known.id, known]));
  for (const [name, settings] of Object.entries(config.providers ?? {})) {
    const id = name.toLowerCase();
    providers.set(id, buildProvider(id, settings, knownById.get(id), env, profileOf(id)));
  }
  if (config.mode !== "replace") {
    for (const known of KNOWN_PROVIDERS) {
      if (!providers.has(known.id)) {
        providers.set(
          known.id,
          buildProvider(known.id, undefined, known, env, profileOf(known.id)),
        );
      }
    }
  }
  if (!providers.has(DEMO_INFO.provider)) {
    providers.set(DEMO_INFO.provider, demoProvider());
  }
  return providers;
}

function buildProvider(
  id: string,
  settings: ProviderSettings | undefined,
  known: KnownProvider | undefined,
  env: Env,
  profile: string | undefined,
): Provider {
  const baseUrl = settings?.baseUrl || known?.baseUrl || "";
  const isAtHome = known !== undefined &&
    hostOf(baseUrl) === hostOf(known.baseUrl);
  const configured = settings?.models ?? [];
  const models = new Map<string, ModelTarget>();
  for (const model of configured) {
    models.set(model.id, toTarget(id, settings, known, model));
  }
  for (const model of configured.length === 0 ? known?.models ?? [] : []) {
    models.set(model.id, toTarget(id, settings, known, model, model));
  }
  return {
    id,
    label: known?.label ?? id,
    credential: profile === undefined
      ? pickCredential(settings, known, isAtHome, env)
      : { kind: "value", value: profile },
    needsKey: isAtHome && !known.isLocal,
    isLocal: isLoopback(baseUrl),
    isConfigured: settings !== undefined,
    isOpen: baseUrl !== "" && configured.length === 0,
    defaultModel: configured[0]?.id ??
      (isAtHome ? known.defaultModel : undefined),
    idleTimeoutMs: settings?.timeoutSeconds === undefined
      ? undefined
      : settings.timeoutSeconds * 1000,
    models,
    openTarget: (model) => toTarget(id, settings, known, { id: model }),
  };
}

/**
 * Which key is used: a variable before the configured key at the provider's own address, the
 * configured key first at any other address, so that a key from the environment is not handed to a
 * host it was not made for.
 */
function pickCredential(
  settings: ProviderSettings | undefined,
  known: KnownProvider | undefined,
  isAtHome: boolean,
  env: Env,
): Credential {
  const fromConfig = resolveSecret(settings?.apiKey, env);
  const fromEnv = credentialFromEnv(known?.keyVariables ?? [], env);
  const [first, second] = isAtHome ? [fromEnv, fromConfig] : [fromConfig, fromEnv];
  return first.kind === "none" ? second : first;
}

function toTarget(
  provider: string,
  settings: ProviderSettings | undefined,
  known: KnownProvider | undefined,
  model: ModelSettings,
  facts?: KnownModel,
): ModelTarget {
  const { api, baseUrl } = endpointOf(settings, known, model);
  const maxTokens = model.maxTokens ?? settings?.maxTokens;
  return {
    info: {
      provider,
      model: model.id,
      name: model.name ?? model.id,
      api,
      contextWindow: model.contextWindow ?? settings?.contextWindow ??
        DEFAULT_CONTEXT_WINDOW,
      maxTokens: maxTokens ?? DEFAULT_MAX_TOKENS,
      reasoning: model.reasoning ?? false,
      input: facts?.input ?? toInput(model.input),
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, ...model.cost },
    },
    baseUrl,
    headers: { ...settings?.headers, ...model.headers },
    compat: parseCompat(known?.compat ?? {}, model.compat),
    params: { ...settings?.params, ...model.params },
    hasStatedLimit: maxTokens !== undefined,
  };
}

/** Ollama's own wire format is served through the compatible one on the same host. */
function endpointOf(
  settings: ProviderSettings | undefined,
  known: KnownProvider | undefined,
  model: ModelSettings,
): { api: string; baseUrl: string } {
  const api = model.api ?? settings?.api ?? known?.api ?? OPENAI_COMPLETIONS;
  const baseUrl = (model.baseUrl || settings?.baseUrl || known?.baseUrl || "")
    .replace(/\/+$/, "");
  if (api !== "ollama") return { api, baseUrl };
  return { api: OPENAI_COMPLETIONS, baseUrl: /\/v1$/.test(baseUrl) ? baseUrl : `${baseUrl}/v1` };
}

function toInput(input: readonly string[] | undefined): ModelInfo["input"] {
  return input?.includes("image") ? ["text", "image"] : ["text"];
}

function demoProvider(): Provider {
  const target: ModelTarget = {
    info: DEMO_INFO,
    baseUrl: "",
    headers: {},
    compat: {},
    params: {},
    hasStatedLimit: true,
  };
  return {
    id: DEMO_INFO.provider,
    label: DEMO_INFO.name,
    credential: { kind: "none" },
    needsKey: false,
    isLocal: true,
    isConfigured: false,
    isOpen: false,
    defaultModel: DEMO_INFO.model,
    idleTimeoutMs: undefined,
    models: new Map([[DEMO_INFO.model, target]]),
    openTarget: () => target,
  };
}

/** Whether a model of this provider could be called now. */
export function isCallable(provider: Provider, info: ModelInfo): boolean {
  if (info.api === DEMO_API) return true;
  if (
    info.api !== OPENAI_COMPLETIONS || provider.credential.kind === "unresolved"
  ) return false;
  if (provider.credential.kind === "value") return true;
  return provider.isConfigured && !provider.needsKey;
}

/** Host and port of an address, or the text itself where it is none. */
export function hostOf(url: string): string {
  return URL.parse(url)?.host || url;
}

function isLoopback(url: string): boolean {
  const name = URL.parse(url)?.hostname ?? "";
  return name === "localhost" || name === "[::1]" || /^127\./.test(name);
}
