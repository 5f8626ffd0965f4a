/**
 * Which backend makes the embeddings of an agent.
 *
 * @module
 */
import type { OpenClawConfig } from "../types.ts";
import { normalizeAgentId } from "./agents.ts";

type MemorySearch = NonNullable<
  NonNullable<NonNullable<OpenClawConfig["agents"]>["defaults"]>["memorySearch"]
>;

/** The backend, as far as it is configured. */
export interface ResolvedMemorySearch {
  /** Absent for `auto`. */
  readonly provider?: string;
  readonly model?: string;
  readonly remote?: Pick<NonNullable<MemorySearch["remote"]>, "baseUrl" | "apiKey" | "headers">;
}

/**
 * The `memorySearch` of an agent over the common one.
 *
 * An agent with a provider of its own takes neither model nor endpoint of the common one, whose key
 * was made for another service.
 */
export function resolveMemorySearch(config: OpenClawConfig, agentId: string): ResolvedMemorySearch {
  const entry = config.agents?.list?.find(({ id }) => normalizeAgentId(id) === agentId);
  const own = entry?.memorySearch ?? {};
  const common = config.agents?.defaults?.memorySearch ?? {};
  const hasOtherProvider = own.provider !== undefined && own.provider !== common.provider;
  const inherited = hasOtherProvider ? {} : common;
  const provider = named(own.provider ?? common.provider);
  const model = named(own.model ?? inherited.model);
  const remote = { ...inherited.remote, ...own.remote };
  return {
    ...(provider === undefined || provider.toLowerCase() === "auto" ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...(Object.keys(remote).length === 0 ? {} : { remote }),
  };
}

function named(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}
