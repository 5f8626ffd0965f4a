/**
 * Every endpoint as clients are told of it: the OpenAPI document and the reference page are made of this
 * table, and a test compares it with the route table.
 *
 * @module
 */
import type * as z from "zod/mini";

/** One method of one path. */
export interface Endpoint {
  readonly method: "GET" | "POST" | "DELETE";
  /** With names in braces. */
  readonly path: string;
  /** The row of the route table: its path, with `/*` behind that of a subtree. */
  readonly route: string;
  readonly group: "Probes" | "Models" | "Runs" | "Tools and sessions" | "Webhooks" | "Operation";
  /** One line, without a full stop. */
  readonly summary: string;
  /** What a caller needs; nothing at all when absent. */
  readonly scope?: string;
  /** Switch in `gateway.http.endpoints`, and whether it is on by default. */
  readonly switch?: { readonly name: string; readonly isOn: boolean };
  readonly parameters?: readonly Parameter[];
  readonly body?: EndpointBody;
  readonly answer: EndpointAnswer;
  /** Answers that are neither `answer` nor an envelope of an error, by their status. */
  readonly others?: Readonly<Record<number, EndpointAnswer>>;
  /**
   * Ways to show a credential, of which one is enough; `none` where it goes without, too. A bearer
   * credential where a scope is needed, unless given.
   */
  readonly credentials?: readonly Credential[];
  /** Codes besides those that {@linkcode commonCodes} gives. */
  readonly codes?: readonly string[];
}

/** How a credential is shown; the names of the document's security schemes. */
export type Credential = "credential" | "apiKey" | "hookToken" | "hookHeader" | "none";

