/**
 * Stability events for people.
 *
 * @module
 */
import { isObject, type JsonObject, redactShapes } from "../../base/mod.ts";
import type { Output } from "../output.ts";
import type { StoredBundle } from "./bundles.ts";

/** Shows a report of the running gateway, or the snapshot of a bundle. */
export function printStability(out: Output, report: JsonObject): void {
  const { count, capacity, dropped, summary } = report;
  const events = Array.isArray(report.events) ? report.events.filter(isObject) : [];
  out.line(`Events: ${Number(count)}/${Number(capacity)}`);
  if (Number(dropped) > 0) out.line(`Older ones forgotten: ${Number(dropped)}`);
  const byType = isObject(summary) && isObject(summary.byType)
    ? Object.entries(summary.byType)
    : [];
  out.line(`Types: ${byType.map(([type, many]) => `${type}=${many}`).join(", ") || "none"}`);
  if (events.length === 0) return;
  out.line("Recent:");
  for (const event of events) out.line(`  ${eventLine(event)}`);
}

/** Shows what a bundle is about, and its events. */
export function printBundle(out: Output, { path, bundle }: StoredBundle, limit: number): void {
  out.line(`Bundle: ${path}`);
  out.line(`Generated: ${String(bundle.generatedAt)}`);
  out.line(`Reason: ${String(bundle.reason)}`);
  const { error, snapshot } = bundle;
  if (isObject(error)) out.line(`Error: ${redactShapes(String(error.message))}`);
  const report = snapshot as JsonObject;
  const events = Array.isArray(report.events) ? report.events.slice(-limit) : [];
  printStability(out, { ...report, events });
}

/** `<time> #<seq> <type> key=value ...`. */
function eventLine({ seq, ts, type, ...facts }: JsonObject): string {
  const time = new Date(Number(ts)).toISOString();
  const shown = Object.entries(facts).map(([key, value]) => `${key}=${String(value)}`);
  return [time, `#${Number(seq)}`, String(type), ...shown].join(" ");
}
