/**
 * `sessions_send`.
 *
 * @module
 */
import * as z from "zod/mini";
import { errorMessage, randomId } from "../../base/mod.ts";
import type { Run, RunOutcome } from "../run.ts";
import type { ToolContext } from "../tools.ts";
import type { ToolHost } from "./host.ts";
import { defineTool, type RegisteredTool } from "./registry.ts";
import { dataResult } from "./results.ts";
import { placeOf, refuseSession } from "./session_access.ts";
import type { SessionPlace } from "./visibility.ts";

const DEFAULT_WAIT_SECONDS = 30;
const MAX_WAIT_SECONDS = 600;

/** Begins a turn in another session and brings its answer back. */
export function sessionsSendTool(host: ToolHost): RegisteredTool {
  return defineTool({
    name: "sessions_send",
    label: "Session Send",
    summary: "Send a message to another visible session.",
    description: "Send a message to another session you can see, by sessionKey or label. Waits " +
      "timeoutSeconds for the answer; 0 returns as soon as the message is stored.",
    section: "sessions",
    arguments: argumentsSchema,
    execute: async (args, context) => dataResult(await send(host, args, context)),
  });
}

function argumentsSchema() {
  const name = z.optional(z.string().check(z.minLength(1)));
  return z.object({
    sessionKey: name,
    label: name,
    agentId: name,
    message: z.string().check(z.minLength(1)),
    timeoutSeconds: z.optional(z.number().check(z.gte(0), z.lte(MAX_WAIT_SECONDS))),
  });
}

type Arguments = z.infer<ReturnType<typeof argumentsSchema>>;

async function send(host: ToolHost, args: Arguments, context: ToolContext) {
  const runId = randomId();
  const target = targetOf(host, args, context);
  if (typeof target === "string") return { runId, status: "error", error: target };
  const { key: sessionKey, agentId } = target;
  const refusal = refuseSession(host, "send", context, target);
  if (refusal !== undefined) return { runId, status: "forbidden", error: refusal, sessionKey };
  const waitMs = (args.timeoutSeconds ?? DEFAULT_WAIT_SECONDS) * 1000;
  if (waitMs > 0 && host.runs.get(context.runId)?.sessionKey === sessionKey) {
    const error = "A turn cannot wait for an answer of its own session: set timeoutSeconds to 0";
    return { runId, status: "error", error, sessionKey };
  }
  let run: Run;
  try {
    run = await host.runs.start({
      runId,
      sessionKey,
      agentId,
      message: `${preamble(context)}\n${args.message}`,
      origin: { kind: "agent" },
      ...modelOf(host, sessionKey),
    });
  } catch (error) {
    return { runId, status: "error", error: errorMessage(error), sessionKey };
  }
  if (waitMs === 0) return { runId, status: "accepted", sessionKey };
  const outcome = await waitFor(run, waitMs, context.signal);
  return { runId, sessionKey, ...answerOf(outcome, args.timeoutSeconds) };
}

/** The session that is written to, or why there is none. */
function targetOf(
  host: ToolHost,
  { sessionKey, label, agentId }: Arguments,
  context: ToolContext,
): SessionPlace | string {
  if (sessionKey !== undefined) {
    const place = placeOf(host, sessionKey, context);
    const isMain = host.agents().agents.some(({ id }) => place.key === `agent:${id}:main`);
    // A mistyped key must not become a session of its own.
    if (!isMain && !host.store.getSession(place.key)) {
      const refusal = refuseSession(host, "send", context, place);
      return refusal === undefined ? `No session found: ${sessionKey}` : place;
    }
    return place;
  }
  if (label === undefined) return "Either sessionKey or label is required";
  const agent = agentId?.trim().toLowerCase();
  const query = { limit: 1, label, ...(agent ? { agentId: agent } : {}) };
  const [found] = host.store.listSessions(query).sessions;
  return found
    ? { key: found.key, agentId: found.agentId }
    : `No session found with label: ${label}`;
}

/** Tells the other session that no person speaks. */
function preamble({ sessionKey }: ToolContext): string {
  return `[Inter-session message] sourceSession=${sessionKey} sourceTool=sessions_send isUser=false`;
}

/** The model that the other session was set to. */
function modelOf({ store }: ToolHost, key: string): { model?: string } {
  const model = store.getSession(key)?.extra.modelOverride;
  return typeof model === "string" ? { model } : {};
}

/** The end of a run, unless the time is over or the caller is gone before; the run then goes on. */
async function waitFor(
  run: Run,
  ms: number,
  signal: AbortSignal,
): Promise<RunOutcome | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const give = () => resolve(undefined);
  const timer = setTimeout(give, ms);
  signal.addEventListener("abort", give, { once: true });
  if (signal.aborted) give();
  try {
    return await Promise.race([run.done, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", give);
  }
}

function answerOf(outcome: RunOutcome | undefined, seconds = DEFAULT_WAIT_SECONDS) {
  if (outcome === undefined) {
    return { status: "timeout", error: `No answer within ${seconds} seconds; the turn goes on` };
  }
  if (outcome.status === "ok") return { status: "ok", reply: outcome.result.text };
  const error = outcome.error?.message ?? `The turn was ended (${outcome.stopReason})`;
  return { status: "error", error };
}
