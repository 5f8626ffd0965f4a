/**
 * `POST /v1/chat/completions`: body and headers in, one run, completion or event stream out.
 *
 * @module
 */
import { randomId } from "../../base/mod.ts";
import { readJsonBody } from "../body.ts";
import { parseChatRequest } from "./request.ts";
import { ChatCompletionBuilder, ChatStreamWriter, type CompletionHead } from "./stream.ts";
import type { RequestContext } from "../context.ts";
import { JSON_TYPE, runError } from "../errors.ts";
import { resolveRunTarget } from "../run_target.ts";
import { streamAnswer } from "../run_answer.ts";
import { RunStream } from "../run_stream.ts";

/**
 * Answers a chat request.
 *
 * @throws {HttpError} For everything that is known before the first byte of the answer.
 */
export async function completeChat({ request, deps }: RequestContext): Promise<Response> {
  const chat = parseChatRequest(await readJsonBody(request, deps.maxBodyBytes("chatCompletions")));
  const { model, user } = chat;
  const target = resolveRunTarget(
    request.headers,
    { model, user, dialect: "openai" },
    deps.agents(),
  );
  const head: CompletionHead = {
    id: `chatcmpl_${randomId()}`,
    created: Math.floor(deps.now() / 1000),
    model,
  };
  const run = new RunStream(deps, {
    runId: head.id,
    ...target,
    message: chat.message,
    images: chat.images,
    extraSystemPrompt: chat.extraSystemPrompt,
    maxTokens: chat.maxTokens,
    sampling: chat.sampling,
  }, request.signal);
  return chat.isStream
    ? await streamAnswer(run, new ChatStreamWriter(head, chat.includesUsage), () => deps.now())
    : await wholeAnswer(run, new ChatCompletionBuilder(head));
}

async function wholeAnswer(run: RunStream, builder: ChatCompletionBuilder): Promise<Response> {
  let final = builder.add(await run.next());
  while (final === undefined) final = builder.add(await run.next());
  if (final.type === "error") throw runError(final);
  return new Response(JSON.stringify(builder.build(final)), {
    headers: { "content-type": JSON_TYPE },
  });
}
