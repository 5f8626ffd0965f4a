/**
 * Which models there are, what a name means, and how to get a model that can be called.
 *
 * @module
 */
import { type Env, nearest } from "../base/mod.ts";
import type { ModelsConfig } from "./config.ts";
import { DEMO_API, DEMO_INFO, DemoModel } from "./demo/demo.ts";
import type { EmbeddingChoice, EmbeddingModel } from "./embeddings/types.ts";
import { BUILT_IN_ALIASES } from "./known_providers.ts";
import { type CallOptions, OpenAiCompletionsModel } from "./openai_completions.ts";
import { type ModelConnector, OpenAiConnector } from "./openai_connector.ts";
import {
  buildProviders,
  isCallable,
  type ModelTarget,
  OPENAI_COMPLETIONS,
  type Provider,
} from "./providers.ts";
import { formatModelRef, parseModelRef } from "./ref.ts";
import { type Model, ModelError, type ModelInfo, type ModelRef } from "./types.ts";

/** What {@linkcode ModelCatalog.list} shows. */
export type CatalogView = "default" | "configured" | "all";

/** A model with what a list says about it. */
export interface CatalogEntry extends ModelInfo {
  /** Whether it could be called now: wire format supported, key present. */
  available: boolean;
  /** Whether its provider is in the configuration. */
  configured: boolean;
  /** Whether it runs on this machine. */
  local: boolean;
}

/** How a name is understood. */
export interface ResolveOptions {
  /** The user's own names, alias → `provider/model`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Models that may be used, as `provider/model` or `provider/*`; absent or empty means all. */
  readonly allowlist?: readonly string[];
}

/** Settings of a catalogue besides the configuration. */
export interface ModelCatalogOptions extends CallOptions {
  /** How providers are reached; the official client unless a test brings its own. */
  readonly connector?: ModelConnector;
  /** The credential an agent has for a provider, the default agent's where none is named. */
  readonly profiles?: (provider: string, agentId?: string) => string | undefined;
}

const LIST_HINT = "openclaw models list";

/** The models of one configuration; a new configuration gets a new catalogue. */
export class ModelCatalog {
  readonly #providers: Map<string, Provider>;
  readonly #env: Env;
  readonly #options: ModelCatalogOptions;
  readonly #connector: ModelConnector;

  constructor(config: ModelsConfig, env: Env, options: ModelCatalogOptions = {}) {
    this.#providers = buildProviders(config, env, (id) => options.profiles?.(id));
    this.#env = env;
    this.#options = options;
    this.#connector = options.connector ?? new OpenAiConnector();
  }

  /**
   * The models of a view.
   *
   * `default` is what can be called now (the demo only when nothing else can), `configured` is what
   * the configuration names, `all` is everything, callable or not.
   *
   * @param options.allowlist Leaves out what is not on it; `all` ignores it.
   * @param options.used Models in use, which a provider may take without listing them.
   */
  list(
    options: {
      view?: CatalogView;
      allowlist?: readonly string[];
      used?: readonly string[];
    } = {},
  ): CatalogEntry[] {
    const { view = "default", allowlist, used } = options;
    const offered = [...this.#providers.values()].flatMap((provider) =>
      [...provider.models.values()].map(({ info }) => toEntry(provider, info))
    );
    const entries = this.#withNamed(offered, used);
    if (view === "all") return entries;
    const allowed = this.#withNamed(entries, allowlist)
      .filter((entry) => isAllowed(entry, allowlist));
    if (view === "configured") {
      return allowed.filter((entry) => entry.configured);
    }
    const callable = allowed.filter((entry) => entry.available && entry.api !== DEMO_API);
    return callable.length > 0 ? callable : entries.filter((entry) => entry.api === DEMO_API);
  }

  /** The model of that reference, or `undefined` when its provider does not offer it. */
  find(ref: ModelRef): ModelInfo | undefined {
    return this.#target(ref)?.info;
  }

