/**
 * Token counts and what they cost.
 *
 * @module
 */
import type { ModelInfo, ModelUsage } from "./types.ts";

/** US dollars of one call, by kind of token. */
export interface ModelCost {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  total: number;
}

/** A count of nothing. */
export function emptyUsage(): ModelUsage {
  return { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
}

/**
 * What a call costs.
 *
 * @param price US dollars per million tokens.
 * @returns US dollars.
 */
export function usageCost(usage: ModelUsage, price: ModelInfo["cost"]): ModelCost {
  const input = usage.input * price.input / 1e6;
  const output = usage.output * price.output / 1e6;
  const cacheRead = usage.cacheRead * price.cacheRead / 1e6;
  const cacheWrite = usage.cacheWrite * price.cacheWrite / 1e6;
  return { input, output, cacheRead, cacheWrite, total: input + output + cacheRead + cacheWrite };
}
