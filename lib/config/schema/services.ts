/**
 * Sections about the gateway's surroundings: `auth`, `diagnostics`, `discovery`, `web`, and those
 * whose inside belongs to a part of the program that has its own description.
 *
 * @module
 */
import * as z from "zod/mini";
import {
  anything,
  choice,
  decimal,
  flag,
  group,
  loose,
  mapOf,
  open,
  requiredText,
  text,
  texts,
  whole,
} from "./field.ts";

/** Builds the schema of `auth`. */
export function authSchema() {
  const profile = z.looseObject({
    provider: requiredText("Model provider"),
    mode: choice(["api_key", "oauth", "token"], "Kind of credential"),
    email: text("Account, for people"),
    displayName: text("Name, for people"),
  });
  return z.object({
    profiles: mapOf(profile, "Credentials of model providers, by name; the secrets are elsewhere"),
    order: mapOf(z.array(z.string()), "Profiles to try, by provider, in order"),
    cooldowns: loose({
      billingBackoffHours: decimal("Pause after a bill was not paid", { unit: "hours" }),
      billingBackoffHoursByProvider: mapOf(z.number(), "The same by provider", { unit: "hours" }),
      billingMaxHours: decimal("Longest such pause", { unit: "hours" }),
      failureWindowHours: decimal("Span over which failures are counted", { unit: "hours" }),
    }, "Pauses of credentials that failed"),
  });
}

/** Builds the schema of `diagnostics`. */
export function diagnosticsSchema() {
  return z.looseObject({
    enabled: flag("Collect diagnostics"),
    flags: texts("Areas that are logged in detail"),
    stuckSessionWarnMs: whole("Time after which a run without progress is reported", {
      min: 1,
      unit: "ms",
      reload: "live",
    }),
    stuckSessionAbortMs: whole("Time after which such a run is aborted", {
      min: 1,
      unit: "ms",
      reload: "live",
    }),
    otel: loose({
      enabled: flag("Send to a collector"),
      endpoint: text("Address of the collector"),
      protocol: text("Wire format"),
      headers: mapOf(z.string(), "Headers of every request"),
      serviceName: text("Name of this gateway at the collector"),
      traces: flag("Send traces"),
      metrics: flag("Send metrics"),
      logs: flag("Send logs"),
      sampleRate: decimal("Part of the traces that is sent", { max: 1 }),
      flushIntervalMs: whole("Interval of sending", { unit: "ms" }),
    }, "OpenTelemetry"),
    cacheTrace: loose(
      {
        enabled: flag("Write a trace of prompts"),
        filePath: text("File of the trace"),
      },
      "Trace of what is sent to models",
      { danger: "The trace holds whole conversations" },
    ),
  });
}

/** Builds the schema of `discovery`. */
export function discoverySchema() {
  return z.object({
    mdns: group({
      mode: choice(["off", "minimal", "full"], "What is announced in the local network"),
    }, "Announcement in the local network"),
    wideArea: group({
      enabled: flag("Announce by DNS as well"),
      domain: text("Domain of the announcement"),
    }, "Announcement beyond the local network"),
  });
}

/** Builds the schema of `web`. */
export function webSchema() {
  return z.looseObject({
    enabled: flag("Run the channel that lives in a browser session"),
    heartbeatSeconds: whole("Interval of its signs of life", { min: 1, unit: "seconds" }),
    reconnect: loose({
      initialMs: whole("First pause", { unit: "ms" }),
      maxMs: whole("Longest pause", { unit: "ms" }),
      factor: decimal("Growth of the pause"),
      jitter: decimal("Random part of a pause", { max: 1 }),
      maxAttempts: whole("Most tries, 0 for no limit"),
    }, "Reconnection"),
  });
}

/** Builds the schema of `approvals`. */
export function approvalsSchema() {
  const forwarding = (what: string) =>
    loose({
      enabled: flag("Send the questions to chats"),
      mode: choice(["session", "targets", "both"], "To which chats"),
      agentFilter: texts("Agents whose questions are sent; all when absent"),
      sessionFilter: texts("Sessions whose questions are sent; all when absent"),
      targets: anything("Chats by channel and recipient"),
    }, what);
  return z.looseObject({
    exec: forwarding("Questions about commands"),
    plugin: forwarding("Questions of plugins"),
  });
}

/** Builds the schema of `talk`. */
export function talkSchema() {
  return z.looseObject({
    provider: text("Service that speaks"),
    providers: open("Settings by service"),
    interruptOnSpeech: flag("Stop speaking when someone else does"),
    silenceTimeoutMs: whole("Silence that ends what someone says", { min: 1, unit: "ms" }),
    speechLocale: text("Language that is listened for"),
  });
}

/** Builds the schema of `broadcast`. */
export function broadcastSchema() {
  return z.looseObject({
    strategy: choice(["parallel", "sequential"], "Whether the agents work at the same time"),
  });
}

/** Builds the schema of `media`. */
export function mediaSchema() {
  return z.looseObject({
    preserveFilenames: flag("Keep the names of incoming files"),
    ttlHours: whole("How long incoming files are kept", { min: 1, unit: "hours" }),
  });
}

/** Builds the schema of a section whose inside is not described here. */
export function plainSection() {
  return z.record(z.string(), z.unknown());
}
