/**
 * Methods about scheduled jobs.
 *
 * @module
 */
import { findAgent } from "../../agents/mod.ts";
import { AppError } from "../../base/mod.ts";
import type { CronJob } from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import { canonicalSessionKey } from "../../sessions/mod.ts";
import type { Handlers } from "../rpc.ts";
import type { GatewayState } from "../state.ts";
import { readThinking } from "../thinking.ts";

/** `cron.*`. */
export function cronMethods(state: GatewayState): Handlers {
  const service = () => state.cron.service();
  return {
    "cron.list": async ({ params }) => {
      const { jobs, ...page } = (await service()).list(params, state.agents().defaultId);
      const previews = jobs.map((job) => [job.id, deliveryPreview(job)] as const);
      return { jobs, ...page, deliveryPreviews: Object.fromEntries(previews) };
    },
    "cron.status": async () => (await service()).status(),
    "cron.get": async ({ params }) => (await service()).get(idOf(params)),
    "cron.add": async ({ params }) => {
      refuseUnknownPlaces(state, params);
      refuseUnknownThinking(params.payload);
      return await (await service()).add(params);
    },
    "cron.update": async ({ params }) => {
      refuseUnknownPlaces(state, params.patch);
      refuseUnknownThinking(params.patch.payload);
      return await (await service()).update(idOf(params), params.patch);
    },
    "cron.remove": async ({ params }) => {
      return { ok: true, removed: await (await service()).remove(idOf(params)) };
    },
    "cron.run": async ({ params }) => {
      return await (await service()).runNow(idOf(params), params.mode ?? "force");
    },
    "cron.runs": async ({ params }) => (await service()).runs(runQuery(params)),
  };
}

/** @throws {AppError} `INVALID_REQUEST` when one job is asked for and none is named. */
function runQuery(params: MethodParams<"cron.runs">) {
  const { status, statuses, deliveryStatus, deliveryStatuses, scope, ...page } = params;
  const jobId = params.id ?? params.jobId;
  if (scope === "job" && jobId === undefined) {
    throw new AppError("INVALID_REQUEST", "invalid cron.runs params: missing id", {
      hint: 'Name the job with id, or ask with scope "all"',
    });
  }
  return {
    ...page,
    jobId: scope === "all" ? undefined : jobId,
    statuses: wanted(status, statuses),
    deliveryStatuses: wanted(deliveryStatus, deliveryStatuses),
  };
}

/** A job goes by two names; the schema demands one of them. */
function idOf({ id, jobId }: { id?: string | undefined; jobId?: string | undefined }): string {
  return id ?? jobId ?? "";
}

/** One value or several; `all` stands for any. */
function wanted(one: string | undefined, several: string[] | undefined): string[] | undefined {
  const values = several ?? (one === undefined ? [] : [one]);
  return values.includes("all") ? undefined : values;
}

interface Places {
  agentId?: string | null | undefined;
  sessionKey?: string | null | undefined;
  sessionTarget?: string | undefined;
}

/** @throws {AppError} `AGENT_NOT_FOUND`, `SESSION_KEY_INVALID` */
function refuseUnknownPlaces(state: GatewayState, { agentId, sessionKey, sessionTarget }: Places) {
  const snapshot = state.agents();
  const agent = agentId?.trim().toLowerCase();
  if (agent) findAgent(snapshot, agent);
  const keys = [sessionKey?.trim(), /^session:(.+)$/.exec(sessionTarget ?? "")?.[1]];
  for (const key of keys) {
    if (key) canonicalSessionKey(key, { defaultAgentId: agent ?? snapshot.defaultId });
  }
}

/** @throws {AppError} `SESSION_PATCH_INVALID` */
function refuseUnknownThinking(
  payload: { kind: string; thinking?: string | null | undefined } | undefined,
): void {
  readThinking(payload?.thinking ?? undefined);
}

function deliveryPreview({ delivery }: CronJob): { label: string; detail: string } {
  if (delivery === undefined || delivery.mode === "none") {
    return { label: "not requested", detail: "not requested" };
  }
  if (delivery.mode === "webhook") {
    return { label: `webhook:${delivery.to ?? ""}`, detail: "webhook" };
  }
  const channel = delivery.channel ?? "last";
  return {
    label: `announce -> ${delivery.to === undefined ? channel : `${channel}:${delivery.to}`}`,
    detail: "no channel is configured: the answer stays in the run log",
  };
}
