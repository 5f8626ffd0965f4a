/**
 * Where the outcome of a job goes: to a webhook, or to a chat once there are channels.
 *
 * @module
 */
import { ellipsize, errorMessage } from "../../base/mod.ts";
import { resolveCron, resolveSecretInput } from "../../config/mod.ts";
import { type CronExecution, type CronOutcome, webhookUrl } from "../../cron/mod.ts";
import type {
  CronDeliveryTrace,
  CronFailureAlert,
  CronJob,
  CronRunEntry,
} from "../../protocol/mod.ts";
import type { GatewayState } from "../state.ts";

const WEBHOOK_TIMEOUT_MS = 10_000;
const MAX_ERROR_CHARS = 300;
const NO_CHANNEL = "No channel is configured: the answer is in the run log only";

/** The outcome of a run with what became of its delivery. */
export async function deliver(
  state: GatewayState,
  { job, runId, startedAt }: CronExecution,
  outcome: CronOutcome,
): Promise<CronOutcome> {
  const { delivery } = job;
  const body = { jobId: job.id, name: job.name, action: "finished", runId, runAtMs: startedAt };
  const { isCutOff: _cut, errorKind: _kind, ...told } = outcome;
  const failurePlace = failureWebhook(state, job);
  if (outcome.status === "error" && failurePlace !== undefined) {
    await tryWebhook(state, job, failurePlace, { ...body, ...told });
  }
  if (delivery === undefined || delivery.mode === "none") {
    return { ...outcome, deliveryStatus: "not-requested" };
  }
  if (delivery.mode === "announce") return undelivered(outcome, delivery, NO_CHANNEL);
  const failure = await postWebhook(state, delivery.to, { ...body, ...told })
    .then(() => undefined, errorMessage);
  if (failure === undefined) {
    return { ...outcome, deliveryStatus: "delivered", delivery: traceOf(delivery, undefined) };
  }
  const late = undelivered(outcome, delivery, `Webhook failed: ${failure}`);
  if (delivery.bestEffort || outcome.status === "error") return late;
  return { ...late, status: "error", error: `Webhook failed: ${failure}` };
}

/** The webhook that is told of a job's failures: its own, else the configured one. */
function failureWebhook(state: GatewayState, { delivery }: CronJob): string | undefined {
  const own = delivery?.failureDestination;
  if (own === undefined) return resolveCron(state.config().config).failureWebhook;
  return own.mode === "webhook" ? own.to : undefined;
}

/** Tells that a job keeps failing; answers whether somebody was told. */
export async function tellFailures(
  state: GatewayState,
  job: CronJob,
  alert: CronFailureAlert,
  entry: CronRunEntry,
): Promise<boolean> {
  const { consecutiveErrors = 0, consecutiveSkipped = 0 } = job.state;
  const log = state.log.child("cron");
  log.warn(`job "${job.name}" (${job.id}) keeps failing: ${entry.error ?? entry.status}`, {
    consecutiveErrors,
    consecutiveSkipped,
  });
  // Without channels the log is where an announcement goes.
  if (alert.mode !== "webhook") return true;
  return await tryWebhook(state, job, alert.to, {
    jobId: job.id,
    name: job.name,
    action: "failure-alert",
    status: entry.status,
    error: entry.error,
    consecutiveErrors,
    consecutiveSkipped,
  });
}

async function tryWebhook(
  state: GatewayState,
  job: CronJob,
  to: string | undefined,
  body: unknown,
): Promise<boolean> {
  try {
    await postWebhook(state, to, body);
    return true;
  } catch (error) {
    state.log.child("cron").warn(`webhook of job "${job.name}" failed: ${errorMessage(error)}`);
    return false;
  }
}

/** @throws {Error} When nobody took it: an address that may not be used, a refusal, no answer. */
async function postWebhook(
  state: GatewayState,
  to: string | undefined,
  body: unknown,
): Promise<void> {
  const { config, env } = state.config();
  const token = resolveSecretInput(config.cron?.webhookToken, {
    env,
    config,
    path: "cron.webhookToken",
  });
  const response = await fetch(webhookUrl(to), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    // A redirect would carry the token to another place.
    redirect: "error",
    signal: AbortSignal.any([AbortSignal.timeout(WEBHOOK_TIMEOUT_MS), state.cron.deliverySignal]),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it answered ${response.status}`);
}

type Delivery = NonNullable<CronJob["delivery"]>;

function undelivered(outcome: CronOutcome, delivery: Delivery, error: string): CronOutcome {
  const deliveryError = ellipsize(error, MAX_ERROR_CHARS);
  return {
    ...outcome,
    deliveryStatus: "not-delivered",
    deliveryError,
    delivery: traceOf(delivery, deliveryError),
  };
}

function traceOf({ mode, channel, to }: Delivery, error: string | undefined): CronDeliveryTrace {
  const isWebhook = mode === "webhook";
  const source = isWebhook || channel !== undefined ? "explicit" : "last";
  const place = { to: to ?? null, source };
  return {
    intended: { channel: isWebhook ? "webhook" : channel ?? "last", ...place },
    resolved: { ok: error === undefined, ...place, ...(error === undefined ? {} : { error }) },
    fallbackUsed: false,
    delivered: error === undefined,
  };
}
