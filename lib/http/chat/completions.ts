/**
 * `POST /v1/chat/completions`: body and headers in, one run, completion or event stream out.
 *
 * @module
 */
import { randomId } from "../../base/mod.ts";
import { readJsonBody } from "../body.ts";
import { parseChatRequest } from "./request.ts";
import { ChatStreamWriter } from "./stream.ts";
import { ChatCompletionBuilder } from "./whole.ts";
import type { CompletionHead } from "./wording.ts";
import type { RequestContext } from "../context.ts";
import { JSON_TYPE, runError } from "../errors.ts";
import { loadImages } from "../images.ts";
import { withFiles } from "../turn_wording.ts";
import { loadChatFiles } from "./files.ts";
import { resolveRunTarget } from "../run_target.ts";
import { streamAnswer } from "../run_answer.ts";
import { RunStream } from "../run_stream.ts";

/**
 * Answers a chat request.
 *
 * @throws {HttpError} For everything that is known before the first byte of the answer.
 */
export async function completeChat({ request, deps }: RequestContext): Promise<Response> {
  const { form, user, imageParts, fileParts, run: asked } = parseChatRequest(
    await readJsonBody(request, deps.maxBodyBytes("chatCompletions")),
  );
  const target = resolveRunTarget(
    request.headers,
    { model: form.model, user, dialect: "openai" },
    deps.agents(),
  );
  const images = await loadImages(imageParts, deps, request.signal);
  const files = await loadChatFiles(fileParts, deps, request.signal);
  const head: CompletionHead = {
    id: `chatcmpl_${randomId()}`,
    created: Math.floor(deps.now() / 1000),
    model: form.model,
  };
  const run = new RunStream(
    deps,
    { runId: head.id, ...target, ...withFiles(asked, files), images },
    request.signal,
  );
  return form.isStream
    ? await streamAnswer(run, new ChatStreamWriter(head, form), () => deps.now())
    : await wholeAnswer(run, new ChatCompletionBuilder(head, form.usesFunctions));
}

async function wholeAnswer(run: RunStream, builder: ChatCompletionBuilder): Promise<Response> {
  let final = builder.add(await run.next());
  while (final === undefined) final = builder.add(await run.next());
  if (final.type === "error") throw runError(final);
  return new Response(JSON.stringify(builder.build(final)), {
    headers: { "content-type": JSON_TYPE },
  });
}
