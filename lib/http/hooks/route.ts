/**
 * Whether a request is for the webhooks, whose path is configured; what answers them is loaded with the
 * first one.
 *
 * @module
 */
import type { RequestContext } from "../context.ts";
import { errorResponse, HttpError } from "../errors.ts";

/** The answer of the webhooks; `undefined` when the request is not for them. */
export function answerIfHook(context: RequestContext): Promise<Response> | undefined {
  const { deps, path } = context;
  const hooks = deps.hooks();
  if (hooks === undefined || !isHookPath(path, hooks.path)) return undefined;
  if (deps.isStarting()) return Promise.resolve(errorResponse(starting(), "hooks"));
  return import("./mod.ts").then(({ answerHook }) => answerHook(context, hooks));
}

/** Whether a request is for the webhooks. */
export function isForHooks({ deps, path }: RequestContext): boolean {
  const hooks = deps.hooks();
  return hooks !== undefined && isHookPath(path, hooks.path);
}

/** Whether a path is that of the webhooks or below it. */
function isHookPath(path: string, base: string): boolean {
  return path.startsWith(base) && (path.length === base.length || path[base.length] === "/");
}

function starting(): HttpError {
  return new HttpError(503, "GATEWAY_STARTING", "The gateway is still starting", {
    retryable: true,
    retryAfterMs: 1000,
  });
}
