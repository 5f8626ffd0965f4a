/**
 * The options of a command as the parts of a job. Only what was given is there.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { parseDuration } from "../../config/mod.ts";
import type { CronDelivery, CronSchedule } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { momentInZone } from "./zone_time.ts";

/** The schedule that was asked for; absent when none was. @throws {AppError} `USAGE` */
export function readSchedule(context: CommandContext): CronSchedule | undefined {
  const { options, clock } = context;
  const given = ["at", "every", "cron"].filter((name) => options.has(name));
  if (given.length > 1) throw usage(context, "Choose one of --at, --every, --cron");
  const tz = options.text("tz")?.trim();
  switch (given[0]) {
    case "at":
      return { kind: "at", at: readMoment(context, options.text("at") ?? "", clock.now(), tz) };
    case "every":
      return { kind: "every", everyMs: readSpan(context, "every") };
    case "cron": {
      const expr = options.text("cron")?.trim() ?? "";
      const staggerMs = options.flag("exact")
        ? 0
        : options.has("stagger")
        ? readSpan(context, "stagger")
        : undefined;
      return {
        kind: "cron",
        expr,
        ...(tz ? { tz } : {}),
        ...(staggerMs === undefined ? {} : { staggerMs }),
      };
    }
  }
  return undefined;
}

/** A span of time in milliseconds, at least one. @throws {AppError} `USAGE` */
export function readSpan(context: CommandContext, name: string): number {
  const text = context.options.text(name) ?? "";
  const ms = parseDuration(text, 1000);
  if (ms !== undefined && ms > 0) return ms;
  throw usage(context, `Invalid --${name} "${text}", use a span such as 30s, 10m or 1h`);
}

function readMoment(
  context: CommandContext,
  text: string,
  now: number,
  tz: string | undefined,
): string {
  const span = parseDuration(text.trim().replace(/^\+/, ""), 60_000);
  if (span !== undefined) return new Date(now + span).toISOString();
  if (!tz) return text;
  const ms = momentInZone(text.trim(), tz);
  if (ms === "unknown-zone") throw usage(context, `Invalid --tz "${tz}", use a name such as UTC`);
  return ms === undefined ? text : new Date(ms).toISOString();
}

/** What a turn or an event is made of, without its kind; absent fields were not given. */
export function readPayload(context: CommandContext) {
  const { options } = context;
  const text = options.text("system-event");
  const message = options.text("message");
  if (text !== undefined && message !== undefined) {
    throw usage(context, "Choose one of --message, --system-event");
  }
  if (text !== undefined) return { kind: "systemEvent" as const, text };
  const tools = options.text("tools")?.split(/[\s,]+/).filter((name) => name !== "");
  const fields = withoutAbsent({
    message,
    model: options.text("model"),
    thinking: options.text("thinking"),
    timeoutSeconds: options.number("timeout-seconds"),
    lightContext: options.flag("light-context") || undefined,
    toolsAllow: tools,
  });
  return Object.keys(fields).length === 0 ? undefined : { kind: "agentTurn" as const, ...fields };
}

/** Where the outcome goes; absent when nothing was said about it. */
export function readDelivery({ options }: CommandContext): Partial<CronDelivery> | undefined {
  const webhook = options.text("webhook");
  const isAnnounced = options.flag("announce") || options.flag("deliver");
  const mode = webhook !== undefined
    ? "webhook"
    : options.flag("no-deliver")
    ? "none"
    : isAnnounced
    ? "announce"
    : undefined;
  const fields = withoutAbsent({
    mode,
    to: webhook ?? options.text("to"),
    channel: options.text("channel"),
    accountId: options.text("account"),
    threadId: options.text("thread-id"),
    bestEffort: options.flag("best-effort-deliver") || undefined,
  });
  return Object.keys(fields).length === 0 ? undefined : fields as Partial<CronDelivery>;
}

/** The fields of a job that stand for themselves. */
export function readFields({ options }: CommandContext): Record<string, unknown> {
  const isDeleted = options.flag("delete-after-run");
  const isKept = options.flag("keep-after-run");
  return withoutAbsent({
    name: options.text("name"),
    description: options.text("description"),
    agentId: options.text("agent"),
    sessionKey: options.text("session-key"),
    sessionTarget: options.text("session"),
    wakeMode: options.text("wake"),
    deleteAfterRun: isDeleted ? true : isKept ? false : undefined,
  });
}

/** A command line that contradicts itself. */
export function usage(context: CommandContext, message: string): AppError {
  const hint = context.say(`${context.spec.path.join(" ")} --help`);
  return new AppError("USAGE", message, { hint });
}

/** The fields that have a value. */
export function withoutAbsent(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
