import { assert, assertEquals } from "@std/assert";
import type { Run, RunListener, RunRequest } from "../agents/mod.ts";
import { AppError, RedactionSet } from "../base/mod.ts";
import { type HttpRunEvent, type HttpRunRequest, HttpTraffic, type Peer } from "../http/mod.ts";
import { ModelError } from "../models/mod.ts";
import { ManualClock, outcomeOf, recordingLogger, runOf } from "./_testing.ts";
import { Authenticator, type SharedSecret } from "./authenticator.ts";
import { createHttpDeps } from "./http_bridge.ts";
import { Startup } from "./startup.ts";
import type { GatewayState } from "./state.ts";

const SECRET = "secret-in-force-0123";

interface Scene {
  deps: ReturnType<typeof createHttpDeps>;
  clock: ManualClock;
  lines: string[];
  /** What was handed to the agents, oldest first. */
  started: RunRequest[];
  run: Run;
}

function scene(
  options: { secret?: SharedSecret; gateway?: unknown; refuse?: unknown } = {},
): Scene {
  const clock = new ManualClock();
  const { log, lines } = recordingLogger();
  const run = runOf();
  const redaction = new RedactionSet();
  redaction.add(SECRET);
  const started: RunRequest[] = [];
  const state = {
    clock,
    log,
    startedAt: clock.ms,
    authenticator: new Authenticator(options.secret ?? { mode: "token", secret: "right" }, clock),
    startup: new Startup(),
    traffic: new HttpTraffic(),
    secrets: { redaction },
    origins: () => ({
      allowedOrigins: ["https://ui.example"],
      allowsHostFallback: false,
      hearsLocalPages: true,
    }),
    eventLoop: { figures: () => ({ delayMaxMs: 3 }) },
    config: () => ({ config: { gateway: options.gateway } }),
    agents: () => ({ defaultId: "main", agents: [{ id: "main" }, { id: "writer" }] }),
    store: { getSession: () => undefined },
    runs: {
      start: (request: RunRequest, listener: RunListener) => {
        started.push(request);
        if (options.refuse) return Promise.reject(options.refuse);
        run.follow(listener);
        return Promise.resolve(run);
      },
    },
  };
  // The bridge looks at these and nothing else.
  const deps = createHttpDeps(state as unknown as GatewayState);
  return { deps, clock, lines, started, run };
}

function request(over: Partial<HttpRunRequest> = {}): HttpRunRequest {
  return {
    runId: "run-1",
    agentId: "main",
    sessionKey: "agent:main:web",
    message: "hi",
    images: [],
    signal: new AbortController().signal,
    ...over,
  };
}

/** Reads a run to its end while `act` makes things happen. */
async function events(
  { deps, run }: Scene,
  act: (run: Run) => void,
  over: Partial<HttpRunRequest> = {},
): Promise<HttpRunEvent[]> {
  const reading = Array.fromAsync(deps.run(request(over)));
  await Promise.resolve();
  act(run);
  return await reading;
}

function bearer(text?: string): Request {
  return new Request("http://gateway/v1/models", {
    headers: text === undefined ? {} : { authorization: text },
  });
}

function peerOf(address: string): Peer {
  const isLocalDirect = address === "127.0.0.1";
  return { address, socketAddress: address, isDirect: true, isLocalDirect };
}

const LOCAL = peerOf("127.0.0.1");
const REMOTE = peerOf("192.0.2.1");

Deno.test("HttpDeps.authorize() takes the token, or the password, as bearer", () => {
  for (const mode of ["token", "password"] as const) {
    const { deps } = scene({ secret: { mode, secret: "right" } });
    for (const given of ["Bearer right", "bearer  right", "BEARER right "]) {
      const verdict = deps.authorize(bearer(given), LOCAL);
      assert(verdict.ok, given);
      assertEquals([verdict.isOwner, "isAnonymous" in verdict], [true, false]);
      assertEquals(verdict.subject, "secret");
      assert(verdict.scopes.includes("operator.admin"));
    }
    for (const given of ["Bearer wrong", "Basic right", "right", "Bearer", "Bearer right x"]) {
      const verdict = deps.authorize(bearer(given), LOCAL);
      assertEquals([verdict.ok, !verdict.ok && verdict.status], [false, 401], given);
    }
    assertEquals(deps.authorize(bearer(), LOCAL), {
      ok: false,
      status: 401,
      reason: `${mode}_missing`,
    });
  }
});

