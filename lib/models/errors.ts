/**
 * Tells a failed call in terms a caller can act on: kind, code, message, next command.
 *
 * @module
 */
import { ellipsize, errorMessage, formatDuration } from "../base/mod.ts";
import { HttpRefusal, NetworkFault, StreamFault, StreamRefusal } from "./faults.ts";
import { parseRetryAfter, type ProviderWords, readProviderWords } from "./provider_words.ts";
import { LineTooLongError } from "./sse.ts";
import { ModelError, type ModelErrorKind } from "./types.ts";

/** The call a failure belongs to. */
export interface CallContext {
  /** `provider/model`. */
  readonly ref: string;
  readonly provider: string;
  /** Host and port of the provider. */
  readonly host: string;
  /** Takes secrets out of the provider's words. */
  redact(text: string): string;
}

const MAX_PROVIDER_WORDS = 300;

const CODES: Readonly<Record<ModelErrorKind, string>> = {
  auth: "PROVIDER_AUTH_FAILED",
  billing: "PROVIDER_BILLING",
  rate_limit: "PROVIDER_RATE_LIMITED",
  context_length: "CONTEXT_TOO_LONG",
  refusal: "PROVIDER_REFUSED",
  timeout: "PROVIDER_TIMEOUT",
  overloaded: "PROVIDER_OVERLOADED",
  unreachable: "PROVIDER_UNREACHABLE",
  cut: "PROVIDER_CUT",
  bad_request: "PROVIDER_BAD_REQUEST",
  garbage: "PROVIDER_BAD_ANSWER",
  unknown: "PROVIDER_BAD_ANSWER",
};

const RETRYABLE: ReadonlySet<ModelErrorKind> = new Set([
  "rate_limit",
  "timeout",
  "overloaded",
  "cut",
]);

