/**
 * `openclaw sessions [list]`: the sessions of this machine, newest first.
 *
 * @module
 */
import { AppError, formatDuration } from "../../base/mod.ts";
import type { SessionEntry, SessionStore } from "../../sessions/mod.ts";
import { plain } from "../pairing/view.ts";
import { shownPath } from "../reports/shown_path.ts";
import { locateSessions, withLocalStore } from "../sessions/local_store.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_LIMIT = 100;
const MINUTE_MS = 60_000;

interface Listing {
  readonly sessions: SessionEntry[];
  readonly total: number;
}

/** Lists the sessions; without a store there are none. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const limit = readLimit(options.text("limit"));
  const local = await locateSessions(context);
  const listing =
    await withLocalStore(context, local, (store) => list(context, store, local.agentIds, limit)) ??
      { sessions: [], total: 0 };
  const path = local.storePath;
  if (options.flag("json")) {
    out.json(asJson(context, listing, path, limit));
    return 0;
  }
  out.line(`Session store: ${shownPath(path, local.paths.home)}`);
  out.line(`Sessions listed: ${countText(listing)}`);
  if (listing.sessions.length === 0) {
    out.line(`Next: ${context.say('agent --message "hello"')}`);
    return 0;
  }
  out.line();
  const header = ["Key", "Age", "Model", "Tokens", "Status", "Label"];
  out.table(header, listing.sessions.map((session) => cells(session, context.clock.now())));
  return 0;
}

function readLimit(text: string | undefined): number | undefined {
  if (text === undefined) return DEFAULT_LIMIT;
  if (text === "all") return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new AppError(
    "USAGE",
    `Invalid --limit: expected a number above 0 or "all", got "${text}"`,
    {
      hint: "openclaw sessions list --limit all",
    },
  );
}

function list(
  { options, clock }: CommandContext,
  store: SessionStore,
  agentIds: readonly string[],
  limit = Number.MAX_SAFE_INTEGER,
): Listing {
  const minutes = options.number("active");
  const lists = agentIds.map((agentId) =>
    store.listSessions({
      agentId,
      limit,
      ...(minutes === undefined ? {} : { activeSinceMs: clock.now() - minutes * MINUTE_MS }),
    })
  );
  const sessions = lists.flatMap((each) => each.sessions)
    .sort((a, b) => b.updatedAt - a.updatedAt)
    .slice(0, limit);
  return { sessions, total: lists.reduce((sum, { total }) => sum + total, 0) };
}

function asJson(
  { options }: CommandContext,
  { sessions, total }: Listing,
  path: string,
  limit: number | undefined,
) {
  return {
    path,
    count: sessions.length,
    totalCount: total,
    limitApplied: limit ?? null,
    hasMore: total > sessions.length,
    activeMinutes: options.number("active") ?? null,
    sessions: sessions.map(({ extra, ...session }) => ({ ...extra, ...session })),
  };
}

function countText({ sessions, total }: Listing): string {
  return sessions.length === total ? String(total) : `${sessions.length} of ${total}`;
}

function cells(session: SessionEntry, now: number): string[] {
  const { key, updatedAt, model, modelProvider, totalTokens, contextTokens, status, label } =
    session;
  const tokens = contextTokens === undefined || contextTokens === 0
    ? String(totalTokens)
    : `${totalTokens} of ${contextTokens}`;
  return [
    plain(key),
    formatDuration(Math.max(0, now - updatedAt)),
    model === undefined ? "-" : plain(`${modelProvider}/${model}`),
    tokens,
    status ?? "-",
    plain(label),
  ];
}