Deno.test("HttpDeps.authorize() lets everyone in, marked as unchecked, where nothing is secret", () => {
  const verdict = scene({ secret: { mode: "none" } }).deps.authorize(bearer(), REMOTE);
  assertEquals([verdict.ok, verdict.ok && verdict.isAnonymous], [true, true]);
  assertEquals(verdict.ok && verdict.subject, "none");
});

const PROXY: SharedSecret = {
  mode: "trusted-proxy",
  secret: "right",
  proxy: {
    userHeader: "x-user",
    requiredHeaders: [],
    allowUsers: [],
    allowLoopback: false,
    trustedProxies: ["192.0.2.1"],
  },
};

function stating(headers: Record<string, string>): Request {
  return new Request("http://gateway/v1/models", { headers });
}

Deno.test("HttpDeps.authorize() takes the word of a trusted proxy, and the scopes it leaves", () => {
  const { deps } = scene({ secret: PROXY });
  const cases: [headers: Record<string, string>, scopes: number | string[], isOwner: boolean][] = [
    [{ "x-user": "o" }, 6, true],
    [{ "x-user": "o", "x-openclaw-scopes": "" }, [], false],
    [{ "x-user": "o", "x-openclaw-scopes": "operator.read" }, ["operator.read"], false],
    [{ "x-user": "o", "x-openclaw-scopes": "operator.admin" }, ["operator.admin"], true],
    [{ "x-user": "o", "origin": "https://ui.example" }, 6, true],
  ];
  for (const [headers, scopes, isOwner] of cases) {
    const verdict = deps.authorize(stating(headers), REMOTE);
    assert(verdict.ok, JSON.stringify(headers));
    assertEquals([verdict.isOwner, verdict.subject], [isOwner, "user:o"]);
    assertEquals(typeof scopes === "number" ? verdict.scopes.length : verdict.scopes, scopes);
  }
});

Deno.test("HttpDeps.authorize() takes nothing but the word of a trusted proxy", () => {
  const { deps } = scene({ secret: PROXY });
  const cases: [headers: Record<string, string>, peer: Peer, reason: string][] = [
    [{}, REMOTE, "trusted_proxy_user_missing"],
    [{ "x-user": "o" }, peerOf("192.0.2.2"), "trusted_proxy_untrusted_source"],
    [{ authorization: "Bearer right" }, LOCAL, "trusted_proxy_untrusted_source"],
    [
      { "x-user": "o", "origin": "https://elsewhere.example" },
      REMOTE,
      "trusted_proxy_origin_not_allowed",
    ],
  ];
  for (const [headers, peer, reason] of cases) {
    assertEquals(deps.authorize(stating(headers), peer), { ok: false, status: 401, reason });
  }
});

Deno.test("HttpDeps.authorize() honours stated scopes of callers without a secret only", () => {
  const stated = { "x-openclaw-scopes": "operator.read", authorization: "Bearer right" };
  const open = scene({ secret: { mode: "none" } }).deps.authorize(stating(stated), REMOTE);
  assertEquals(open.ok && [open.scopes, open.isOwner], [["operator.read"], false]);
  const held = scene().deps.authorize(stating(stated), REMOTE);
  assertEquals(held.ok && [held.scopes.length, held.isOwner], [6, true]);
});

Deno.test("HttpDeps.authorize() locks out who guesses", () => {
  const { deps } = scene();
  for (let i = 0; i < 10; i++) deps.authorize(bearer("Bearer wrong"), REMOTE);
  assertEquals(deps.authorize(bearer("Bearer right"), REMOTE), {
    ok: false,
    status: 429,
    retryAfterMs: 60_000,
  });
  assertEquals(deps.authorize(bearer("Bearer right"), LOCAL).ok, true);
});

Deno.test("HttpDeps show agents, readiness and what is configured", () => {
  const { deps, clock } = scene({
    gateway: {
      http: {
        endpoints: { chatCompletions: { enabled: false, maxBodyBytes: 10 } },
        securityHeaders: { strictTransportSecurity: "max-age=1" },
      },
    },
  });
  clock.ms += 50;
  assertEquals(deps.agents(), [{ id: "main", isDefault: true }, {
    id: "writer",
    isDefault: false,
  }]);
  assertEquals(deps.readiness(), {
    ready: true,
    failing: [],
    uptimeMs: 50,
    eventLoop: { delayMaxMs: 3 },
  });
  const names = ["chatCompletions", "responses"] as const;
  assertEquals(names.map((name) => deps.isEndpointEnabled(name)), [false, true]);
  assertEquals(names.map((name) => deps.maxBodyBytes(name)), [10, 20 * 1024 * 1024]);
  assertEquals(deps.strictTransportSecurity(), "max-age=1");
  assertEquals([scene().deps.strictTransportSecurity(), deps.now()], [undefined, clock.ms]);
});

