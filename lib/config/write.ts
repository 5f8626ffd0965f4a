/**
 * Replaces the configuration file, after it was made sure that nothing is lost by it.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { AppError, type Clock, type Env, sha256Hex } from "../base/mod.ts";
import { ensureDir, writeFileAtomic } from "../platform/mod.ts";
import { recordVersion } from "./history.ts";
import { evaluateConfig, readConfigBytes } from "./load.ts";
import { lookup } from "./lookup.ts";
import { decodeUtf8, MAX_CONFIG_BYTES, parseConfigText } from "./parse.ts";
import { redactedPaths } from "./redact.ts";
import { summarize } from "./resolve/start_guard.ts";
import type { ConfigIssue, ConfigPaths, ConfigSnapshot } from "./types.ts";

/** One write. */
export interface WriteOptions {
  readonly paths: ConfigPaths;
  readonly env: Env;
  readonly clock: Clock;
  /** Hash of the file that the new text is based on; only a new file may go without. */
  readonly baseHash: string | undefined;
  readonly raw: string;
  /** Writes even where configuration would be lost; for a user who named what goes. */
  readonly force?: boolean;
}

/** A write that was done. */
export interface WriteResult {
  readonly path: string;
  /** Hash of the file as it is now. */
  readonly hash: string;
  /** What the new text says. */
  readonly snapshot: ConfigSnapshot;
}

/** From this size on, a file must not shrink to less than half. */
const SHRINK_GUARD_BYTES = 512;

/**
 * Checks a text and puts it in place of the configuration file.
 *
 * Other processes that write the same file wait; what they base on the old text is then refused.
 *
 * @throws {AppError} `CONFIG_READ_ONLY`, `CONFIG_CHANGED`, `CONFIG_INVALID`, `CONFIG_UNREADABLE`,
 * `CONFIG_WRITE_DESTRUCTIVE`, or the code of a failed file operation
 */
export async function writeConfig(options: WriteOptions): Promise<WriteResult> {
  const { paths, env } = options;
  if (env.get("OPENCLAW_NIX_MODE") === "1") throw readOnly(paths.configPath);
  await ensureDir(dirname(paths.configPath));
  const historyDir = join(paths.stateDir, "config-history");
  await ensureDir(historyDir);
  using lock = await Deno.open(join(historyDir, "lock"), {
    read: true,
    write: true,
    create: true,
    mode: 0o600,
  });
  await lock.lock(true);
  return await replaceFile(options, historyDir);
}

async function replaceFile(options: WriteOptions, historyDir: string): Promise<WriteResult> {
  const { paths, clock, raw } = options;
  const previous = await readPrevious(paths.configPath);
  assertUnchanged(previous, options.baseHash);
  const snapshot = await evaluateConfig({ ...options, raw });
  assertValid(snapshot);
  if (!options.force) await assertHarmless(previous, snapshot);
  for (const text of previous.exists ? [previous.raw, raw] : [raw]) {
    await recordVersion({ historyDir, text, hash: await sha256Hex(text), now: clock.now() });
  }
  await writeFileAtomic(paths.configPath, raw, { mode: 0o600 });
  return { path: paths.configPath, hash: snapshot.hash, snapshot };
}

interface Previous {
  readonly exists: boolean;
  readonly raw: string;
  readonly hash: string;
}

async function readPrevious(path: string): Promise<Previous> {
  const read = await readConfigBytes(path);
  if (read.kind === "missing") return { exists: false, raw: "", hash: await sha256Hex("") };
  if (read.kind === "read") {
    const raw = decodeUtf8(read.bytes) ?? new TextDecoder().decode(read.bytes);
    return { exists: true, raw, hash: await sha256Hex(read.bytes) };
  }
  throw new AppError("CONFIG_UNREADABLE", `Cannot replace config "${path}": ${read.message}`, {
    hint: "openclaw config file",
  });
}

function assertUnchanged(previous: Previous, baseHash: string | undefined): void {
  if (baseHash === previous.hash || (baseHash === undefined && !previous.exists)) return;
  const message = baseHash === undefined
    ? "config base hash required; re-run config.get and retry"
    : "config changed since last load; re-run config.get and retry";
  throw new AppError("CONFIG_CHANGED", message, {
    hint: "openclaw config get gateway",
    retryable: true,
  });
}

function assertValid(snapshot: ConfigSnapshot): void {
  const unreadable = snapshot.issues.find((issue) => issue.path === "");
  if (unreadable) {
    throw new AppError("CONFIG_UNREADABLE", `Cannot write config: ${unreadable.message}`, {
      hint: "openclaw config validate",
    });
  }
  const issues: ConfigIssue[] = [
    ...snapshot.issues,
    ...redactedPaths(snapshot.parsed).map((path) => ({
      path,
      message: "holds the placeholder of a hidden secret",
    })),
  ];
  if (new TextEncoder().encode(snapshot.raw).length > MAX_CONFIG_BYTES) {
    issues.push({ path: "$", message: `the text has more than ${MAX_CONFIG_BYTES} bytes` });
  }
  if (issues.length === 0) return;
  throw new AppError("CONFIG_INVALID", `invalid config: ${summarize(issues)}`, {
    hint: "openclaw config validate",
    details: { issues },
  });
}

/** Refuses a text that has lost a large part of what the file says now. */
async function assertHarmless(previous: Previous, next: ConfigSnapshot): Promise<void> {
  if (!previous.exists) return;
  const reasons: string[] = [];
  const before = new TextEncoder().encode(previous.raw).length;
  const after = new TextEncoder().encode(next.raw).length;
  if (before >= SHRINK_GUARD_BYTES && after * 2 < before) {
    reasons.push(`the file would shrink from ${before} to ${after} bytes`);
  }
  const parsed = await parseConfigText(previous.raw);
  const old = parsed.ok ? parsed.value : {};
  const lost = Object.keys(old).filter((name) => !Object.hasOwn(next.parsed, name));
  if (lost.length > 0) reasons.push(`the sections ${lost.join(", ")} would be lost`);
  const hadMode = lookup(old, ["gateway", "mode"]).found;
  if (hadMode && !lookup(next.parsed, ["gateway", "mode"]).found && !lost.includes("gateway")) {
    reasons.push("gateway.mode would be lost");
  }
  if (reasons.length === 0) return;
  throw new AppError(
    "CONFIG_WRITE_DESTRUCTIVE",
    `Refusing to write config: ${reasons.join("; ")}`,
    { hint: "Name what is to go: openclaw config unset <path>", details: { reasons, lost } },
  );
}

function readOnly(path: string): AppError {
  return new AppError(
    "CONFIG_READ_ONLY",
    `Cannot write config "${path}": OPENCLAW_NIX_MODE=1 makes it read-only`,
    { hint: "Change the Nix configuration that generates the file" },
  );
}
