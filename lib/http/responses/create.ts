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
import type { HttpBackgroundWork, HttpResponseOwner } from "../response_types.ts";
import type { HttpRunRequest } from "../types.ts";
import { followJournal } from "./follow.ts";
import { EventJournal } from "./journal.ts";
import { ResponseMaker } from "./maker.ts";
import { loadMedia } from "./media.ts";
import { Recorder } from "./recorder.ts";
import { isOwnedBy, resolveReferences } from "./references.ts";
import { newResponseId, parseResponsesRequest, type ResponsesRequest } from "./request.ts";
import type { ResponseObject } from "./response_object.ts";
import { toStoredInput } from "./stored_input.ts";
import { ResponseStreamWriter, unkept } from "./stream.ts";
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
  if (asked.isBackground) {
    const work = { request: runRequest, maker, recorder };
    return await answerInBackground(context, work, asked.isStream);
  }
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

/** Answers at once; the run goes on without its client, also where that follows it. */
async function answerInBackground(
  context: RequestContext,
  work: BackgroundRun,
  isStream: boolean,
): Promise<Response> {
  const { maker, recorder } = work;
  const journal = new EventJournal();
  const begun = context.deps.responses.begin(work.request.runId, journal);
  try {
    await recorder.keepUnderWay();
  } catch (error) {
    begun.end();
    throw error;
  }
  journal.add(maker.open());
  const answer = isStream ? followJournal(context, journal, 0) : json(maker.response);
  void finishInBackground(context, work, { begun, journal });
  return answer;
}

interface BackgroundRun {
  request: PreparedRun["run"];
  maker: ResponseMaker;
  recorder: Recorder;
}

async function finishInBackground(
  { deps }: RequestContext,
  { request, maker, recorder }: BackgroundRun,
  { begun, journal }: { begun: HttpBackgroundWork; journal: EventJournal },
): Promise<void> {
  try {
    const run = new RunStream(deps, request, begun.signal);
    let event = await run.next();
    for (; !isFinal(event); event = await run.next()) journal.add(maker.take(event));
    const last = begun.signal.aborted ? maker.cancel() : maker.take(event);
    try {
      await recorder.keep(event);
    } catch (error) {
      deps.reportError("background response", error);
      last.splice(-1, 1, unkept(maker, error));
    }
    journal.add(last);
  } catch (error) {
    deps.reportError("background response", error);
  } finally {
    begun.end();
    journal.close();
  }
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
