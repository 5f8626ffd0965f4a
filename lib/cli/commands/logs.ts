/**
 * `openclaw logs`: the end of the gateway's log, and what comes after it.
 *
 * @module
 */
import { AppError, delay, redactShapes } from "../../base/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import { isTransportFailure } from "../remote/connection.ts";
import { ReportedFailure, withExitCode } from "../errors.ts";
import { FileLogSource, GatewayLogSource, type LogSource } from "../logs/source.ts";
import type { LogChunk } from "../logs/types.ts";
import { LogView } from "../logs/view.ts";
import type { CommandContext } from "../table.ts";
import { resolveTarget } from "../remote/target.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_INTERVAL_MS = 1000;
const DEFAULT_LIMIT = 200;
const DEFAULT_MAX_BYTES = 250_000;
const MAX_RETRIES = 8;
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
const FILE_INSTEAD_NOTE = "Local Gateway RPC unavailable; reading configured file log instead.";

/** Shows the last lines, and with `--follow` all later ones. */
export async function run(context: CommandContext): Promise<number> {
  const { options } = context;
  const state = await readConfigState(context, "address");
  const target = await resolveTarget(context, state);
  const view = new LogView(context, query(context).limit);
  const timeoutMs = options.number("timeout") ?? DEFAULT_TIMEOUT_MS;
  let source: LogSource = new GatewayLogSource(context, target, timeoutMs);
  try {
    let chunk: LogChunk;
    try {
      chunk = await source.read(query(context));
    } catch (error) {
      if (!target.isLocal || !canReadFileInstead(error)) throw unreachable(error, target.isLocal);
      view.notice(FILE_INSTEAD_NOTE);
      source = new FileLogSource(context, state);
      chunk = await source.read(query(context));
    }
    view.begin(chunk);
    if (options.flag("follow")) await follow(context, source, view, chunk);
    return 0;
  } catch (error) {
    if (!options.flag("json") || !(error instanceof AppError)) throw error;
    context.out.jsonNote(failureLine(error));
    throw new ReportedFailure(await exitCodeOf(error));
  } finally {
    source.close();
  }
}

/** A failure as one more line of JSON, on standard error. */
function failureLine({ message, code, hint, details }: AppError) {
  const lines = Array.isArray(details?.context) ? details.context.map(String) : [];
  return {
    type: "error",
    message: redactShapes(message),
    error: code,
    details: lines,
    hint: hint ?? null,
  };
}

async function exitCodeOf(error: AppError): Promise<number> {
  if (typeof error.details?.exitCode === "number") return error.details.exitCode;
  return (await import("../../protocol/mod.ts")).exitCodeOf(error);
}

function query({ options }: CommandContext, cursor?: number) {
  return {
    cursor,
    limit: options.number("limit") ?? DEFAULT_LIMIT,
    maxBytes: options.number("max-bytes") ?? DEFAULT_MAX_BYTES,
  };
}

function canReadFileInstead(error: unknown): boolean {
  return isTransportFailure(error) ||
    (error instanceof AppError && error.code === "GATEWAY_PAIRING_REQUIRED");
}

function unreachable(error: unknown, isLocal: boolean): unknown {
  if (!(error instanceof AppError)) return error;
  if (isLocal || !isTransportFailure(error)) return withExitCode(error, 1);
  const message = `Gateway not reachable. Is it running and accessible? ${error.message}`;
  return withExitCode(error, 1, message);
}

/** Reads on until Ctrl-C; a gateway that goes away is waited for. */
async function follow(
  context: CommandContext,
  source: LogSource,
  view: LogView,
  first: LogChunk,
): Promise<void> {
  const stop = new AbortController();
  const stopListening = context.host.onInterrupt(() => stop.abort());
  const intervalMs = context.options.number("interval") ?? DEFAULT_INTERVAL_MS;
  let cursor = first.cursor;
  try {
    while (true) {
      await delay(intervalMs, stop.signal);
      const chunk = await readPatiently(context, source, view, cursor, stop.signal);
      view.show(chunk);
      cursor = chunk.cursor;
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    stopListening();
  }
}

async function readPatiently(
  context: CommandContext,
  source: LogSource,
  view: LogView,
  cursor: number,
  signal: AbortSignal,
): Promise<LogChunk> {
  for (let attempt = 0;; attempt++) {
    try {
      const chunk = await source.read(query(context, cursor));
      if (attempt > 0) view.notice("[logs] gateway reconnected");
      return chunk;
    } catch (error) {
      if (attempt >= MAX_RETRIES || !isPassing(error)) throw error;
      const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
      view.notice(`[logs] gateway disconnected, reconnecting in ${waitMs / 1000}s...`);
      await delay(waitMs, signal);
    }
  }
}

/** A refusal (1008) and an application's own code (4000 to 4999) are final. */
function isPassing(error: unknown): boolean {
  if (!isTransportFailure(error)) return false;
  const code = Number(error.details?.closeCode ?? 0);
  return code !== 1008 && (code < 4000 || code > 4999);
}
