/**
 * What can go wrong inside a call, before it is told to anyone; `errors.ts` makes it a `ModelError`.
 *
 * @module
 */
import { errorMessage, type JsonObject } from "../base/mod.ts";

/** The provider answered, but not with a usable stream. The message reads on from its name. */
export class StreamFault extends Error {
  override readonly name = "StreamFault";
  readonly kind: "garbage" | "cut" | "timeout" | "refusal";

  constructor(kind: StreamFault["kind"], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** The provider sent an error where a chunk was expected. */
export class StreamRefusal extends Error {
  override readonly name = "StreamRefusal";
  readonly body: JsonObject;

  constructor(body: JsonObject) {
    super("Provider sent an error inside the stream");
    this.body = body;
  }
}

/** The provider answered with a status that is not a success. */
export class HttpRefusal extends Error {
  override readonly name = "HttpRefusal";
  readonly status: number;
  readonly headers: Headers;
  /** The start of the body. */
  readonly body: string;

  constructor(status: number, headers: Headers, body: string) {
    super(`Provider answered with status ${status}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** The provider could not be reached; the cause says why. */
export class NetworkFault extends Error {
  override readonly name = "NetworkFault";

  constructor(cause: unknown) {
    super(messagesOf(cause), { cause });
  }
}

/** The messages of an error and of those underneath it. */
function messagesOf(thrown: unknown): string {
  const messages: string[] = [];
  let current = thrown;
  for (let depth = 0; depth < 4 && current !== undefined; depth++) {
    messages.push(errorMessage(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return messages.join(": ");
}