/** A part of the path or the query, or a header. */
export interface Parameter {
  readonly in: "path" | "query" | "header";
  readonly name: string;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What a request brings. */
export interface EndpointBody {
  /** The schema that the endpoint itself checks with; absent where it tolerates everything. */
  readonly schema?: () => Promise<z.core.$ZodType>;
  /** Fields that the schema lets go, and the endpoint does not. */
  readonly needs?: readonly string[];
  /** Largest body, for people. */
  readonly limit: string;
  /** A body that works. */
  readonly example: unknown;
}

/** What a request that goes well is answered with. */
export interface EndpointAnswer {
  /** Media type; none where there is no body. */
  readonly type?: string;
  readonly description: string;
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Whether it may be a stream of server-sent events instead. */
  readonly mayStream?: boolean;
}

/** How the stream of a response is followed, or told again. */
const FOLLOWING: readonly Parameter[] = [
  query("stream", "`true`: its events, those to come included", { type: "boolean" }),
  query("starting_after", "With `stream`: the number of the last event that the client has", {
    type: "integer",
    minimum: 0,
  }),
];

/** Agent, session and model of a run, for every dialect. */
const RUN_HEADERS: readonly Parameter[] = [
  header("x-openclaw-agent-id", "The agent, whatever `model` says"),
  header("x-openclaw-session-key", "The session, verbatim; `agent:<id>:…` decides the agent, too"),
  header("x-openclaw-model", "Backend model for this run only, `provider/model` or a bare id"),
  header("x-openclaw-message-channel", "Channel the message is said to come from"),
];

/** What a provider can fail in. */
const PROVIDER_CODES = [
  "PROVIDER_AUTH_FAILED",
  "PROVIDER_BILLING",
  "PROVIDER_RATE_LIMITED",
  "PROVIDER_OVERLOADED",
  "PROVIDER_UNREACHABLE",
  "PROVIDER_TIMEOUT",
  "PROVIDER_CUT",
  "PROVIDER_BAD_REQUEST",
  "PROVIDER_BAD_ANSWER",
  "PROVIDER_REFUSED",
];

/** What a run can fail with, whatever the dialect. */
const RUN_CODES = [
  "AGENT_NOT_FOUND",
  "MODEL_NOT_FOUND",
  "MODEL_NOT_ALLOWED",
  "MODEL_AMBIGUOUS",
  "SESSION_KEY_INVALID",
  ...PROVIDER_CODES,
  "CONTEXT_TOO_LONG",
  "RUN_ABORTED",
  "RUN_TIMEOUT",
  "PDF_BUSY",
];

/** Anthropic's clients show it in a header of their own. */
const ANTHROPIC: readonly Credential[] = ["credential", "apiKey"];

const HOOK: readonly Credential[] = ["hookToken", "hookHeader"];

/** Webhooks are refused in plain words where whoever sends them may not know what they reach. */
const HOOK_REFUSALS = {
  401: text("The token is missing or wrong"),
  404: text("Nothing is mapped to the path"),
  429: text("The address is locked after wrong tokens; see `Retry-After`"),
};

const HOOK_CODES = ["GATEWAY_STARTING", "INTERNAL"];

const HI = [{ role: "user", content: "hello" }];

/** All endpoints, in the order of the page. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...["/health", "/healthz"].map((path): Endpoint => ({
    method: "GET",
    path,
    route: path,
    group: "Probes",
    summary: "Whether the process answers",
    answer: json("Always the same", {
      type: "object",
      properties: { ok: { const: true }, status: { const: "live" } },
      required: ["ok", "status"],
    }),
  })),
  ...["/ready", "/readyz"].map((path): Endpoint => ({
    method: "GET",
    path,
    route: path,
    group: "Probes",
    summary: "Whether the gateway can do its work; 503 when it cannot",
    answer: json("Details only on this machine and with a credential", readiness()),
    others: { 503: json("The same, of a gateway that starts or stops", readiness()) },
    credentials: ["none", "credential"],
  })),
  {
    method: "GET",
    path: "/v1/models",
    route: "/v1/models",
    group: "Models",
    summary: "The agents, as OpenAI models",
    scope: "operator.read",
    answer: json("`openclaw` is the default agent, `openclaw/<id>` any other", {
      type: "object",
      properties: { object: { const: "list" }, data: { type: "array", items: modelObject() } },
      required: ["object", "data"],
    }),
    credentials: ANTHROPIC,
    codes: ["ENDPOINT_DISABLED"],
  },
  {
    method: "GET",
    path: "/v1/models/{id}",
    route: "/v1/models/*",
    group: "Models",
    summary: "One of them; the slash of its id may be encoded",
    scope: "operator.read",
    parameters: [pathPart("id", "Such as `openclaw/main`")],
    answer: json("The same as in the list", modelObject()),
    credentials: ANTHROPIC,
    codes: ["ENDPOINT_DISABLED", "INVALID_REQUEST", "MODEL_NOT_FOUND"],
  },
  {
    method: "POST",
    path: "/v1/chat/completions",
    route: "/v1/chat/completions",
    group: "Runs",
    summary: "Asks an agent, in the OpenAI chat dialect",
    scope: "operator.write",
    switch: { name: "chatCompletions", isOn: true },
    parameters: RUN_HEADERS,
    body: {
      schema: async () => (await import("../chat/schema.ts")).chatSchema(),
      needs: ["messages"],
      limit: "`gateway.http.endpoints.chatCompletions.maxBodyBytes`, 20 MiB unless set",
      example: { model: "openclaw", messages: HI },
    },
    answer: { ...json("A chat completion, or chunks of one and `[DONE]`"), mayStream: true },
    codes: RUN_CODES,
  },
  {
    method: "POST",
    path: "/v1/responses",
    route: "/v1/responses",
    group: "Runs",
    summary: "Asks an agent, in the OpenAI responses dialect",
    scope: "operator.write",
    switch: { name: "responses", isOn: true },
    parameters: RUN_HEADERS,
    body: {
      schema: async () => (await import("../responses/schema.ts")).responsesSchema(),
      limit: "`gateway.http.endpoints.responses.maxBodyBytes`, 20 MiB unless set",
      example: { model: "openclaw", input: "hello" },
    },
    answer: { ...json("A response, or its events and `[DONE]`"), mayStream: true },
    codes: [
      ...RUN_CODES,
      "PREVIOUS_RESPONSE_NOT_FOUND",
      "ITEM_NOT_FOUND",
      "RESPONSE_IN_PROGRESS",
    ],
  },
  ...(["GET", "DELETE"] as const).map((method): Endpoint => ({
    method,
    path: "/v1/responses/{id}",
    route: "/v1/responses/*",
    group: "Runs",
    summary: method === "GET" ? "A response that is kept" : "Forgets a response",
    scope: method === "GET" ? "operator.read" : "operator.write",
    switch: { name: "responses", isOn: true },
    parameters: [
      pathPart("id", "As it came with the response"),
      ...(method === "GET" ? FOLLOWING : []),
    ],
    answer: method === "GET"
      ? { ...json("The response, or its events and `[DONE]`"), mayStream: true }
      : json("That it is gone"),
    codes: ["RESPONSE_NOT_FOUND", ...(method === "GET" ? ["INVALID_REQUEST"] : [])],
  })),
  {
    method: "GET",
    path: "/v1/responses/{id}/input_items",
    route: "/v1/responses/*",
    group: "Runs",
    summary: "What a response was made from",
    scope: "operator.read",
    switch: { name: "responses", isOn: true },
    parameters: [pathPart("id", "As it came with the response")],
    answer: json("A list of items"),
    codes: ["RESPONSE_NOT_FOUND"],
  },
  {
    method: "POST",
    path: "/v1/responses/{id}/cancel",
    route: "/v1/responses/*",
    group: "Runs",
    summary: "Ends a response that is made in the background",
    scope: "operator.write",
    switch: { name: "responses", isOn: true },
    parameters: [pathPart("id", "As it came with the response")],
    answer: json("The response as it ended"),
    codes: ["RESPONSE_NOT_FOUND"],
  },
  {
    method: "POST",
    path: "/v1/messages",
    route: "/v1/messages",
    group: "Runs",
    summary: "Asks an agent, in the Anthropic messages dialect; takes `x-api-key` as well",
    scope: "operator.write",
    switch: { name: "messages", isOn: true },
    parameters: RUN_HEADERS,
    body: {
      schema: async () => (await import("../messages/schema.ts")).messagesSchema(),
      limit: "`gateway.http.endpoints.messages.maxBodyBytes`, 20 MiB unless set",
      example: { model: "openclaw", max_tokens: 300, messages: HI },
    },
    answer: { ...json("A message, or its events"), mayStream: true },
    credentials: ANTHROPIC,
    codes: RUN_CODES,
  },
  {
    method: "POST",
    path: "/v1/messages/count_tokens",
    route: "/v1/messages/count_tokens",
    group: "Runs",
    summary: "Estimates the tokens of a messages request",
    scope: "operator.read",
    switch: { name: "messages", isOn: true },
    body: {
      schema: async () => (await import("../messages/schema.ts")).countTokensSchema(),
      limit: "`gateway.http.endpoints.messages.maxBodyBytes`, 20 MiB unless set",
      example: { model: "openclaw", messages: HI },
    },
    answer: json("The number, marked as an estimate"),
    credentials: ANTHROPIC,
    codes: ["AGENT_NOT_FOUND"],
  },
  {
    method: "POST",
    path: "/v1/embeddings",
    route: "/v1/embeddings",
    group: "Models",
    summary: "Embeddings of texts; `x-openclaw-model` of the answer names the backend",
    scope: "operator.write",
    switch: { name: "chatCompletions", isOn: true },
    parameters: RUN_HEADERS.slice(0, 3),
    body: {
      schema: async () => (await import("../embeddings/schema.ts")).embeddingsSchema(),
      limit: "5 MiB",
      example: { model: "openclaw", input: "hello" },
    },
    answer: json("A list of embeddings, as numbers or base64 of little-endian float32"),
    codes: ["AGENT_NOT_FOUND", ...PROVIDER_CODES],
  },
  {
    method: "POST",
    path: "/tools/invoke",
    route: "/tools/invoke",
    group: "Tools and sessions",
    summary: "Calls one tool of an agent, within the policy for tools",
    scope: "operator.write",
    body: {
      schema: async () => (await import("../tools_invoke/schema.ts")).toolsInvokeSchema(),
      limit: "2 MiB",
      example: { tool: "session_status" },
    },
    answer: json("`ok` and the `result` of the tool"),
    codes: [
      "AGENT_NOT_FOUND",
      "AGENT_SESSION_MISMATCH",
      "SESSION_KEY_INVALID",
      "TOOL_NOT_FOUND",
      "TOOL_INPUT_INVALID",
      "TOOL_FORBIDDEN",
      "TOOL_FAILED",
      "TOOL_TIMEOUT",
    ],
  },
  {
    method: "GET",
    path: "/sessions/{key}/history",
    route: "/sessions/*/history",
    group: "Tools and sessions",
    summary: "The transcript of a session, by pages or followed as server-sent events",
    scope: "operator.read",
    parameters: [
      pathPart("key", "The session key, percent-encoded"),
      query("limit", "Messages of a page, 1 to 1000; all when absent", { type: "integer" }),
      query("cursor", "`nextCursor` of the page before", { type: "string" }),
    ],
    answer: { ...json("Messages, oldest first"), mayStream: true },
    codes: ["SESSION_NOT_FOUND", "SESSION_KEY_INVALID"],
  },
  {
    method: "POST",
    path: "/sessions/{key}/kill",
    route: "/sessions/*/kill",
    group: "Tools and sessions",
    summary: "Ends what runs in a session; from this machine, or for a controlling session",
    scope: "operator.write",
    parameters: [
      pathPart("key", "The session key, percent-encoded"),
      header("x-openclaw-requester-session-key", "The controlling session, from elsewhere"),
    ],
    answer: json("Whether anything ran"),
    codes: ["SESSION_NOT_FOUND", "SESSION_KEY_INVALID", "RUN_ABORT_REFUSED"],
  },
  {
    method: "GET",
    path: "/api/chat/media/outgoing/{sessionKey}/{id}/full",
    route: "/api/chat/media/outgoing/*",
    group: "Tools and sessions",
    summary: "A picture of a transcript; its address stands in the history",
    scope: "operator.read",
    parameters: [pathPart("sessionKey", "Percent-encoded"), pathPart("id", "A UUID")],
    answer: { type: "image/*", description: "The picture", schema: { type: "string" } },
    others: { 404: text("There is no such picture") },
  },
  {
    method: "GET",
    path: "/__openclaw__/assistant-media",
    route: "/__openclaw__/assistant-media",
    group: "Tools and sessions",
    summary: "A file that an agent shows; with a credential, or with a ticket for five minutes",
    parameters: [
      query("source", "The path of the file", { type: "string" }),
      query("meta", "`1`: whether it may be read, and a ticket for it", { type: "string" }),
      query("mediaTicket", "From the answer to `meta=1`", { type: "string" }),
    ],
    answer: {
      type: "application/octet-stream",
      description: "The file",
      schema: { type: "string" },
    },
    others: { 404: text("There is no such file, or it may not be shown") },
    credentials: ["credential", "none"],
    codes: ["AUTH_UNAUTHORIZED", "AUTH_RATE_LIMITED", "SCOPE_MISSING", "ORIGIN_NOT_ALLOWED"],
  },
  {
    method: "POST",
    path: "/hooks/wake",
    route: "hooks",
    group: "Webhooks",
    summary: "Tells the main session something; below `hooks.path`",
    body: {
      schema: async () => (await import("../hooks/schema.ts")).wakeSchema(),
      needs: ["text"],
      limit: "`hooks.maxBodyBytes`, 256 KiB unless set",
      example: { text: "The backup is done", mode: "now" },
    },
    answer: json("`ok` and the mode", hookAnswer("mode")),
    others: HOOK_REFUSALS,
    credentials: HOOK,
    codes: HOOK_CODES,
  },
  {
    method: "POST",
    path: "/hooks/agent",
    route: "hooks",
    group: "Webhooks",
    summary: "Begins a run of its own; below `hooks.path`",
    parameters: [header("idempotency-key", "The same for five minutes means the same run")],
    body: {
      schema: async () => (await import("../hooks/schema.ts")).agentSchema(),
      needs: ["message"],
      limit: "`hooks.maxBodyBytes`, 256 KiB unless set",
      example: { message: "Say hello", name: "Test", deliver: false },
    },
    answer: json("`ok` and the `runId`, once the run is stored", hookAnswer("runId")),
    others: HOOK_REFUSALS,
    credentials: HOOK,
    codes: [...HOOK_CODES, "MODEL_NOT_FOUND"],
  },
  {
    method: "POST",
    path: "/hooks/{name}",
    route: "hooks",
    group: "Webhooks",
    summary: "Does what the first mapping in `hooks.mappings` says that fits path and body",
    parameters: [
      pathPart("name", "`match.path` of the mapping"),
      header("idempotency-key", "The same for five minutes means the same run"),
    ],
    body: {
      limit: "`hooks.maxBodyBytes`, 256 KiB unless set",
      example: { source: "ci", status: "done" },
    },
    answer: json("`ok`, and the mode or the `runId`", hookAnswer()),
    others: { 204: { description: "A transform wants nothing done" }, ...HOOK_REFUSALS },
    credentials: HOOK,
    codes: [...HOOK_CODES, "HOOK_MAPPING_FAILED", "MODEL_NOT_FOUND"],
  },
  {
    method: "GET",
    path: "/metrics",
    route: "/metrics",
    group: "Operation",
    summary: "Figures for Prometheus",
    scope: "operator.read",
    switch: { name: "metrics", isOn: false },
    answer: { type: "text/plain", description: "Text format 0.0.4", schema: { type: "string" } },
  },
  {
    method: "GET",
    path: "/openapi.json",
    route: "/openapi.json",
    group: "Operation",
    summary: "This interface as an OpenAPI 3.1 document",
    scope: "operator.read",
    answer: json("The document", { type: "object" }),
  },
  {
    method: "GET",
    path: "/",
    route: "/",
    group: "Operation",
    summary: "A page that says what to do next",
    answer: { type: "text/html", description: "Without scripts", schema: { type: "string" } },
  },
];

