/**
 * The access log: one line for each answered request. Neither query, nor headers, nor bodies are in it.
 *
 * @module
 */
import { ellipsize, type Logger } from "../../base/mod.ts";
import type { AnsweredRequest } from "../../http/mod.ts";

const MAX_PATH_CHARS = 200;

/** Where lines go: `off`, or the level they are written with. */
export type AccessLogMode = "off" | "debug" | "info";

/** Writes the line of a request. */
export function logRequest(log: Logger, level: "debug" | "info", request: AnsweredRequest): void {
  const { method, status, bytes, requestId, address, isComplete } = request;
  const path = shownPath(request.path);
  const ms = Math.round(request.durationMs);
  const tail = isComplete ? "" : " (client gone)";
  log[level](`${method} ${path} ${status} ${bytes}B ${ms}ms ${requestId} ${address}${tail}`, {
    method,
    path,
    status,
    bytes,
    ms,
    requestId,
    remote: address,
    isComplete,
  });
}

/** A capability in a path opens what is behind it. */
function shownPath(path: string): string {
  return ellipsize(path.replace(CAPABILITY, "$1***"), MAX_PATH_CHARS);
}

const CAPABILITY = /(\/__openclaw__\/cap\/)[^/]+/gi;
