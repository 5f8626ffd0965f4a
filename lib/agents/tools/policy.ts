/**
 * Which tools a caller has: a row of rules, each of which only takes away.
 *
 * Pure: reads no configuration by itself and knows no tool by itself.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { canonicalToolName, expandGroups, profileMembers } from "./groups.ts";

/** The rules of one place of the configuration; nothing else in there is looked at. */
export interface ToolRules {
  readonly profile?: string;
  readonly allow?: readonly string[];
  /** Added to the profile, or to `allow`. */
  readonly alsoAllow?: readonly string[];
  readonly deny?: readonly string[];
  /** By `provider` or `provider/model`; the longer name counts. */
  readonly byProvider?: Readonly<Record<string, ToolRules>>;
  /** By `id:`, `username:`, `name:` or `e164:` with a value, or `*`. */
  readonly toolsBySender?: Readonly<Record<string, ToolRules>>;
}

/** Who wrote the message that is worked on. */
export interface ToolSender {
  readonly id?: string;
  readonly username?: string;
  readonly name?: string;
  readonly e164?: string;
}

/** Where a caller stands. */
export interface ToolPolicyInput {
  /** `tools`. */
  readonly global?: ToolRules | undefined;
  /** `agents.list[].tools`. */
  readonly agent?: ToolRules | undefined;
  /** `tools` of the group or channel that the session belongs to. */
  readonly group?: ToolRules | undefined;
  /** `tools.sandbox.tools`, where the session is kept apart. */
  readonly sandbox?: ToolRules | undefined;
  /** `tools.subagents.tools`. */
  readonly subagents?: ToolRules | undefined;
  /** Of the model that calls; absent where none does. */
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly sender?: ToolSender | undefined;
  /** What kind of session calls; a leaf begins no further ones. */
  readonly subagent?: "orchestrator" | "leaf" | undefined;
  /** Whether the caller may do what only the owner may. */
  readonly isOwner: boolean;
}

/** What the verdict needs to know of a tool. */
export interface JudgedTool {
  readonly name: string;
  readonly isOwnerOnly: boolean;
}

/** Tools that subagents never get. */
const NOT_FOR_SUBAGENTS = ["gateway", "agents_list", "session_status", "cron", "sessions_send"];
/** Tools that only those have who may begin further sessions. */
const NOT_FOR_LEAVES = ["subagents", "sessions_list", "sessions_history", "sessions_spawn"];

/** One rule: what it leaves and what it takes, by name, pattern or group. */
interface Step {
  /** Where it stands, for people. */
  readonly label: string;
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
}

/** Judges tools for one caller. */
export class ToolPolicy {
  /** The profile in force; `full` when none is configured. */
  readonly profile: string;
  readonly #steps: readonly (Step & { matchesAllow?: Matcher; matchesDeny: Matcher })[];
  readonly #isOwner: boolean;

  constructor(input: ToolPolicyInput) {
    this.profile = input.agent?.profile ?? input.global?.profile ?? "full";
    this.#isOwner = input.isOwner;
    this.#steps = stepsOf(input, this.profile).map((step) => ({
      ...step,
      ...(step.allow === undefined ? {} : { matchesAllow: matcherOf(step.allow) }),
      matchesDeny: matcherOf(step.deny ?? []),
    }));
  }

  /** Where the rule stands that takes a tool away; nothing when the caller has it. */
  deniedBy(tool: JudgedTool): string | undefined {
    const name = canonicalToolName(tool.name);
    const step = this.#steps.find(({ matchesAllow, matchesDeny }) =>
      // Whoever may write files may patch them, and whoever may not, may not.
      matchesDeny(name) || (name === PATCH && matchesDeny(WRITE)) ||
      (matchesAllow !== undefined && !matchesAllow(name) &&
        !(name === PATCH && matchesAllow(WRITE)))
    );
    if (step) return step.label;
    return tool.isOwnerOnly && !this.#isOwner ? OWNER_RULE : undefined;
  }

  /** Those of some tools that the caller has. */
  filter<T extends JudgedTool>(tools: readonly T[]): T[] {
    return tools.filter((tool) => this.deniedBy(tool) === undefined);
  }
}

