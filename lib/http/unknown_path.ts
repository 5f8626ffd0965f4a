/**
 * What a path that no route owns is answered with. API clients get JSON that names the right path;
 * everyone else a plain 404.
 *
 * @module
 */
import { ellipsize } from "../base/mod.ts";
import type { RequestContext } from "./context.ts";
import { type ErrorFamily, HttpError, notFoundText } from "./errors.ts";
import { MESSAGES_PATH } from "./messages/caller.ts";
import { MAX_SHOWN_PATH_CHARS } from "./limits.ts";
import { MODELS_PATH } from "./models.ts";

/** Where chat completions are asked for. */
export const CHAT_PATH = "/v1/chat/completions";

/** Where responses are asked for; a single one is a segment below. */
export const RESPONSES_PATH = "/v1/responses";
/** Where embeddings are asked for. */
export const EMBEDDINGS_PATH = "/v1/embeddings";

/** First path segments that belong to an API and the envelope of their errors. */
const API_FAMILIES: Readonly<Record<string, ErrorFamily>> = {
  v1: "openai",
  api: "openai",
  tools: "gateway",
  sessions: "gateway",
  hooks: "hooks",
};

/** Paths of clients with a wrong base URL, and the path they mean. */
const LIKELY_PATHS: readonly (readonly [pattern: RegExp, path: string])[] = [
  [/\/chat\/completions\/?$/, CHAT_PATH],
  [/\/completions\/?$/, CHAT_PATH],
  [/\/responses(?:\/.*)?$/, RESPONSES_PATH],
  [/\/embeddings\/?$/, EMBEDDINGS_PATH],
  [/\/messages(?:\/.*)?$/, MESSAGES_PATH],
  [/\/models(?:\/.*)?$/, MODELS_PATH],
  [/^\/(?:v1\/)?tools\/invoke\/?$/, "/tools/invoke"],
  [/^\/(?:v1\/|api\/)?metrics\/?$/, "/metrics"],
  [/^\/(?:v1\/|api\/)?openapi(?:\.json|\.ya?ml)?\/?$/, "/openapi.json"],
];

/** Paths of the OpenAI API that say by themselves what kind of client is asking. */
const OPENAI_PATH = /^\/(?:(?:chat\/)?completions|models|embeddings|responses|messages)(?:\/|$)/;

/** Documents of the gateway that programs read. */
const MACHINE_PATH = /^\/(?:metrics|openapi(?:\.json|\.ya?ml)?)\/?$/;

/** The envelope of errors below `path`, or `undefined` outside the APIs. */
export function familyOf(path: string): ErrorFamily | undefined {
  const lowerPath = plainPath(path);
  const segment = lowerPath.slice(1).split("/", 1)[0]!;
  if (Object.hasOwn(API_FAMILIES, segment)) return API_FAMILIES[segment];
  return OPENAI_PATH.test(lowerPath) || MACHINE_PATH.test(lowerPath) ? "openai" : undefined;
}

/** A path for guessing what is meant, never for routing: decoded once, in lower case. */
function plainPath(path: string): string {
  try {
    return decodeURIComponent(path).toLowerCase();
  } catch {
    // A stray percent sign; what stands before it is enough for a guess.
    return path.toLowerCase();
  }
}

/**
 * Answers for a path without a route.
 *
 * @throws {HttpError} `NOT_FOUND` below an API.
 */
export function answerUnknownPath({ path }: RequestContext): Response {
  const family = familyOf(path);
  if (family === undefined) return notFoundText();
  const lowerPath = plainPath(path);
  const { remedy, hint } = remedyFor(lowerPath, family);
  throw new HttpError(
    404,
    "NOT_FOUND",
    `Unknown path "${ellipsize(path, MAX_SHOWN_PATH_CHARS)}": ${remedy}`,
    { hint },
  );
}

/** What was meant, as far as that can be guessed, and what to do about it. */
function remedyFor(lowerPath: string, family: ErrorFamily): { remedy: string; hint: string } {
  const meant = LIKELY_PATHS.find(([pattern]) => pattern.test(lowerPath))?.[1];
  if (family === "hooks") {
    return { remedy: "webhooks are off, or at another path", hint: "openclaw config get hooks" };
  }
  if (family === "gateway") {
    const remedy = lowerPath.startsWith("/tools") ? 'use "/tools/invoke"' : SESSION_PATHS;
    return { remedy, hint: "GET /openapi.json" };
  }
  return {
    remedy: meant === undefined ? `this gateway serves ${SERVED}` : `use "${meant}"`,
    hint: meant === MESSAGES_PATH ? ANTHROPIC_HINT : OPENAI_HINT,
  };
}

const SESSION_PATHS = 'use "/sessions/<key>/history" or "/sessions/<key>/kill", the key ' +
  "percent-encoded";
const OPENAI_HINT = "Set the base URL of an OpenAI client to the gateway's address followed by /v1";
const ANTHROPIC_HINT =
  "Set the base URL of an Anthropic client to the gateway's address, without /v1";
const SERVED = [MODELS_PATH, CHAT_PATH, RESPONSES_PATH, MESSAGES_PATH, EMBEDDINGS_PATH]
  .map((path) => `"${path}"`).join(", ") + ' and more, see "/openapi.json"';