const CONTEXT_WORDS =
  /context[ _-]?(length|window|size|limit)|maximum context|exceeds? the (available |model'?s? )?context|prompt is too long|input is too long|too many (input )?tokens|reduce the length/i;
const BILLING_WORDS =
  /insufficient[ _](quota|balance|credits?|funds)|billing|payment required|exceeded your current quota|out of credits?/i;
const FILTER_WORDS = /content[ _](filter|policy)|moderation/i;

/** Makes a `ModelError` of anything that was thrown during a call. */
export function toModelError(thrown: unknown, context: CallContext): ModelError {
  if (thrown instanceof ModelError) return thrown;
  if (thrown instanceof HttpRefusal) return ofRefusal(thrown, context);
  if (thrown instanceof StreamRefusal) return ofStreamRefusal(thrown, context);
  if (thrown instanceof StreamFault) return ofFault(thrown, context);
  if (thrown instanceof LineTooLongError) {
    return ofFault(new StreamFault("garbage", "sent a line of more than 4 MiB", thrown), context);
  }
  if (thrown instanceof NetworkFault) return ofNetwork(thrown, context);
  const reason = context.redact(errorMessage(thrown));
  return new ModelError(
    CODES.unknown,
    "unknown",
    `Model "${context.ref}" gave no answer: ${reason}`,
    { hint: hintFor("unknown", context), details: { provider: context.provider }, cause: thrown },
  );
}

/** The failure of a call whose provider has no address. */
export function missingAddress(context: CallContext): ModelError {
  return new ModelError(
    CODES.bad_request,
    "bad_request",
    `Cannot call model "${context.ref}": models.providers.${context.provider}.baseUrl is not set`,
    { hint: `openclaw config set models.providers.${context.provider}.baseUrl <address>` },
  );
}

/** The failure of a call that was not made because there is no key. */
export function missingKey(context: CallContext, reason: string): ModelError {
  return new ModelError(
    CODES.auth,
    "auth",
    `Cannot call model "${context.ref}" at "${context.host}": ${reason}`,
    { hint: hintFor("auth", context), details: { provider: context.provider } },
  );
}

/** The failure of a call whose provider was silent too long. */
export function silentFault(ms: number): StreamFault {
  return new StreamFault("timeout", `was silent for ${formatDuration(ms)}`);
}

function ofRefusal(refusal: HttpRefusal, context: CallContext): ModelError {
  const { status, headers } = refusal;
  const said = readProviderWords(refusal.body);
  const retryAfterMs = parseRetryAfter(headers);
  if (status < 400) {
    return new ModelError(
      CODES.garbage,
      "garbage",
      `Model "${context.ref}" gave no answer: "${context.host}" answered ${status} and points elsewhere`,
      {
        hint: `openclaw config set models.providers.${context.provider}.baseUrl <address>`,
        status,
      },
    );
  }
  return refused(classify(status, said), status, said.text, context, retryAfterMs, refusal);
}

function ofStreamRefusal(refusal: StreamRefusal, context: CallContext): ModelError {
  const said = readProviderWords(JSON.stringify(refusal.body));
  const number = Number(said.code);
  const status = number >= 400 && number < 600 ? number : undefined;
  const kind = status === undefined && said.code === "" ? "overloaded" : classify(status, said);
  return refused(kind, status, said.text, context, undefined, refusal);
}

function refused(
  kind: ModelErrorKind,
  status: number | undefined,
  text: string,
  context: CallContext,
  retryAfterMs: number | undefined,
  cause: unknown,
): ModelError {
  const words = ellipsize(context.redact(text), MAX_PROVIDER_WORDS);
  const answer = `answered ${status ?? "with an error"}`;
  const quoted = words === "" ? "without a message" : `"${words.replaceAll('"', "'")}"`;
  return new ModelError(
    CODES[kind],
    kind,
    `Model "${context.ref}" gave no answer: "${context.host}" ${answer}, ${quoted}`,
    {
      hint: hintFor(kind, context, retryAfterMs),
      retryable: RETRYABLE.has(kind),
      details: { provider: context.provider, ...(status === undefined ? {} : { status }) },
      cause: withoutBody(cause),
      ...(status === undefined ? {} : { status }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  );
}

/** The cause as a name only: what the provider said may hold a key. */
function withoutBody(cause: unknown): Error {
  return new Error(errorMessage(cause));
}

function ofFault(fault: StreamFault, context: CallContext): ModelError {
  return new ModelError(
    CODES[fault.kind],
    fault.kind,
    `Model "${context.ref}" gave no whole answer: "${context.host}" ${
      context.redact(fault.message)
    }`,
    {
      hint: hintFor(fault.kind, context),
      retryable: RETRYABLE.has(fault.kind),
      details: { provider: context.provider },
      ...(fault.cause === undefined ? {} : { cause: fault.cause }),
    },
  );
}

function ofNetwork(fault: NetworkFault, context: CallContext): ModelError {
  const { reason, isLasting } = explainNetwork(fault.message);
  return new ModelError(
    CODES.unreachable,
    "unreachable",
    `Model "${context.ref}" gave no answer: cannot reach "${context.host}", ${
      context.redact(reason)
    }`,
    {
      hint: hintFor("unreachable", context),
      retryable: !isLasting,
      details: { provider: context.provider },
      cause: fault.cause,
    },
  );
}

function explainNetwork(message: string): { reason: string; isLasting: boolean } {
  const known: [RegExp, string, boolean][] = [
    [/refused|os error (111|61|10061)\b/i, "the connection is refused", false],
    [/dns|lookup|resolve|not known/i, "its name does not resolve", true],
    [/certificate|tls|ssl/i, "its certificate is not trusted", true],
    [/invalid url|relative url|scheme/i, "its address is not a URL", true],
    [/timed? ?out/i, "the connection timed out", false],
    [/reset|closed|broken pipe|eof/i, "the connection was closed", false],
  ];
  const match = known.find(([pattern]) => pattern.test(message));
  if (match) return { reason: match[1], isLasting: match[2] };
  return { reason: ellipsize(message, MAX_PROVIDER_WORDS), isLasting: false };
}

function classify(status: number | undefined, said: ProviderWords): ModelErrorKind {
  const words = `${said.code} ${said.text}`;
  if (status === 429 && !BILLING_WORDS.test(words)) return "rate_limit";
  if (status === 413 || (status !== 401 && CONTEXT_WORDS.test(words))) {
    return "context_length";
  }
  if (status === 402 || ((status ?? 429) < 500 && BILLING_WORDS.test(words))) {
    return "billing";
  }
  if (FILTER_WORDS.test(words)) return "refusal";
  if (status === 401 || status === 403) return "auth";
  if (status === 408) return "timeout";
  if (status !== undefined) return status >= 500 ? "overloaded" : "bad_request";
  if (/rate[ _-]?limit/i.test(words)) return "rate_limit";
  if (/auth|api[ _]key/i.test(words)) return "auth";
  return /invalid|bad[ _]request/i.test(words) ? "bad_request" : "overloaded";
}

function hintFor(kind: ModelErrorKind, context: CallContext, retryAfterMs?: number): string {
  const provider = `models.providers.${context.provider}`;
  switch (kind) {
    case "auth":
      return `openclaw config set ${provider}.apiKey <key>`;
    case "billing":
      return `Add credit at the provider, or take another model: ` +
        `openclaw config set agents.defaults.model <provider/model>`;
    case "rate_limit":
    case "overloaded":
      return retryAfterMs === undefined
        ? "Send the message again in a minute"
        : `Send the message again in ${formatDuration(retryAfterMs)}`;
    case "context_length":
      return "Start a new session with /new, or take a model with a larger context window";
    case "unreachable":
    case "garbage":
      return `Check that the address answers, or change it: ` +
        `openclaw config set ${provider}.baseUrl <url>`;
    case "timeout":
      return `openclaw config set ${provider}.timeoutSeconds <seconds>`;
    case "bad_request":
      return "openclaw models list";
    default:
      return "Send the message again";
  }
}
