/**
 * The page of an export that a person reads first.
 *
 * @module
 */
import { VERSION } from "../../base/mod.ts";
import type { DiagnosticParts, Part } from "./parts.ts";

/** Markdown. */
export function summaryText(parts: DiagnosticParts, generatedAt: string): string {
  const { log, bundle } = parts;
  const lines = [
    "# OpenClaw Diagnostics Export",
    "",
    "Attach this file to a bug report. It tells what happened without telling what was said.",
    "",
    `Generated: ${generatedAt}`,
    `OpenClaw: ${VERSION}`,
    "",
    "## Contents",
    "",
    bundle === undefined
      ? "- no stability bundle: no gateway of this state has ended badly"
      : `- latest stability bundle (${String(bundle.bundle.reason)})`,
    log === undefined
      ? "- no log could be read"
      : `- log tail (${log.lines.length} line(s); messages without what they quote)`,
    "- config without credentials, identifiers and prompts",
    `- gateway status ${presence(parts.status)}`,
    `- gateway health ${presence(parts.health)}`,
    `- events of the running gateway ${presence(parts.live)}`,
    "",
    "## Where to look",
    "",
    "- `manifest.json`: what is in here",
    "- `diagnostics.json`: config, log, stability, status and health in short",
    "- `status/gateway-status.json`: service and connectivity",
    "- `stability/`: the last events before a bad end, and those of the running gateway",
    "",
  ];
  return lines.join("\n");
}

function presence(part: Part): string {
  return "data" in part ? "included" : "could not be had";
}
