/**
 * Which provider and which of its models an embedding is made with.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { OPENAI_COMPLETIONS, type Provider } from "../providers.ts";
import { parseModelRef } from "../ref.ts";
import { embedderId, KNOWN_EMBEDDERS, knownEmbedder } from "./known.ts";
import type { EmbeddingChoice } from "./types.ts";

/** A backend, not yet reached. */
export interface ChosenBackend {
  readonly provider: string;
  /** Absent when nobody names one; the demo has only one. */
  readonly model?: string;
  /** The address of the configuration; absent when a caller asked for another provider. */
  readonly remote?: EmbeddingChoice["remote"];
}

type Providers = ReadonlyMap<string, Provider>;

/** Id of the backend without a network. */
export const DEMO_PROVIDER = "demo";

/**
 * Picks a backend: what a caller asks for where it may, else what is configured, else the best there is.
 *
 * @throws {AppError} `INVALID_REQUEST` for what cannot be asked for, and when nothing makes
 * embeddings.
 */
export function chooseBackend(choice: EmbeddingChoice, providers: Providers): ChosenBackend {
  const configured = choice.provider === undefined ? undefined : embedderId(choice.provider);
  const asked: AskedBackend = choice.asked === undefined ? {} : readAsked(choice.asked);
  if (asked.provider !== undefined && configured !== undefined && asked.provider !== configured) {
    throw refusal("This agent does not allow that embedding provider on `/v1/embeddings`.");
  }
  if (asked.provider !== undefined && !isKnown(asked.provider, providers)) throw unsupported();
  const provider = asked.provider ?? configured ?? bestProvider(choice, providers);
  // What is configured belongs to the configured provider, and to no other.
  const isOwn = asked.provider === undefined || asked.provider === configured;
  const model = asked.model ?? (isOwn ? choice.model : undefined) ??
    usualModel(provider, providers);
  return {
    provider,
    ...(model === undefined ? {} : { model }),
    ...(isOwn && choice.remote ? { remote: choice.remote } : {}),
  };
}

/** A refusal that is the caller's or the configuration's to mend. */
export function refusal(message: string): AppError {
  return new AppError("INVALID_REQUEST", message, {
    hint: "openclaw config get agents.defaults.memorySearch",
  });
}

interface AskedBackend {
  provider?: string;
  model?: string;
}

/** A bare id is a model of the agent's provider. */
function readAsked(text: string): AskedBackend {
  if (!/^[^\s/]+(?:\/[^\s/]+)*$/.test(text)) throw unsupported();
  const ref = parseModelRef(text);
  return ref === undefined
    ? { model: text }
    : { provider: embedderId(ref.provider), model: ref.model };
}

function unsupported(): AppError {
  return refusal("Unsupported embedding model reference.");
}

function isKnown(id: string, providers: Providers): boolean {
  return providers.has(id) || knownEmbedder(id) !== undefined;
}

/** The provider of the agent's own model if it can, else a known one with a key. */
function bestProvider(
  { usual: usualOf, model, remote }: EmbeddingChoice,
  providers: Providers,
): string {
  if (remote?.baseUrl) return "openai";
  const usual = usualOf();
  const ids = [embedderId(usual), ...Object.keys(KNOWN_EMBEDDERS)];
  const found = ids.find((id) => canEmbed(providers.get(id), model));
  if (found !== undefined) return found;
  if (usual === DEMO_PROVIDER) return DEMO_PROVIDER;
  throw new AppError(
    "INVALID_REQUEST",
    `Cannot make embeddings: provider "${usual}" makes none, and no other one has a key`,
    { hint: "openclaw config set agents.defaults.memorySearch.provider openai" },
  );
}

/** Whether a provider has a key or needs none, and is known or likely to make embeddings. */
function canEmbed(provider: Provider | undefined, model: string | undefined): boolean {
  if (provider === undefined || provider.id === DEMO_PROVIDER) return false;
  const { id, credential, isConfigured, needsKey } = provider;
  if (credential.kind === "unresolved") return false;
  if (credential.kind === "none" && (needsKey || !isConfigured)) return false;
  if (knownEmbedder(id) !== undefined) return true;
  // A well-known service that is not in the list makes none; another address may well do.
  return hasOpenAiForm(provider) && (model !== undefined || !needsKey);
}

/** Whether a provider's models are called in the form of OpenAI. */
export function hasOpenAiForm(provider: Provider): boolean {
  return provider.openTarget("").info.api === OPENAI_COMPLETIONS;
}

/** The model of a provider that is taken when none is named. */
function usualModel(id: string, providers: Providers): string | undefined {
  if (id === DEMO_PROVIDER) return undefined;
  const provider = providers.get(id);
  const listed = [...provider?.models.keys() ?? []].find((name) => /embed/i.test(name));
  if (listed !== undefined) return listed;
  const known = knownEmbedder(id)?.model;
  if (known !== undefined) return known;
  return provider?.needsKey === false ? KNOWN_EMBEDDERS.openai!.model : undefined;
}