/** What {@linkcode ToolPolicy.deniedBy} says of what only the owner may do. */
export const OWNER_RULE = "owner";
const PATCH = "apply_patch";
const WRITE = "write";

function stepsOf(input: ToolPolicyInput, profile: string): Step[] {
  const { global = {}, agent = {}, group, sandbox, subagents } = input;
  const ofProvider = byProvider(global, input);
  const ofAgentProvider = byProvider(agent, input);
  const providerProfile = ofAgentProvider?.profile ?? ofProvider?.profile;
  const added = agent.alsoAllow ?? global.alsoAllow;
  const addedByProvider = ofAgentProvider?.alsoAllow ?? ofProvider?.alsoAllow;
  return [
    { label: "tools.profile", allow: union(profileMembers(profile), added) },
    {
      label: "tools.byProvider profile",
      allow: union(profileMembers(providerProfile), addedByProvider),
    },
    ruleStep("tools", global),
    ruleStep("tools.byProvider", ofProvider),
    ruleStep("agents.list[].tools", agent),
    ruleStep("agents.list[].tools.byProvider", ofAgentProvider),
    ruleStep("group tools", group),
    ruleStep("toolsBySender", bySender(group, input) ?? bySender(global, input)),
    ruleStep("tools.sandbox.tools", sandbox),
    ...(input.subagent === undefined ? [] : [
      { label: "subagents", deny: NOT_FOR_SUBAGENTS },
      { label: "subagents", deny: input.subagent === "leaf" ? NOT_FOR_LEAVES : [] },
      ruleStep("tools.subagents.tools", subagents),
    ]),
  ];
}

/** An empty list allows everything, like none. */
function ruleStep(label: string, { allow, alsoAllow, deny }: ToolRules = {}): Step {
  return { label, allow: allow?.length ? union(allow, alsoAllow) : undefined, deny };
}

function union(
  names: readonly string[] | undefined,
  more: readonly string[] = [],
): readonly string[] | undefined {
  return names && [...names, ...more];
}

function byProvider(
  { byProvider: rules }: ToolRules,
  { provider, model }: ToolPolicyInput,
): ToolRules | undefined {
  if (!rules || provider === undefined) return undefined;
  const wanted = [`${provider}/${model ?? ""}`, provider].map((name) => name.toLowerCase());
  for (const name of wanted) {
    const found = Object.entries(rules).find(([key]) => key.trim().toLowerCase() === name);
    if (found && isObject(found[1])) return found[1];
  }
  return undefined;
}

function bySender(
  rules: ToolRules | undefined,
  { sender }: ToolPolicyInput,
): ToolRules | undefined {
  const byKey = rules?.toolsBySender;
  if (!byKey || !sender) return undefined;
  const { e164, id, username, name } = sender;
  const wanted = Object.entries({ id, e164, username, name })
    .flatMap(([kind, value]) => value === undefined ? [] : [`${kind}:${value}`.toLowerCase()]);
  for (const key of [...wanted, "*"]) {
    const found = Object.entries(byKey).find(([each]) => each.trim().toLowerCase() === key);
    if (found && isObject(found[1])) return found[1];
  }
  return undefined;
}

/** Whether a name is meant by a list. */
export type Matcher = (name: string) => boolean;

/** What a list of tool names, patterns with `*` and groups means. */
export function matcherOf(names: readonly string[]): Matcher {
  return globMatcher(expandGroups(names));
}

/** What a list of names and patterns with `*` means; all in lower case. */
export function globMatcher(names: readonly string[]): Matcher {
  const exact = new Set(names.filter((name) => !name.includes("*")));
  const patterns = names.filter((name) => name.includes("*")).map((name) => name.split("*"));
  return (name) => exact.has(name) || patterns.some((parts) => fits(name, parts));
}

/** Whether a name has the parts of a pattern, in order; takes one look at each, however many. */
function fits(name: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