  /**
   * The model a name means: a user's alias, `provider/model`, an id that one provider alone has, or
   * a built-in alias.
   *
   * @throws {ModelError} `MODEL_NOT_FOUND`, `MODEL_AMBIGUOUS` or `MODEL_NOT_ALLOWED`
   */
  resolve(text: string, options: ResolveOptions = {}): ModelInfo {
    const info = this.#lookUp(text.trim(), options.aliases ?? {});
    if (isAllowed(info, options.allowlist)) return info;
    throw new ModelError(
      "MODEL_NOT_ALLOWED",
      "bad_request",
      `Cannot use model "${formatModelRef(info)}": it is not in agents.defaults.models`,
      { hint: `openclaw config set 'agents.defaults.models["${formatModelRef(info)}"]' '{}'` },
    );
  }

  /**
   * The model taken when none is configured: the first model of the first configured provider that
   * can be called, else that of the first key in the environment, else the demo.
   */
  defaultModel(): ModelInfo {
    for (const provider of this.#providers.values()) {
      if (provider.defaultModel === undefined) continue;
      const info = this.find({ provider: provider.id, model: provider.defaultModel });
      if (info && isCallable(provider, info)) return info;
    }
    return DEMO_INFO;
  }

  /**
   * A model that can be called.
   *
   * A missing key shows when it is called, so that a fallback can take over.
   *
   * @param agentId Whose credential it is called with.
   * @throws {ModelError} `PROVIDER_API_UNSUPPORTED` or `MODEL_NOT_FOUND`
   */
  create(ref: ModelRef, agentId?: string): Model {
    const provider = this.#ofAgent(this.#providers.get(ref.provider), agentId);
    const target = this.#target(ref);
    if (!provider || !target) throw this.#notFound(formatModelRef(ref));
    const { info } = target;
    if (info.api === DEMO_API) return new DemoModel(this.#options.sleep);
    if (info.api !== OPENAI_COMPLETIONS) throw unsupportedApi(info);
    const idleTimeoutMs = this.#options.idleTimeoutMs ?? provider.idleTimeoutMs;
    return new OpenAiCompletionsModel(target, {
      ...this.#options,
      provider,
      env: this.#env,
      connector: this.#connector,
      ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    });
  }

  /** A provider with the credential of an agent, where that has one of its own. */
  #ofAgent(provider: Provider | undefined, agentId: string | undefined): Provider | undefined {
    if (provider === undefined || agentId === undefined) return provider;
    const value = this.#options.profiles?.(provider.id, agentId);
    return value === undefined ? provider : { ...provider, credential: { kind: "value", value } };
  }

  /**
   * What makes embeddings as `choice` says.
   *
   * @throws {AppError} `INVALID_REQUEST` when nothing does, or not what a caller asks for.
   * @throws {ModelError} When key or address of the provider is missing.
   */
  async embeddings(choice: EmbeddingChoice): Promise<EmbeddingModel> {
    const { createEmbeddingModel } = await import("./embeddings/mod.ts");
    return createEmbeddingModel(choice, {
      ...this.#options,
      providers: this.#providers,
      env: this.#env,
    });
  }

