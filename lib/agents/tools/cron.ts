/**
 * `cron`.
 *
 * @module
 */
import * as z from "zod/mini";
import { ellipsize, isObject } from "../../base/mod.ts";
import type { ToolContext } from "../tools.ts";
import type { ToolHost } from "./host.ts";
import { defineTool, type RegisteredTool, toolInputInvalid } from "./registry.ts";
import { dataResult } from "./results.ts";

const ACTIONS = [
  "status",
  "list",
  "get",
  "add",
  "update",
  "remove",
  "run",
  "runs",
  "wake",
] as const;
const MAX_CONTEXT_MESSAGES = 10;
const CONTEXT_CHARS = 220;
const CONTEXT_MAX_BYTES = 8 * 1024;
const NAME_CHARS = 60;

/** Schedules work and wakes agents. */
export function cronTool(host: ToolHost): RegisteredTool {
  return defineTool({
    name: "cron",
    label: "Cron",
    summary: "Schedule cron jobs, reminders, and wake events.",
    description:
      "Schedule work: status, list, get, add (job), update (jobId, patch), remove, run, " +
      "runs (jobId), wake (text, mode). A job has name, schedule {kind at|every|cron}, payload " +
      "{kind systemEvent|agentTurn}, sessionTarget main|isolated|current|session:<id>.",
    section: "automation",
    isOwnerOnly: true,
    arguments: argumentsSchema,
    execute: async (args, context) => dataResult(await act(host, args, context)),
  });
}

function argumentsSchema() {
  const text = z.optional(z.string());
  return z.object({
    action: z.enum(ACTIONS),
    job: z.optional(z.looseObject({})),
    jobId: text,
    id: text,
    patch: z.optional(z.looseObject({})),
    text,
    mode: z.optional(z.enum(["now", "next-heartbeat"])),
    runMode: z.optional(z.enum(["due", "force"])),
    contextMessages: z.optional(z.int().check(z.gte(0), z.lte(MAX_CONTEXT_MESSAGES))),
    includeDisabled: z.optional(z.boolean()),
  });
}

type Arguments = z.infer<ReturnType<typeof argumentsSchema>>;

function act(host: ToolHost, args: Arguments, context: ToolContext): Promise<unknown> {
  const call = (method: string, params: Record<string, unknown>) =>
    host.call(method, params, context);
  switch (args.action) {
    case "status":
      return call("cron.status", {});
    case "list":
      return call("cron.list", { includeDisabled: args.includeDisabled ?? false });
    case "get":
      return call("cron.get", { id: jobId(args) });
    case "add":
      return call("cron.add", newJob(host, args, context));
    case "update":
      return call("cron.update", { id: jobId(args), patch: required(args.patch, "patch") });
    case "remove":
      return call("cron.remove", { id: jobId(args) });
    case "run":
      return call("cron.run", { id: jobId(args), mode: args.runMode ?? "force" });
    case "runs":
      return call("cron.runs", { id: jobId(args) });
    case "wake": {
      const text = required(args.text, "text");
      return call("wake", { mode: args.mode ?? "next-heartbeat", text });
    }
  }
}

function jobId({ jobId, id }: Arguments): string {
  return required(jobId ?? id, "jobId");
}

function required<T>(value: T | undefined, name: string): T {
  if (value !== undefined && value !== "") return value;
  throw toolInputInvalid(`${name} required`, "openclaw gateway call cron.list", "cron");
}

/** A job of the session that asks for it: of its agent and, where that is its target, of itself. */
function newJob(host: ToolHost, args: Arguments, context: ToolContext): Record<string, unknown> {
  const { agentId, sessionKey, delivery } = context;
  const job: Record<string, unknown> = { agentId, ...required(args.job, "job") };
  const payload = isObject(job.payload) ? job.payload : {};
  const said = String(payload.text ?? payload.message ?? "").trim();
  if (job.name === undefined && said !== "") job.name = ellipsize(said, NAME_CHARS);
  if (job.sessionTarget === "current" && job.sessionKey === undefined) job.sessionKey = sessionKey;
  if (payload.kind === "agentTurn" && job.delivery === undefined && delivery) {
    job.delivery = { mode: "announce", ...delivery };
  }
  if (payload.kind !== "systemEvent" || !args.contextMessages) return job;
  const lines = recentLines(host, sessionKey, args.contextMessages);
  const text = lines.length === 0
    ? payload.text
    : `${payload.text}\n\nRecent context:\n${lines.join("\n")}`;
  return { ...job, payload: { ...payload, text } };
}

/** The last messages of a conversation, so that a reminder says what it is about. */
function recentLines(host: ToolHost, key: string, limit: number): string[] {
  const query = { limit, maxChars: CONTEXT_CHARS, maxBytes: CONTEXT_MAX_BYTES };
  return host.transcript(key, query).messages.flatMap(({ role, content }) => {
    if (role !== "user" && role !== "assistant") return [];
    const parts = Array.isArray(content) ? content.filter(isObject) : [];
    const text = parts.flatMap((part) => part.type === "text" ? [String(part.text)] : []).join(" ");
    const line = text.replace(/\s+/g, " ").trim();
    return line === "" ? [] : [`- ${role === "user" ? "User" : "Assistant"}: ${line}`];
  });
}