Deno.test("HttpDeps.reportError() logs", () => {
  const { deps, lines } = scene();
  deps.reportError("chat", new Error("broken"));
  assertEquals(lines, ["error: chat failed: broken"]);
});

Deno.test("HttpDeps.run() hands on what was asked for, and nothing that was not", async () => {
  const plain = scene();
  await events(plain, (run) => run.end(outcomeOf(run)));
  assertEquals(plain.started, [{
    runId: "run-1",
    agentId: "main",
    sessionKey: "agent:main:web",
    message: "hi",
    images: [],
    origin: { kind: "http" },
  }]);
  const full = {
    model: "fake/one",
    extraSystemPrompt: "rhyme",
    maxTokens: 5,
    sampling: { temperature: 0 },
    hints: { serviceTier: "flex", store: true },
    images: [{ data: "AAAA", mimeType: "image/png" }],
  };
  const other = scene();
  await events(other, (run) => run.end(outcomeOf(run)), full);
  assertEquals(other.started[0], { ...plain.started[0], ...full } as RunRequest);
});

Deno.test("HttpDeps.run() streams text and thinking, then the end", async () => {
  const seen = await events(scene(), (run) => {
    run.emit({ type: "start", startedAt: 1 });
    run.emit({ type: "thinking", delta: "hm" });
    run.emit({ type: "text", delta: "hel" });
    run.emit({ type: "fallback", from: "a", to: "b", reason: "x" });
    run.emit({ type: "text", delta: "lo" });
    run.end(outcomeOf(run));
  });
  assertEquals(seen, [
    { type: "thinking", delta: "hm" },
    { type: "text", delta: "hel" },
    { type: "text", delta: "lo" },
    {
      type: "end",
      text: "hello",
      stopReason: "stop",
      usage: { input: 10, output: 5, cacheRead: 1, cacheWrite: 2 },
    },
  ]);
});

Deno.test("HttpDeps.run() gives each event as it comes", async () => {
  const { deps, run } = scene();
  const stream = deps.run(request())[Symbol.asyncIterator]();
  for (const delta of ["a", "b"]) {
    const next = stream.next();
    await Promise.resolve();
    run.emit({ type: "text", delta });
    assertEquals((await next).value, { type: "text", delta });
  }
  const last = stream.next();
  run.end(outcomeOf(run));
  assertEquals((await last).value.type, "end");
  assertEquals((await stream.next()).done, true);
});

Deno.test("HttpDeps.run() joins what a reader does not keep up with, and loses nothing", async () => {
  const pieces = Array.from({ length: 1000 }, (_, index) => `${index},`);
  const seen = await events(scene(), (run) => {
    for (const delta of pieces) run.emit({ type: "text", delta });
    run.emit({ type: "thinking", delta: "hm" });
    run.emit({ type: "text", delta: "end" });
    run.end(outcomeOf(run));
  });
  const text = seen.flatMap((event) => event.type === "text" ? event.delta : []).join("");
  assertEquals(text, `${pieces.join("")}end`);
  assertEquals(seen.slice(-3).map(({ type }) => type), ["thinking", "text", "end"]);
  assertEquals(seen.length < 100, true);
});

Deno.test("HttpDeps.run() names the reasons of a stop that dialects know", async () => {
  const reasons = ["stop", "length", "toolUse", "rpc", "timeout", "shutdown"];
  const told = await Promise.all(reasons.map(async (stopReason) => {
    const [end] = await events(scene(), (run) => run.end(outcomeOf(run, { stopReason })));
    return end?.type === "end" ? end.stopReason : end?.type;
  }));
  assertEquals(told, ["stop", "length", "toolUse", "aborted", "aborted", "aborted"]);
});

