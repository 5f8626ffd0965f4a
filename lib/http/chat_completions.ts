/**
 * `POST /v1/chat/completions`: body and headers in, one run, completion or event stream out.
 *
 * @module
 */
import { randomId } from "../base/mod.ts";
import { readJsonBody } from "./body.ts";
import { parseChatRequest } from "./chat_request.ts";
import { ChatCompletionBuilder, ChatStreamWriter, type CompletionHead } from "./chat_stream.ts";
import type { RequestContext } from "./context.ts";
import { JSON_TYPE, runError } from "./errors.ts";
import { STREAM_HOLD_MS } from "./limits.ts";
import { resolveRunTarget } from "./run_target.ts";
import { CLIENT_CLOSED, isFinal, RunStream } from "./run_stream.ts";
import { SSE_HEADERS, sseStream } from "./sse_stream.ts";

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

/**
 * Answers with the events of a run as they come.
 *
 * @param holdMs How long the answer waits for the run's first event, so that a refusal gets a real
 * status.
 * @throws {HttpError} When the run fails within that time.
 */
export async function streamAnswer(
  run: RunStream,
  writer: ChatStreamWriter,
  now: () => number,
  holdMs: number = STREAM_HOLD_MS,
): Promise<Response> {
  const isEarly = await run.peek(holdMs) !== undefined;
  const first = isEarly ? await run.next() : undefined;
  if (first?.type === "error") throw runError(first);
  if (run.isAborted) {
    run.close();
    throw runError(CLIENT_CLOSED);
  }
  run.detach();
  // The opening frame travels with the first event when that is there, alone otherwise.
  let opening = writer.open();
  if (first !== undefined) opening += writer.write(first);
  let isOver = first !== undefined && isFinal(first);
  const next = async () => {
    if (opening !== "") {
      const frames = opening;
      opening = "";
      return frames;
    }
    if (isOver) return undefined;
    const event = await run.next();
    isOver = isFinal(event);
    return writer.write(event);
  };
  const body = sseStream({ next, onCancel: (reason) => run.close(reason), now });
  return new Response(body, { headers: SSE_HEADERS });
}
