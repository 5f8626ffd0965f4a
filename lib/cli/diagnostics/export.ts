/**
 * The diagnostics export: one archive for a bug report, without anything that was said and without
 * secrets.
 *
 * @module
 */
import { join } from "@std/path";
import { isObject, type JsonObject, VERSION } from "../../base/mod.ts";
import type { CommandContext } from "../table.ts";
import { type DiagnosticParts, parsedConfig, type Part } from "./parts.ts";
import { sanitizeLogLine, sanitizeText, sanitizeValue } from "./sanitize.ts";
import { summaryText } from "./summary.ts";
import { buildZip, type ZipFile } from "./zip.ts";

/** What was written. */
export interface ExportResult {
  readonly path: string;
  readonly bytes: number;
  readonly files: readonly string[];
}

/** What the export says of itself. */
export const PRIVACY = "payload-free stability, sanitized logs/status/health/config";

/**
 * Writes the archive, readable by its owner only.
 *
 * @param output Where to; a new name below the state folder unless given.
 * @throws {AppError} What the file system answers.
 */
export async function writeExport(
  { clock }: CommandContext,
  parts: DiagnosticParts,
  output: string | undefined,
): Promise<ExportResult> {
  const { ensureDir, writeFileAtomic } = await import("../../platform/mod.ts");
  const date = new Date(clock.now());
  const files = await exportFiles(parts, date.toISOString());
  const archive = await buildZip(files, date);
  const { stateDir } = parts.state.paths;
  const stamp = date.toISOString().replaceAll(/[:.]/g, "-");
  const folder = join(stateDir, "logs", "support");
  const path = output ?? join(folder, `openclaw-diagnostics-${stamp}-${parts.machine.pid}.zip`);
  if (output === undefined) await ensureDir(folder);
  await writeFileAtomic(path, archive);
  return { path, bytes: archive.length, files: files.map((file) => file.path) };
}

async function exportFiles(parts: DiagnosticParts, generatedAt: string): Promise<ZipFile[]> {
  const { redactConfig } = await import("../../config/mod.ts");
  const { sanitizer, state, log, bundle } = parts;
  const clean = (value: unknown) => sanitizeValue(value, sanitizer);
  const contents: ZipFile[] = [
    json("diagnostics.json", overview(parts, generatedAt)),
    json("config/shape.json", shape(parts)),
    json("config/sanitized.json", clean(redactConfig(parsedConfig(state)))),
    ...(log === undefined ? [] : [{
      path: "logs/openclaw-sanitized.jsonl",
      text: log.lines.map((line) => `${sanitizeLogLine(line, sanitizer)}\n`).join(""),
    }]),
    json("status/gateway-status.json", snapshotOf(parts.status, parts, generatedAt)),
    json("health/gateway-health.json", snapshotOf(parts.health, parts, generatedAt)),
    json("stability/live.json", snapshotOf(parts.live, parts, generatedAt)),
    ...(bundle === undefined ? [] : [json("stability/latest.json", cleanBundle(parts))]),
  ];
  const summary = { path: "summary.md", text: summaryText(parts, generatedAt) };
  const inventory = [...contents, summary];
  return [json("manifest.json", manifest(inventory, parts, generatedAt)), ...inventory];
}

function json(path: string, value: unknown): ZipFile {
  return { path, text: `${JSON.stringify(value, null, 2)}\n` };
}

function manifest(
  files: readonly ZipFile[],
  { machine: { platform, arch, deno } }: DiagnosticParts,
  generatedAt: string,
): JsonObject {
  const encoder = new TextEncoder();
  return {
    version: 1,
    generatedAt,
    openclawVersion: VERSION,
    platform,
    arch,
    deno,
    stateDir: "$OPENCLAW_STATE_DIR",
    contents: files.map(({ path, text }) => ({
      path,
      mediaType: mediaTypeOf(path),
      bytes: encoder.encode(text).length,
    })),
    privacy: {
      payloadFree: true,
      rawLogsIncluded: false,
      notes: [
        "Stability bundles are payload-free diagnostic snapshots.",
        "Of log records the time, the level, the subsystem and the kind of message are kept.",
        "Status and health have no texts, no names of people and no keys of sessions.",
        "The config has its settings without credentials, identifiers of people and prompts.",
      ],
    },
  };
}

function mediaTypeOf(path: string): string {
  if (path.endsWith(".jsonl")) return "application/x-ndjson";
  return path.endsWith(".json") ? "application/json" : "text/plain; charset=utf-8";
}

function overview(parts: DiagnosticParts, generatedAt: string): JsonObject {
  const { log, bundle, sanitizer, machine } = parts;
  return {
    generatedAt,
    openclawVersion: VERSION,
    process: machine,
    stateDir: "$OPENCLAW_STATE_DIR",
    config: shape(parts),
    ...(log === undefined ? {} : {
      logs: {
        file: sanitizeText(log.file, sanitizer),
        cursor: log.cursor,
        size: log.size,
        lineCount: log.lines.length,
        truncated: log.truncated,
        reset: log.reset,
      },
    }),
    stability: bundle === undefined ? { status: "missing" } : {
      status: "found",
      path: sanitizeText(bundle.path, sanitizer),
      reason: bundle.bundle.reason,
      generatedAt: bundle.bundle.generatedAt,
    },
    status: { status: included(parts.status), path: "status/gateway-status.json" },
    health: { status: included(parts.health), path: "health/gateway-health.json" },
  };
}

function included(part: Part): "included" | "failed" {
  return "data" in part ? "included" : "failed";
}

/** What can be told of a config without telling any of it. */
function shape({ state, sanitizer }: DiagnosticParts): JsonObject {
  const { path, exists, issues, config } = state.snapshot;
  const parsed = parsedConfig(state);
  return {
    path: sanitizeText(path, sanitizer),
    exists,
    parseOk: Object.keys(parsed).length > 0 || issues.length === 0,
    issueCount: issues.length,
    topLevelKeys: Object.keys(sanitizeValue(parsed, sanitizer) as JsonObject),
    gateway: {
      mode: config.gateway?.mode ?? null,
      port: config.gateway?.port ?? null,
      authMode: config.gateway?.auth?.mode ?? null,
    },
  };
}

function snapshotOf(part: Part, { sanitizer }: DiagnosticParts, capturedAt: string): JsonObject {
  if ("data" in part) {
    return { status: "ok", capturedAt, data: sanitizeValue(part.data, sanitizer) };
  }
  // A failure names addresses of this machine and what a gateway answered; its first words will do.
  const [reason = ""] = sanitizeText(part.failed, sanitizer).split(/[:("\n]/, 1);
  return { status: "failed", capturedAt, reason: reason.trim() };
}

/** A bundle has no payload; only its error is a text, told without what it quotes. */
function cleanBundle({ bundle, sanitizer }: DiagnosticParts): unknown {
  const { error, ...rest } = bundle!.bundle;
  const facts = isObject(error) ? error : undefined;
  return {
    ...sanitizeValue(rest, sanitizer) as JsonObject,
    ...(facts === undefined ? {} : { error: { code: facts.code, kind: facts.name } }),
  };
}
