/**
 * Providers that are known to make embeddings, and with which model.
 *
 * @module
 */

/** What is known of a provider besides its chat models. */
export interface KnownEmbedder {
  /** Taken when none is configured. */
  readonly model: string;
  /** Where it is, for providers that serve nothing but embeddings here. */
  readonly baseUrl?: string;
  /** Variables that may hold the key, for the same. */
  readonly keyVariables?: readonly string[];
  /** What follows the provider's address in the OpenAI form of its API. */
  readonly path?: string;
  /** The field that bounds the vectors; `dimensions` when absent. */
  readonly dimensionsField?: string;
}

/** Known providers by id, the preferred ones first. */
export const KNOWN_EMBEDDERS: Readonly<Record<string, KnownEmbedder>> = {
  openai: {
    model: "text-embedding-3-small",
    baseUrl: "https://api.openai.com/v1",
    keyVariables: ["OPENAI_API_KEY"],
  },
  google: {
    model: "gemini-embedding-001",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta",
    keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    path: "/openai",
  },
  voyage: {
    model: "voyage-4-large",
    baseUrl: "https://api.voyageai.com/v1",
    keyVariables: ["VOYAGE_API_KEY"],
    dimensionsField: "output_dimension",
  },
  mistral: {
    model: "mistral-embed",
    baseUrl: "https://api.mistral.ai/v1",
    keyVariables: ["MISTRAL_API_KEY"],
    dimensionsField: "output_dimension",
  },
  deepinfra: {
    model: "BAAI/bge-m3",
    baseUrl: "https://api.deepinfra.com/v1/openai",
    keyVariables: ["DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN"],
  },
  ollama: {
    model: "nomic-embed-text",
    baseUrl: "http://127.0.0.1:11434",
    keyVariables: ["OLLAMA_API_KEY"],
  },
};

/** Other names that configurations use. */
const OTHER_NAMES: Readonly<Record<string, string>> = { gemini: "google" };

/** The id of a provider as this room knows it. */
export function embedderId(name: string): string {
  const id = name.trim().toLowerCase();
  return OTHER_NAMES[id] ?? id;
}

/** What is known of a provider, if anything is. */
export function knownEmbedder(id: string): KnownEmbedder | undefined {
  return Object.hasOwn(KNOWN_EMBEDDERS, id) ? KNOWN_EMBEDDERS[id] : undefined;
}
