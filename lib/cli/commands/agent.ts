/**
 * `openclaw agent`: one turn through the gateway.
 *
 * @module
 */
import {
  AppError,
  errorMessage,
  EXIT,
  isObject,
  type JsonObject,
  randomId,
} from "../../base/mod.ts";
import type { GatewayClient } from "../../protocol/client/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import { connectTo, explainFailure } from "../remote/connection.ts";
import { ReportedFailure } from "../errors.ts";
import type { CommandContext } from "../table.ts";
import { resolveTarget, type Target } from "../remote/target.ts";

const DEFAULT_TIMEOUT_SECONDS = 600;
const CONNECT_TIMEOUT_MS = 15_000;
/** What the gateway may take over the turn's own time to report its end. */
const REPORT_MARGIN_MS = 30_000;
const ABORT_TIMEOUT_MS = 5000;

/** Sends the message and prints the reply. */
export async function run(context: CommandContext): Promise<number> {
  const params = turnParams(context);
  const state = await readConfigState(context, "stop");
  const target = await resolveTarget(context, state);
  const turn = new Turn(params);
  const client = await connectTo(context, target, {
    timeoutMs: CONNECT_TIMEOUT_MS,
    methods: ["agent", "chat.abort"],
    onEvent: ({ payload }) => turn.see(payload),
  });
  try {
    const answer = await takeTurn(context, client, turn, target);
    if (context.options.flag("json")) context.out.json(answer);
    else context.out.line(replyText(answer));
    if (!turn.isInterrupted) return 0;
    context.out.note("Stopped.");
    return EXIT.INTERRUPTED;
  } finally {
    client.close();
  }
}

/** What is known of the turn while it runs. */
class Turn {
  readonly params: JsonObject;
  isInterrupted = false;
  #sessionKey: string | undefined;

  constructor(params: JsonObject) {
    this.params = params;
  }

  /** Learns the canonical session key from an event of the run. */
  see(payload: unknown): void {
    if (!isObject(payload) || payload.runId !== this.params.idempotencyKey) return;
    if (typeof payload.sessionKey === "string") this.#sessionKey = payload.sessionKey;
  }

  /** The parameters of the call that stops the run. */
  get abortParams(): JsonObject {
    const { sessionKey = "main", idempotencyKey } = this.params;
    return { sessionKey: this.#sessionKey ?? sessionKey, runId: idempotencyKey };
  }
}

/** The parameters of the call, from the options. */
export function turnParams({ options, say }: CommandContext): JsonObject {
  const message = options.text("message");
  if (options.flag("local")) {
    throw new AppError(
      "NOT_SUPPORTED",
      "Cannot use --local: this build has no turn without a gateway",
      {
        hint: say("gateway run"),
      },
    );
  }
  if (message === undefined || message.trim() === "") {
    throw new AppError("USAGE", "Missing --message: there is nothing to say", {
      hint: 'openclaw agent --message "hello"',
    });
  }
  const agentId = options.text("agent");
  const sessionId = options.text("session-id");
  const sessionKey = options.text("session-key") ??
    (sessionId === undefined ? defaultSession(agentId) : undefined);
  return {
    message,
    ...(agentId === undefined ? {} : { agentId }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(sessionKey === undefined ? {} : { sessionKey }),
    ...(options.has("thinking") ? { thinking: options.text("thinking") } : {}),
    deliver: options.flag("deliver"),
    timeout: options.number("timeout") ?? DEFAULT_TIMEOUT_SECONDS,
    idempotencyKey: randomId(),
  };
}

function defaultSession(agentId: string | undefined): string {
  return agentId === undefined ? "main" : `agent:${agentId}:main`;
}

async function takeTurn(
  context: CommandContext,
  client: GatewayClient,
  turn: Turn,
  target: Target,
): Promise<unknown> {
  const stopListening = context.host.onInterrupt(() => interrupt(context, client, turn));
  try {
    const timeoutMs = Number(turn.params.timeout) * 1000 + REPORT_MARGIN_MS;
    const answer = await client.request("agent", turn.params, { timeoutMs, expectFinal: true });
    if (!turn.isInterrupted) checkOutcome(answer);
    return answer;
  } catch (error) {
    if (!turn.isInterrupted) throw explainFailure(error, target, context);
    context.out.note("Stopped.");
    throw new ReportedFailure(EXIT.INTERRUPTED);
  } finally {
    stopListening();
  }
}

function interrupt({ out }: CommandContext, client: GatewayClient, turn: Turn): void {
  // A second Ctrl-C does not wait for the gateway any more.
  if (turn.isInterrupted) return client.close();
  turn.isInterrupted = true;
  client.request("chat.abort", turn.abortParams, { timeoutMs: ABORT_TIMEOUT_MS }).catch((error) => {
    out.note(`Cannot stop the run: ${errorMessage(error)}`);
    client.close();
  });
}

/** A run can end without an error frame and still not be a success. */
function checkOutcome(answer: unknown): void {
  const { status, summary } = isObject(answer) ? answer : {};
  if (status === "ok" || status === undefined) return;
  const text = typeof summary === "string" && summary !== "" ? summary : `status ${String(status)}`;
  throw new AppError(
    status === "timeout" ? "RUN_TIMEOUT" : "RPC_FAILED",
    `The turn did not end well: ${text}`,
    { hint: "openclaw logs --limit 50" },
  );
}

/** The text of a final answer; media as `MEDIA:` lines. */
export function replyText(answer: unknown): string {
  const result = isObject(answer) && isObject(answer.result) ? answer.result : {};
  const payloads = Array.isArray(result.payloads) ? result.payloads.filter(isObject) : [];
  const lines = payloads.flatMap((payload) => {
    const media = Array.isArray(payload.mediaUrls) ? payload.mediaUrls : [payload.mediaUrl];
    return [
      ...(typeof payload.text === "string" && payload.text !== "" ? [payload.text] : []),
      ...media.filter((url) => typeof url === "string" && url !== "").map((url) => `MEDIA:${url}`),
    ];
  });
  return lines.length > 0 ? lines.join("\n") : "No reply from agent.";
}
