/**
 * The session that a path names.
 *
 * @module
 */
import { ellipsize } from "../../base/mod.ts";
import type { RequestContext } from "../context.ts";
import { HttpError } from "../errors.ts";
import { MAX_NAME_CHARS } from "../limits.ts";

/** A session that is there. */
export interface NamedSession {
  /** As it is stored. */
  key: string;
}

/**
 * The session of `/sessions/<key>/<action>`, with the key percent-encoded once.
 *
 * @throws {HttpError} 400 for what is no key, 404 for a session that is not there.
 */
export function sessionOf({ path, deps: { sessions } }: RequestContext): NamedSession {
  const written = decoded(path.split("/")[2] ?? "");
  const key = written === undefined ? undefined : sessions.canonicalKey(written);
  if (written === undefined || key === undefined) throw invalidKey();
  if (sessions.end(key) !== undefined) return { key };
  const shown = ellipsize(written, MAX_NAME_CHARS);
  throw new HttpError(404, "SESSION_NOT_FOUND", `Session not found: ${shown}`, {
    type: "not_found",
    hint: "openclaw gateway call sessions.list",
  });
}

function decoded(segment: string): string | undefined {
  try {
    const text = decodeURIComponent(segment).trim();
    return text === "" ? undefined : text;
  } catch {
    // The engine says nothing beyond "malformed".
    return undefined;
  }
}

function invalidKey(): HttpError {
  return new HttpError(400, "SESSION_KEY_INVALID", "invalid session key", {
    type: "invalid_request_error",
    hint: 'Percent-encode a key such as "agent:main:main"',
  });
}
