/**
 * What a diagnostics export is made from, collected on this machine and from its gateway.
 *
 * @module
 */
import { errorMessage, isObject, type JsonObject, RedactionSet } from "../../base/mod.ts";
import type { LogTail } from "../../platform/mod.ts";
import { logFilePath } from "../logs/source.ts";
import type { ConfigState } from "../remote/config_state.ts";
import { callGateway } from "../remote/connection.ts";
import { resolveTarget, type Target } from "../remote/target.ts";
import { collectGatewayFacts } from "../reports/gateway_facts.ts";
import { readBundle, type StoredBundle } from "../stability/bundles.ts";
import type { CommandContext } from "../table.ts";
import type { Sanitizer } from "./sanitize.ts";

const CALL_TIMEOUT_MS = 5000;
/** Shorter values of variables are words that stand everywhere. */
const MIN_SECRET_CHARS = 8;

/** One answer, or why there is none. */
export type Part = { readonly data: unknown } | { readonly failed: string };

/** Everything, before anything is taken out. */
export interface DiagnosticParts {
  readonly state: ConfigState;
  readonly status: Part;
  readonly health: Part;
  /** What the running gateway remembers. */
  readonly live: Part;
  readonly log: LogTail | undefined;
  readonly bundle: StoredBundle | undefined;
  readonly sanitizer: Sanitizer;
  readonly machine: MachineFacts;
}

/** What the export tells of the machine. */
export interface MachineFacts {
  readonly platform: string;
  readonly arch: string;
  readonly deno: string;
  readonly pid: number;
}

/** How much of the log is looked at. */
export interface LogLimits {
  readonly lines: number;
  readonly bytes: number;
}

/** Collects; what cannot be had is told in its place. */
export async function collectParts(
  context: CommandContext,
  state: ConfigState,
  limits: LogLimits,
  withBundle: boolean,
): Promise<DiagnosticParts> {
  const target = await resolveTarget(context, state, { lenient: true });
  const call = (method: string) =>
    part(() => callGateway(context, target, { method }, { timeoutMs: CALL_TIMEOUT_MS }));
  const [status, health, live, log, bundle, sanitizer] = await Promise.all([
    part(async () => (await collectGatewayFacts(context, state)).json),
    call("health"),
    call("diagnostics.stability"),
    readLog(context, state, limits),
    withBundle ? readBundle(state.paths.stateDir, "latest") : undefined,
    makeSanitizer(state, target),
  ]);
  const { currentPid, machineArch, osName } = await import("../../platform/mod.ts");
  const deno = Deno.version.deno;
  const machine = { platform: osName(), arch: machineArch(), deno, pid: currentPid() };
  return { state, status, health, live, log, bundle, sanitizer, machine };
}

async function part(work: () => Promise<unknown>): Promise<Part> {
  try {
    return { data: await work() };
  } catch (error) {
    return { failed: errorMessage(error) };
  }
}

async function readLog(
  context: CommandContext,
  state: ConfigState,
  { lines, bytes }: LogLimits,
): Promise<LogTail | undefined> {
  const { readLogTail } = await import("../../platform/mod.ts");
  const file = await logFilePath(context, state).catch(() => "");
  if (file === "") return undefined;
  const { configPath } = state.paths;
  const query = { limit: lines, maxBytes: bytes, configPath };
  return await readLogTail(file, query).catch(() => undefined);
}

/** Knows every secret that this machine's config, its variables and its credentials have. */
async function makeSanitizer(
  { snapshot, paths }: ConfigState,
  { token, password }: Target,
): Promise<Sanitizer> {
  const { collectSecrets, readEnvFiles } = await import("../../config/mod.ts");
  const redaction = new RedactionSet();
  const { variables } = await readEnvFiles(paths, undefined).catch(() => ({ variables: {} }));
  const values = Object.values(variables as Record<string, string>);
  const config: unknown = snapshot.config;
  const parsed: unknown = snapshot.parsed;
  const found = [config, parsed].filter(isObject).flatMap((tree: JsonObject) =>
    collectSecrets(tree)
  );
  for (const value of [...found, ...values, token, password]) {
    if (value !== undefined && value.length >= MIN_SECRET_CHARS) redaction.add(value);
  }
  return { redaction, stateDir: paths.stateDir, home: paths.home };
}

/** The config as it is on disk, parsed; empty when that cannot be done. */
export function parsedConfig({ snapshot }: ConfigState): JsonObject {
  const { parsed } = snapshot;
  return isObject(parsed) ? parsed : {};
}