/** Codes that follow from what an endpoint asks for. */
export function commonCodes({ scope, switch: toggle, body, path, group }: Endpoint): string[] {
  const codes = ["HEADERS_TOO_LARGE"];
  if (group !== "Probes") codes.push("HOST_NOT_ALLOWED", "GATEWAY_STOPPING");
  if (toggle !== undefined) codes.push("ENDPOINT_DISABLED");
  if (scope !== undefined) {
    codes.push("AUTH_UNAUTHORIZED", "AUTH_RATE_LIMITED", "ORIGIN_NOT_ALLOWED", "SCOPE_MISSING");
    codes.push("GATEWAY_STARTING", "INTERNAL");
  }
  if (body !== undefined) {
    codes.push("INVALID_REQUEST", "PAYLOAD_TOO_LARGE", "BODY_TIMEOUT", "BODY_INCOMPLETE");
    codes.push("UNSUPPORTED_ENCODING");
  }
  return path === "/" ? codes.filter((code) => code !== "INTERNAL") : codes;
}

function modelObject() {
  return {
    type: "object",
    properties: {
      id: { type: "string" },
      object: { const: "model" },
      created: { type: "integer" },
      owned_by: { type: "string" },
      permission: { type: "array" },
    },
    required: ["id", "object", "created", "owned_by"],
  };
}

function readiness() {
  return {
    type: "object",
    properties: {
      ready: { type: "boolean" },
      failing: { type: "array", items: { type: "string" } },
      uptimeMs: { type: "number" },
      eventLoop: { type: "object" },
    },
    required: ["ready"],
  };
}

function hookAnswer(...needed: readonly ("mode" | "runId")[]) {
  return {
    type: "object",
    properties: {
      ok: { const: true },
      mode: { enum: ["now", "next-heartbeat"] },
      runId: { type: "string" },
    },
    required: ["ok", ...needed],
  };
}

function text(description: string): EndpointAnswer {
  return { type: "text/plain", description, schema: { type: "string" } };
}

function json(description: string, schema?: Endpoint["answer"]["schema"]): EndpointAnswer {
  return { type: "application/json", description, ...(schema === undefined ? {} : { schema }) };
}

function header(name: string, description: string): Parameter {
  return { in: "header", name, description, schema: { type: "string" } };
}

function query(
  name: string,
  description: string,
  schema: Parameter["schema"],
): Parameter {
  return { in: "query", name, description, schema };
}

function pathPart(name: string, description: string): Parameter {
  return { in: "path", name, description, schema: { type: "string" } };
}