Deno.test("HttpDeps.run() ends a failed run with an error of the right status", async () => {
  const failures: [error: AppError, status: number, retryAfterMs: number | undefined][] = [
    [
      new ModelError("PROVIDER_RATE_LIMITED", "rate_limit", "Too many", { retryAfterMs: 900 }),
      429,
      900,
    ],
    [
      new ModelError("PROVIDER_AUTH_FAILED", "auth", "Wrong key", { hint: "Set it" }),
      502,
      undefined,
    ],
    [new AppError("NOT_IN_THE_TABLE", "Strange"), 500, undefined],
  ];
  for (const [error, status, retryAfterMs] of failures) {
    const seen = await events(scene(), (run) => {
      run.emit({ type: "text", delta: "half" });
      run.end(outcomeOf(run, { status: "error", error }));
    });
    assertEquals(seen, [{ type: "text", delta: "half" }, {
      type: "error",
      code: error.code,
      message: error.message,
      status,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }]);
  }
});

Deno.test("HttpDeps.run() tells why a run was not accepted, as its only event", async () => {
  const model = new ModelError("MODEL_NOT_FOUND", "bad_request", "No such model");
  const cases: [refuse: unknown, over: Partial<HttpRunRequest>, code: string, status: number][] = [
    [new AppError("RUN_EXISTS", "It exists"), {}, "RUN_EXISTS", 409],
    [model, { model: "nobody/nothing" }, "MODEL_NOT_FOUND", 400],
    [model, {}, "MODEL_NOT_FOUND", 500],
    [new TypeError("secret reason"), {}, "INTERNAL", 500],
    [undefined, { agentId: "nobody", sessionKey: "agent:nobody:x" }, "AGENT_NOT_FOUND", 404],
  ];
  for (const [refuse, over, code, status] of cases) {
    const seen = await Array.fromAsync(scene({ refuse }).deps.run(request(over)));
    assertEquals(seen.map((event) => event.type === "error" && [event.code, event.status]), [
      [code, status],
    ]);
    assertEquals(JSON.stringify(seen).includes("secret reason"), false);
  }
});

Deno.test("HttpDeps.run() ends the run when its client goes away, before or after it began", async () => {
  for (const isEarly of [true, false]) {
    const controller = new AbortController();
    if (isEarly) controller.abort();
    const current = scene();
    current.run.signal.addEventListener("abort", () => {
      const { run } = current;
      run.end(outcomeOf(run, { stopReason: run.abortReason! }, { isAborted: true }));
    });
    const seen = await events(current, () => controller.abort(), { signal: controller.signal });
    assertEquals(current.run.abortReason, "disconnect");
    assertEquals(seen.at(-1)?.type, "error", "what was streamed is not the whole answer");
  }
});

Deno.test("HttpDeps.run() ends the run when nobody reads on", async () => {
  const { deps, run } = scene();
  for await (const event of startReading()) {
    assertEquals(event, { type: "text", delta: "a" });
    break;
  }
  assertEquals(run.abortReason, "disconnect");

  async function* startReading() {
    const stream = deps.run(request());
    queueMicrotask(() => queueMicrotask(() => run.emit({ type: "text", delta: "a" })));
    yield* stream;
  }
});

Deno.test("HttpDeps.run() leaves a run alone that has ended", async () => {
  const controller = new AbortController();
  const current = scene();
  await events(current, (run) => run.end(outcomeOf(run)), { signal: controller.signal });
  controller.abort();
  assertEquals([current.run.abortReason, current.run.signal.aborted], [undefined, false]);
});

Deno.test("HttpDeps.run() keeps what is on this machine to itself", async () => {
  const path = "/home/me/.openclaw/gateway.db";
  const cases: [AppError, message: string][] = [
    [
      new AppError("STORE_WRITE_FAILED", `Cannot write store "${path}"`, { hint: `See ${path}` }),
      "The store did not take the write",
    ],
    [new AppError("INTERNAL", `Run failed: ${path}`), "internal error"],
  ];
  for (const [error, message] of cases) {
    const ended = await events(scene(), (run) => run.end(outcomeOf(run, { error })));
    const refused = await events(scene({ refuse: error }), () => {});
    for (const [event] of [ended, refused]) {
      assertEquals(event?.type === "error" && [event.code, event.message, event.hint], [
        error.code,
        message,
        "openclaw logs",
      ]);
    }
  }
});

