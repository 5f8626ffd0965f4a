/**
 * `POST /v1/responses`: body and headers in, one run, response or event stream out.
 *
 * @module
 */
import { readJsonBody } from "../body.ts";
import type { RequestContext } from "../context.ts";
import { errorBody, errorResponse, HttpError, JSON_TYPE, runError } from "../errors.ts";
import { STREAM_HOLD_MS } from "../limits.ts";
import { streamAnswer } from "../run_answer.ts";
import { type FinalRunEvent, isFinal, RunStream } from "../run_stream.ts";
import { resolveRunTarget } from "../run_target.ts";
import type { HttpResponseOwner } from "../response_types.ts";
import type { HttpRunRequest } from "../types.ts";
import { ResponseMaker } from "./maker.ts";
import { loadMedia } from "./media.ts";
import { Recorder } from "./recorder.ts";
import { isOwnedBy, resolveReferences } from "./references.ts";
import { newResponseId, parseResponsesRequest, type ResponsesRequest } from "./request.ts";
import type { ResponseObject } from "./response_object.ts";
import { toStoredInput } from "./stored_input.ts";
import { ResponseStreamWriter } from "./stream.ts";
import { toTurn } from "./turn.ts";

/**
 * Answers a request.
 *
 * @throws {HttpError} For everything that is known before the run begins.
 */
export async function createResponse(context: RequestContext): Promise<Response> {
  const { request, deps } = context;
  const asked = parseResponsesRequest(await readJsonBody(request, deps.maxBodyBytes("responses")));
  const id = newResponseId();
  const { run: runRequest, owner, items } = await prepareRun(context, asked, id);
  const createdAt = deps.now();
  const maker = new ResponseMaker(
    { id, createdAt: Math.floor(createdAt / 1000) },
    asked,
    () => deps.now(),
  );
  const recorder = new Recorder(deps.responses, {
    id,
    createdAt,
    ...owner,
    input: toStoredInput(items, id),
  }, { maker, isStored: asked.isStored });
  if (asked.isBackground) return await answerInBackground(context, runRequest, maker, recorder);
  const run = new RunStream(deps, runRequest, request.signal);
  return asked.isStream
    ? await answerAsStream(context, run, maker, recorder)
    : await answerWhole(run, maker, recorder);
}

interface PreparedRun {
  run: Omit<HttpRunRequest, "signal">;
  owner: HttpResponseOwner;
  items: ReturnType<typeof resolveReferences>;
}

async function prepareRun(
  { request, deps, auth }: RequestContext,
  asked: ResponsesRequest,
  id: string,
): Promise<PreparedRun> {
  const { headers } = request;
  const wanted = { model: asked.body.model, user: asked.user, dialect: "openresponses" };
  const target = resolveRunTarget(headers, wanted, deps.agents());
  const sessionHeader = headers.get("x-openclaw-session-key")?.trim() || undefined;
  const owner: HttpResponseOwner = {
    subject: auth!.subject,
    agentId: target.agentId,
    ...(sessionHeader === undefined ? {} : { sessionHeader }),
  };
  const items = resolveReferences(asked.items, deps.responses, owner);
  const { system, ...turn } = toTurn(items);
  const { images, fileBlocks } = await loadMedia(turn, deps, request.signal);
  const instructions = [asked.body.instructions ?? "", ...system, ...fileBlocks]
    .filter((text) => text !== "");
  const { message, earlier, toolResults } = turn;
  return {
    owner,
    items,
    run: {
      runId: id,
      ...target,
      // Last, since it is a claim on the conversation.
      sessionKey: await continuedSession(asked, deps.responses, owner) ?? target.sessionKey,
      message,
      images,
      ...(earlier.length === 0 ? {} : { earlier }),
      ...(toolResults.length === 0 ? {} : { toolResults }),
      ...(instructions.length === 0 ? {} : { extraSystemPrompt: instructions.join("\n\n") }),
      ...asked.run,
    },
  };
}

async function continuedSession(
  { previousId }: ResponsesRequest,
  store: RequestContext["deps"]["responses"],
  owner: HttpResponseOwner,
): Promise<string | undefined> {
  if (previousId === undefined) return undefined;
  const stored = store.find(previousId, owner.subject);
  const isKnown = stored !== undefined && isOwnedBy(stored, owner);
  if (isKnown && store.isUnderWay(previousId)) {
    throw new HttpError(409, "RESPONSE_IN_PROGRESS", `Response '${previousId}' has not ended.`, {
      hint: `GET /v1/responses/${previousId}`,
      retryable: true,
    });
  }
  const key = isKnown ? await store.continueFrom(previousId, owner) : undefined;
  if (key !== undefined) return key;
  throw new HttpError(
    400,
    "PREVIOUS_RESPONSE_NOT_FOUND",
    `Previous response with id '${previousId}' not found.`,
    { hint: "Send the whole conversation as `input`, without `previous_response_id`" },
  );
}

async function answerWhole(
  run: RunStream,
  maker: ResponseMaker,
  recorder: Recorder,
): Promise<Response> {
  const final = await consume(run, maker);
  await recorder.keep(final);
  return final.type === "error" ? failure(final, maker) : json(maker.response);
}

async function answerAsStream(
  { deps }: RequestContext,
  run: RunStream,
  maker: ResponseMaker,
  recorder: Recorder,
): Promise<Response> {
  const first = await run.peek(STREAM_HOLD_MS);
  if (first?.type === "error") return await answerWhole(run, maker, recorder);
  const writer = new ResponseStreamWriter(maker, async (event) => {
    try {
      await recorder.keep(event);
    } catch (error) {
      deps.reportError("response", error);
      throw error;
    }
  });
  // It was waited for above already.
  return await streamAnswer(run, writer, () => deps.now(), 0);
}

/** Answers at once; the run goes on without its client. */
async function answerInBackground(
  { deps }: RequestContext,
  request: PreparedRun["run"],
  maker: ResponseMaker,
  recorder: Recorder,
): Promise<Response> {
  const work = deps.responses.begin(request.runId);
  try {
    await recorder.keepUnderWay();
  } catch (error) {
    work.end();
    throw error;
  }
  const answer = json(maker.response);
  const finish = async () => {
    try {
      const final = await consume(new RunStream(deps, request, work.signal), maker);
      if (work.signal.aborted) maker.cancel();
      await recorder.keep(final);
    } catch (error) {
      deps.reportError("background response", error);
    } finally {
      work.end();
    }
  };
  void finish();
  return answer;
}

async function consume(run: RunStream, maker: ResponseMaker): Promise<FinalRunEvent> {
  while (true) {
    const event = await run.next();
    maker.take(event);
    if (isFinal(event)) return event;
  }
}

/** A failed response with the status of its failure; its error is worded as on every other path. */
function failure(event: FinalRunEvent & { type: "error" }, { response }: ResponseMaker): Response {
  const error = runError(event);
  const body = { ...response, error: errorBody(error) };
  const { status, headers } = errorResponse(error, "openai");
  return new Response(JSON.stringify(body), { status, headers });
}

function json(value: ResponseObject): Response {
  return new Response(JSON.stringify(value), { headers: { "content-type": JSON_TYPE } });
}
