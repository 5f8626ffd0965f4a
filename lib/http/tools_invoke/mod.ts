/**
 * `POST /tools/invoke`: one call of a tool, outside of any turn.
 *
 * @module
 */
import * as z from "zod/mini";
import { isObject } from "../../base/mod.ts";
import { readJsonBody } from "../body.ts";
import type { RequestContext } from "../context.ts";
import { errorResponse, HttpError, JSON_TYPE } from "../errors.ts";
import { MAX_NAME_CHARS, MAX_TOOL_BODY_BYTES } from "../limits.ts";
import { toolsInvokeSchema } from "./schema.ts";
import type { HttpToolInvocation } from "./types.ts";

export type { HttpToolInvocation, HttpToolOutcome, HttpTools } from "./types.ts";

let schema: ReturnType<typeof toolsInvokeSchema> | undefined;

/**
 * Answers a call.
 *
 * @throws {HttpError} For a body that cannot be read.
 */
export async function invokeTool(context: RequestContext): Promise<Response> {
  const { request, deps, auth } = context;
  const body = await readJsonBody(request, MAX_TOOL_BODY_BYTES);
  const { tool, name, args = {}, dryRun = false, ...rest } = z.parse(
    schema ??= toolsInvokeSchema(),
    isObject(body) ? body : {},
  );
  const wanted = tool || name;
  if (!wanted) throw nameless();
  const outcome = await deps.tools.invoke({
    name: wanted,
    args,
    ...rest,
    isDryRun: dryRun,
    isOwner: auth?.isOwner ?? false,
    ...deliveryOf(request.headers),
    signal: request.signal,
  });
  if (!outcome.ok) {
    const { status, code, message, type, hint } = outcome;
    return errorResponse(new HttpError(status, code, message, { type, hint }), "gateway");
  }
  const { result, isDryRun } = outcome;
  const answer = { ok: true, ...(isDryRun ? { dryRun: true } : {}), result };
  return new Response(JSON.stringify(answer), { headers: { "content-type": JSON_TYPE } });
}

function nameless(): HttpError {
  return new HttpError(400, "INVALID_REQUEST", "tools.invoke requires name", {
    type: "invalid_request",
    hint: 'Send {"tool":"agents_list"}',
  });
}

/** The place on a channel that the client speaks for. */
function deliveryOf(headers: Headers): Pick<HttpToolInvocation, "delivery"> {
  const value = (name: string) => {
    const text = headers.get(name)?.trim() ?? "";
    return text === "" || text.length > MAX_NAME_CHARS ? undefined : text;
  };
  const channel = value("x-openclaw-message-channel")?.toLowerCase();
  if (channel === undefined) return {};
  const [to, accountId, threadId] = ["message-to", "account-id", "thread-id"]
    .map((name) => value(`x-openclaw-${name}`));
  return {
    delivery: {
      channel,
      ...(to === undefined ? {} : { to }),
      ...(accountId === undefined ? {} : { accountId }),
      ...(threadId === undefined ? {} : { threadId }),
    },
  };
}