  /** `entries` and those of the named models that their providers take without listing them. */
  #withNamed(entries: CatalogEntry[], names: readonly string[] = []): CatalogEntry[] {
    const listed = new Set(entries.map((entry) => formatModelRef(entry)));
    const added = names.flatMap((name) => {
      const ref = parseModelRef(name);
      const provider = ref && this.#providers.get(ref.provider);
      const info = ref && ref.model !== "*" ? this.find(ref) : undefined;
      if (!provider || !info || listed.has(formatModelRef(info))) return [];
      return [toEntry(provider, info)];
    });
    return [...entries, ...added];
  }

  #target(ref: ModelRef): ModelTarget | undefined {
    const provider = this.#providers.get(ref.provider.toLowerCase());
    if (!provider) return undefined;
    return provider.models.get(ref.model) ??
      findIgnoringCase(provider, ref.model) ??
      (provider.isOpen ? provider.openTarget(ref.model) : undefined);
  }

  #lookUp(text: string, aliases: Readonly<Record<string, string>>): ModelInfo {
    const own = lookUpAlias(aliases, text);
    const name = own ?? text;
    const ref = parseModelRef(name);
    const found = ref && this.#target(ref);
    if (found) return found.info;
    const matches = this.#matchesOfId(name);
    if (matches.length === 1) return matches[0]!;
    if (matches.length > 1) throw ambiguous(name, matches);
    const builtIn = parseModelRef(lookUpAlias(BUILT_IN_ALIASES, name) ?? "");
    const meant = builtIn && this.#target(builtIn);
    if (meant) return meant.info;
    throw this.#notFound(name, Object.keys(aliases));
  }

  /** Models with that bare id, of configured providers if one of them has it. */
  #matchesOfId(id: string): ModelInfo[] {
    const matches = this.list({ view: "all" }).filter((entry) =>
      entry.model.toLowerCase() === id.toLowerCase()
    );
    const configured = matches.filter((entry) => entry.configured);
    return (configured.length > 0 ? configured : matches).flatMap((entry) =>
      this.find(entry) ?? []
    );
  }

  #notFound(name: string, aliases: string[] = []): ModelError {
    const ref = parseModelRef(name);
    const offered = this.list({ view: "all" });
    const names = offered.flatMap((entry) => [formatModelRef(entry), entry.model]);
    const near = nearest(name, [...names, ...aliases, ...Object.keys(BUILT_IN_ALIASES)]);
    const reason = name === ""
      ? "the name is empty"
      : ref === undefined
      ? "no provider and no alias has this name"
      : this.#providers.has(ref.provider)
      ? `provider "${ref.provider}" offers no such model`
      : `provider "${ref.provider}" is not configured`;
    const guess = near === undefined ? "" : `, the nearest name is "${near}"`;
    return new ModelError(
      "MODEL_NOT_FOUND",
      "bad_request",
      `Cannot find model "${name}": ${reason}${guess}`,
      {
        hint: LIST_HINT,
        details: { model: name, ...(near === undefined ? {} : { nearest: near }) },
      },
    );
  }
}

function toEntry(provider: Provider, info: ModelInfo): CatalogEntry {
  return {
    ...info,
    available: isCallable(provider, info),
    configured: provider.isConfigured,
    local: provider.isLocal,
  };
}

function findIgnoringCase(provider: Provider, id: string): ModelTarget | undefined {
  const wanted = id.toLowerCase();
  for (const [known, target] of provider.models) {
    if (known.toLowerCase() === wanted) return target;
  }
  return undefined;
}

function lookUpAlias(aliases: Readonly<Record<string, string>>, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(aliases).find(([alias]) => alias.toLowerCase() === wanted)?.[1];
}

function isAllowed(ref: ModelRef, allowlist: readonly string[] | undefined): boolean {
  if (!allowlist || allowlist.length === 0) return true;
  const name = formatModelRef(ref).toLowerCase();
  return allowlist.some((pattern) => {
    const wanted = pattern.trim().toLowerCase();
    return wanted.endsWith("/*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
  });
}

function ambiguous(name: string, matches: readonly ModelInfo[]): ModelError {
  const all = matches.map((match) => `"${formatModelRef(match)}"`).join(" and ");
  return new ModelError(
    "MODEL_AMBIGUOUS",
    "bad_request",
    `Cannot tell which model "${name}" means: ${all} both match`,
    { hint: `openclaw config set agents.defaults.model ${formatModelRef(matches[0]!)}` },
  );
}

function unsupportedApi(info: ModelInfo): ModelError {
  return new ModelError(
    "PROVIDER_API_UNSUPPORTED",
    "bad_request",
    `Cannot call model "${
      formatModelRef(info)
    }": its wire format "${info.api}" is not supported, ` +
      `"${OPENAI_COMPLETIONS}" is`,
    { hint: LIST_HINT, details: { api: info.api } },
  );
}
