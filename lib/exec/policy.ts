/**
 * The policy that holds for one agent: the stricter of what the file says and what was asked for.
 *
 * @module
 */
import type { ExecApprovalsFile } from "../protocol/mod.ts";
import type { AllowlistEntry, ExecAsk, ExecPolicy, ExecSecurity } from "./types.ts";

const SECURITY_ORDER: readonly ExecSecurity[] = ["deny", "allowlist", "full"];
const ASK_ORDER: readonly ExecAsk[] = ["off", "on-miss", "always"];
/** Settings of this name hold for every agent. */
const EVERY_AGENT = "*";

/** Settings besides the file: of the configuration, of a request. */
export interface ExecWish {
  readonly security?: ExecSecurity | undefined;
  readonly ask?: ExecAsk | undefined;
}

/** Where nothing else is said: everything runs, and an unanswered question is a no. */
export const DEFAULT_EXEC_POLICY: ExecPolicy = {
  security: "full",
  ask: "off",
  askFallback: "deny",
  autoAllowSkills: false,
  allowlist: [],
};

/**
 * The policy of an agent.
 *
 * The file's settings of the agent come before those of `*`, and these before its `defaults`. Each
 * wish can only make the result stricter.
 *
 * @param base What holds where the file is silent.
 */
export function resolveExecPolicy(
  file: ExecApprovalsFile,
  agentId: string,
  wishes: readonly ExecWish[] = [],
  base: ExecPolicy = DEFAULT_EXEC_POLICY,
): ExecPolicy {
  const agents = file.agents ?? {};
  const own = Object.hasOwn(agents, agentId) ? agents[agentId] : undefined;
  const every = Object.hasOwn(agents, EVERY_AGENT) ? agents[EVERY_AGENT] : undefined;
  const layers = [own, every, file.defaults];
  const pick = <K extends "security" | "ask" | "askFallback" | "autoAllowSkills">(key: K) =>
    layers.find((layer) => layer?.[key] !== undefined)?.[key];
  const security = [pick("security") ?? base.security, ...wishes.map((wish) => wish.security)];
  const ask = [pick("ask") ?? base.ask, ...wishes.map((wish) => wish.ask)];
  return {
    security: strictest(security, SECURITY_ORDER),
    ask: strictest(ask, [...ASK_ORDER].reverse()),
    askFallback: pick("askFallback") ?? base.askFallback,
    autoAllowSkills: pick("autoAllowSkills") ?? base.autoAllowSkills,
    allowlist: [...allowlistOf(own), ...(agentId === EVERY_AGENT ? [] : allowlistOf(every))],
  };
}

function allowlistOf(agent: { allowlist?: readonly { pattern: string }[] } | undefined) {
  return (agent?.allowlist ?? []) as readonly AllowlistEntry[];
}

/** The value that stands first in `order`. */
function strictest<T>(values: readonly (T | undefined)[], order: readonly T[]): T {
  const ranks = values.filter((value) => value !== undefined).map((value) => order.indexOf(value));
  return order[Math.max(0, Math.min(...ranks))]!;
}