Deno.test("HttpDeps.run() takes secrets out of what it says about failures", async () => {
  const error = new AppError("INVALID_REQUEST", `Cannot use ${SECRET}`, { hint: `Not ${SECRET}` });
  const ended = await events(scene(), (run) => run.end(outcomeOf(run, { status: "error", error })));
  const refused = await events(scene({ refuse: error }), () => {});
  for (const [event] of [ended, refused]) {
    assertEquals(event?.type === "error" && [event.message, event.hint], [
      "Cannot use [redacted]",
      "Not [redacted]",
    ]);
  }
});

Deno.test("HttpDeps.run() hands on history, functions, format and thinking", async () => {
  const told = {
    earlier: [{ role: "user" as const, text: "before" }],
    toolResults: [{ id: "c1", text: "sunny" }],
    responseFormat: { type: "json_object" as const },
    thinking: "low",
  };
  const other = scene();
  await events(other, (run) => run.end(outcomeOf(run)), {
    ...told,
    tools: [{ name: "f" }, { name: "g", description: "d", parameters: {}, strict: true }],
    toolChoice: { name: "g" },
    parallelToolCalls: false,
  });
  const { earlier, toolResults, responseFormat, thinking, clientTools } = other.started[0]!;
  assertEquals({ earlier, toolResults, responseFormat, thinking }, { ...told, thinking: "low" });
  assertEquals(clientTools, {
    tools: [
      { name: "f", description: "", parameters: { type: "object", properties: {} } },
      { name: "g", description: "d", parameters: {}, strict: true },
    ],
    toolChoice: { name: "g" },
    parallelToolCalls: false,
  });
});

Deno.test("HttpDeps.run() mentions functions only where there are some, or have to be", async () => {
  const cases: [over: Partial<HttpRunRequest>, isMentioned: boolean][] = [
    [{ tools: [] }, false],
    [{ toolChoice: "auto" }, false],
    [{ toolChoice: "none", parallelToolCalls: true }, false],
    [{ toolChoice: "required" }, true],
    [{ toolChoice: { name: "f" } }, true],
  ];
  for (const [over, isMentioned] of cases) {
    const one = scene();
    await events(one, (run) => run.end(outcomeOf(run)), over);
    assertEquals("clientTools" in one.started[0]!, isMentioned, JSON.stringify(over));
  }
});

Deno.test("HttpDeps.run() refuses a level of thinking that there is not", async () => {
  const [event] = await events(scene(), () => {}, { thinking: "hard" });
  assertEquals(event?.type === "error" && [event.code, event.status], ["INVALID_REQUEST", 400]);
});

Deno.test("HttpDeps.run() hands over calls with the arguments as they were written", async () => {
  const call = { id: "call_1", name: "f", arguments: { a: 1 } };
  const seen = await events(scene(), (run) => {
    run.emit({ type: "toolCall", call });
    run.emit({ type: "toolCall", call: { ...call, id: "call_2", argumentsText: '{ "a": 1' } });
    run.end({ ...outcomeOf(run), stopReason: "toolUse" });
  });
  assertEquals(seen.slice(0, 2), [
    { type: "toolCall", id: "call_1", name: "f", arguments: '{"a":1}' },
    { type: "toolCall", id: "call_2", name: "f", arguments: '{ "a": 1' },
  ]);
  const last = seen.at(-1);
  assertEquals(last?.type === "end" && last.stopReason, "toolUse");
});

Deno.test("HttpDeps.run() answers a provider's refusals with what a client can act on", async () => {
  const cases: [error: ModelError, status: number, retryAfterMs: number | undefined][] = [
    [new ModelError("PROVIDER_RATE_LIMITED", "rate_limit", "slow down"), 429, 10_000],
    [
      new ModelError("PROVIDER_RATE_LIMITED", "rate_limit", "wait", { retryAfterMs: 70_000 }),
      429,
      70_000,
    ],
    [new ModelError("CONTEXT_TOO_LONG", "context_length", "too long"), 400, undefined],
    [new ModelError("PROVIDER_TIMEOUT", "timeout", "silent"), 504, undefined],
    [new ModelError("PROVIDER_BAD_REQUEST", "bad_request", "no"), 400, undefined],
  ];
  for (const [error, status, retryAfterMs] of cases) {
    const [event] = await events(scene(), (run) => run.end({ ...outcomeOf(run), error }));
    assertEquals(
      event?.type === "error" && [event.status, event.retryAfterMs],
      [status, retryAfterMs],
      error.code,
    );
  }
});
