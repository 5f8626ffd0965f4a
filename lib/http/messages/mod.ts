/**
 * `POST /v1/messages`, Anthropic's dialect: body and headers in, one run, message or event stream out.
 *
 * @module
 */
import { randomId } from "../../base/mod.ts";
import { readJsonBody } from "../body.ts";
import type { RequestContext } from "../context.ts";
import { JSON_TYPE, runError } from "../errors.ts";
import { streamAnswer } from "../run_answer.ts";
import { RunStream } from "../run_stream.ts";
import { resolveRunTarget } from "../run_target.ts";
import { withFiles } from "../turn_wording.ts";
import { readDocuments } from "./documents.ts";
import { readImages } from "./images.ts";
import { parseMessagesRequest } from "./request.ts";
import { MessageBuilder, type MessageHead, MessageStreamWriter } from "./stream.ts";

export { countTokens } from "./count_tokens.ts";

/**
 * Answers a request for a message.
 *
 * @throws {HttpError} For everything that is known before the first byte of the answer.
 */
export async function createMessage(context: RequestContext): Promise<Response> {
  const { request, deps, requestId } = context;
  const asked = parseMessagesRequest(await readJsonBody(request, deps.maxBodyBytes("messages")));
  const { model, user, showsThinking } = asked;
  const target = resolveRunTarget(
    request.headers,
    { model, user, dialect: "anthropic" },
    deps.agents(),
  );
  const id = `msg_${randomId().replaceAll("-", "")}`;
  const stopSequences = asked.run.sampling?.stop ?? [];
  const head: MessageHead = { id, model, requestId, showsThinking, stopSequences };
  const images = await readImages(asked.images, deps, request.signal);
  const files = await readDocuments(asked.documents, deps, request.signal);
  const run = new RunStream(
    deps,
    { runId: id, ...target, ...withFiles(asked.run, files), images },
    request.signal,
  );
  return asked.isStream
    ? await streamAnswer(run, new MessageStreamWriter(head), () => deps.now())
    : await wholeAnswer(run, new MessageBuilder(head));
}

async function wholeAnswer(run: RunStream, builder: MessageBuilder): Promise<Response> {
  let final = builder.add(await run.next());
  while (final === undefined) final = builder.add(await run.next());
  if (final.type === "error") throw runError(final);
  return new Response(JSON.stringify(builder.build(final)), {
    headers: { "content-type": JSON_TYPE },
  });
}
