/**
 * Makes embeddings: which backend an agent uses, and how it is reached. Loaded with the first request.
 *
 * @module
 */
import { AppError, type Env } from "../../base/mod.ts";
import type { Provider } from "../providers.ts";
import { chooseBackend, DEMO_PROVIDER } from "./choose.ts";
import { DemoEmbeddings } from "./demo.ts";
import { endpointOf } from "./endpoint.ts";
import { RemoteEmbeddings, type RemoteOptions } from "./remote.ts";
import type { EmbeddingChoice, EmbeddingModel } from "./types.ts";

/** What there is to choose from. */
export interface EmbeddingAccess extends RemoteOptions {
  /** By id. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly env: Env;
  /** Longest silence, in milliseconds; wins over that of the provider. */
  readonly idleTimeoutMs?: number;
}

/**
 * The model that a choice means.
 *
 * @throws {AppError} `INVALID_REQUEST` for what cannot be asked for, and when nothing makes
 * embeddings.
 * @throws {ModelError} `PROVIDER_AUTH_FAILED` or `PROVIDER_BAD_REQUEST` when key or address is missing.
 */
export function createEmbeddingModel(
  choice: EmbeddingChoice,
  access: EmbeddingAccess,
): EmbeddingModel {
  const { providers, env, idleTimeoutMs } = access;
  const { provider, model, remote } = chooseBackend(choice, providers);
  if (provider === DEMO_PROVIDER) return new DemoEmbeddings();
  if (model === undefined) {
    throw new AppError(
      "INVALID_REQUEST",
      `Cannot make embeddings with "${provider}": no model is named`,
      { hint: "openclaw config set agents.defaults.memorySearch.model <model>" },
    );
  }
  const facts = { provider: providers.get(provider), remote, env, idleTimeoutMs };
  return new RemoteEmbeddings(endpointOf({ provider, model }, facts), access);
}
