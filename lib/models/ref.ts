/**
 * Model references such as `openai/gpt-5.5`.
 *
 * @module
 */
import type { ModelRef } from "./types.ts";

/**
 * Splits `provider/model` at the first slash; the provider is lower-cased.
 *
 * @returns The reference, or `undefined` when either half is missing.
 */
export function parseModelRef(text: string): ModelRef | undefined {
  const trimmed = text.trim();
  const slash = trimmed.indexOf("/");
  if (slash < 1 || slash === trimmed.length - 1) return undefined;
  return { provider: trimmed.slice(0, slash).toLowerCase(), model: trimmed.slice(slash + 1) };
}

/** Writes a reference as `provider/model`. */
export function formatModelRef(ref: ModelRef): string {
  return `${ref.provider}/${ref.model}`;
}
