/**
 * `sessions_list`.
 *
 * @module
 */
import * as z from "zod/mini";
import { mainSessionKey, type SessionEntry } from "../../sessions/mod.ts";
import type { ToolContext } from "../tools.ts";
import type { ToolHost } from "./host.ts";
import { defineTool, type RegisteredTool } from "./registry.ts";
import { dataResult } from "./results.ts";
import { refusalOf, visibilityRules } from "./visibility.ts";

const DEFAULT_ROWS = 100;
const MAX_ROWS = 200;
/** Sessions looked at for one answer; whoever has more asks more precisely. */
const MAX_LOOKED_AT = 1000;
const MAX_MESSAGES = 20;
/** Characters of each text of a message in the list. */
const MESSAGE_CHARS = 4000;
const MESSAGES_MAX_BYTES = 16 * 1024;
const MINUTE_MS = 60_000;

const KINDS = ["main", "group", "cron", "hook", "node", "other"] as const;
type Kind = typeof KINDS[number];

/** Fields of a row that the list takes over as they are. */
const SHOWN_FIELDS = [
  ...["label", "displayName", "derivedTitle", "lastMessagePreview", "updatedAt", "sessionId"],
  ...["model", "contextTokens", "totalTokens", "estimatedCostUsd", "status", "startedAt"],
  ...["endedAt", "runtimeMs", "thinkingLevel", "verboseLevel", "sendPolicy", "abortedLastRun"],
  ...["lastChannel", "lastTo", "deliveryContext", "parentSessionKey", "spawnedBy"],
] as const;

/** Lists the sessions that the caller can see. */
export function sessionsListTool(host: ToolHost): RegisteredTool {
  return defineTool({
    name: "sessions_list",
    label: "Sessions",
    summary: "List visible sessions with filters and optional previews.",
    description:
      "List the sessions you can see, newest first. Filter by kind, agent, label, text " +
      "or recent activity; messageLimit adds the last messages of each.",
    section: "sessions",
    arguments: argumentsSchema,
    execute: (args, context) => Promise.resolve(dataResult(listSessions(host, args, context))),
  });
}

function argumentsSchema() {
  const count = (min: number, max: number) => z.optional(z.int().check(z.gte(min), z.lte(max)));
  return z.object({
    kinds: z.optional(z.array(z.enum(KINDS))),
    limit: count(1, MAX_ROWS),
    activeMinutes: count(1, 60 * 24 * 365),
    messageLimit: count(0, MAX_MESSAGES),
    label: z.optional(z.string()),
    agentId: z.optional(z.string()),
    search: z.optional(z.string()),
    includeDerivedTitles: z.optional(z.boolean()),
    includeLastMessage: z.optional(z.boolean()),
  });
}

type Arguments = z.infer<ReturnType<typeof argumentsSchema>>;

function listSessions(host: ToolHost, args: Arguments, context: ToolContext) {
  const { kinds, limit = DEFAULT_ROWS, messageLimit = 0 } = args;
  const requester = { key: context.sessionKey, agentId: context.agentId };
  const rules = visibilityRules(host.config());
  const below = rules.visibility === "tree"
    ? new Set(host.store.descendantsOf(requester.key, { limit: MAX_LOOKED_AT }))
    : undefined;
  const sessions = candidates(host, args, requester.key, below)
    .filter((session) =>
      refusalOf("list", requester, session, rules, () => below?.has(session.key) ?? false) ===
        undefined
    )
    .filter((session) => kinds === undefined || kinds.includes(kindOf(session)))
    .slice(0, limit)
    .map((session) => rowOf(host, session, args, messageLimit));
  return { count: sessions.length, sessions };
}

/** Sessions that may be shown: all newest ones, or those of a tree. */
function candidates(
  { store, clock }: ToolHost,
  { label, agentId, search, activeMinutes }: Arguments,
  own: string,
  below: ReadonlySet<string> | undefined,
): SessionEntry[] {
  const activeSinceMs = activeMinutes === undefined ? 0 : clock.now() - activeMinutes * MINUTE_MS;
  const agent = agentId?.trim().toLowerCase();
  if (below === undefined) {
    return store.listSessions({
      limit: MAX_LOOKED_AT,
      ...(activeMinutes === undefined ? {} : { activeSinceMs }),
      ...(label ? { label } : {}),
      ...(agent ? { agentId: agent } : {}),
      ...(search ? { search } : {}),
    }).sessions;
  }
  return [own, ...below].flatMap((key) => store.getSession(key) ?? [])
    .filter((session) =>
      session.updatedAt >= activeSinceMs && (!label || session.label === label) &&
      (!agent || session.agentId === agent) && (!search || isFound(session, search))
    )
    .sort((a, b) => b.updatedAt - a.updatedAt);
}

function isFound({ key, label = "", sessionId }: SessionEntry, search: string): boolean {
  const wanted = search.toLowerCase();
  return [key, label, sessionId].some((text) => text.toLowerCase().includes(wanted));
}

function rowOf(host: ToolHost, session: SessionEntry, args: Arguments, messageLimit: number) {
  const row = host.sessionRow(session.key, args);
  const shown = SHOWN_FIELDS.flatMap((name) => row[name] === undefined ? [] : [[name, row[name]]]);
  const query = { limit: messageLimit, maxChars: MESSAGE_CHARS, maxBytes: MESSAGES_MAX_BYTES };
  return {
    key: session.key,
    agentId: session.agentId,
    kind: kindOf(session),
    channel: row.channel ?? channelOf(session.key) ?? "unknown",
    ...Object.fromEntries(shown),
    ...(messageLimit === 0 ? {} : {
      messages: host.transcript(session.key, query).messages
        .filter(({ role }) => role === "user" || role === "assistant"),
    }),
  };
}

/** What a session is for, by its key. */
export function kindOf({ key, agentId }: { key: string; agentId: string }): Kind {
  if (key === mainSessionKey(agentId)) return "main";
  const rest = key.split(":").slice(2).join(":");
  if (/(?:^|:)(?:group|channel):/.test(rest)) return "group";
  const [first] = rest.split(":");
  return first === "cron" || first === "hook" || first === "node" ? first : "other";
}

/** The channel that a key of a conversation over one names. */
function channelOf(key: string): string | undefined {
  return /^agent:[^:]+:([^:]+):(?:group|channel|direct):/.exec(key)?.[1];
}
