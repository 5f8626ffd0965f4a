/**
 * One request and its answer, from arrival to the last byte: counted, and reported to who observes.
 *
 * @module
 */
import type { RequestContext } from "./context.ts";
import type { AnsweredRequest } from "./types.ts";

/**
 * Begins an exchange.
 *
 * @param route The route's own path, or `other`: of a bounded number of values, unlike the path.
 * @returns Takes the answer and gives back the one to send; must be called once.
 */
export function beginExchange(
  { request, peer, deps, path, requestId }: RequestContext,
  route: string,
): (response: Response) => Response | Promise<Response> {
  const release = deps.traffic.begin();
  const observer = deps.observer();
  const startedAt = observer === undefined ? 0 : deps.monotonic();
  const { method } = request;
  return (response) => {
    const end = (bytes: number, isComplete: boolean) => {
      release();
      if (observer === undefined) return;
      const { status } = response;
      const durationMs = deps.monotonic() - startedAt;
      const answered: AnsweredRequest = {
        requestId,
        method,
        path,
        route,
        status,
        bytes,
        isComplete,
        durationMs,
        address: peer.address,
      };
      observer.answered(answered);
    };
    if (isEventStream(response)) return withBody(response, followBody(response.body!, end));
    if (observer?.countsBytes === true) return measured(response, end);
    end(0, true);
    return response;
  };
}

function isEventStream({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") === true;
}

/** A whole answer has no length before it is read, unless it says so itself. */
async function measured(
  response: Response,
  end: (bytes: number, isComplete: boolean) => void,
): Promise<Response> {
  if (response.body === null) {
    end(0, true);
    return response;
  }
  const declared = response.headers.get("content-length");
  if (declared !== null) {
    end(Number(declared), true);
    return response;
  }
  try {
    const body = await response.bytes();
    end(body.length, true);
    return withBody(response, body.length === 0 ? null : body);
  } catch (error) {
    end(0, false);
    throw error;
  }
}

function withBody({ status, headers }: Response, body: BodyInit | null): Response {
  return new Response(body, { status, headers });
}

/**
 * Passes a body on and tells its end, its size, and whether the client took all of it. Nothing is read
 * ahead of the client.
 *
 * @param onEnd Called once, also when the client leaves while something is being read.
 */
export function followBody(
  body: ReadableStream<Uint8Array>,
  onEnd: (bytes: number, isComplete: boolean) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  let isOver = false;
  const end = (isComplete: boolean) => {
    if (isOver) return;
    isOver = true;
    onEnd(bytes, isComplete);
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        // What was read while the client left is nobody's.
        if (isOver) return;
        if (!done) {
          bytes += value.length;
          return controller.enqueue(value);
        }
        end(true);
        controller.close();
      } catch (error) {
        end(false);
        controller.error(error);
      }
    },
    async cancel(reason) {
      end(false);
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
