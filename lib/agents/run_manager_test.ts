import { assert, assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import type { Model } from "../models/mod.ts";
import type { SessionStore } from "../sessions/mod.ts";
import {
  agentOf,
  type Bench,
  calls,
  end,
  fails,
  gate,
  ManualClock,
  recordingLogger,
  says,
  ScriptedModel,
  type ScriptStep,
  snapshotOf,
  waits,
  withRuns,
} from "./_testing.ts";
import type { Run, RunEvent, RunListener, RunRequest } from "./run.ts";
import { RunManager } from "./run_manager.ts";
import { WORKSPACE_TEMPLATES } from "./workspace_templates.ts";

const KEY = "agent:main:main";

/** A model that answers every call with `answer`. */
function answering(text = "hello"): ScriptedModel {
  return new ScriptedModel("one", [[says(text), end()]]);
}

/** Starts a run and waits for its first event of that type. */
async function startUntil(
  { runs, request }: Bench,
  runId: string,
  type: RunEvent["type"],
): Promise<Run> {
  const heard = gate();
  const run = await runs.start(request(runId), (event) => event.type === type && heard.open());
  await heard.passed;
  return run;
}

/** The transcript in short: `role: text`. */
function transcript({ store }: Bench, key = KEY): string[] {
  return store.history(key, { limit: 100 }).map(({ message }) => {
    const text = message.content.map((part) => part.type === "text" ? part.text : `(${part.type})`);
    return `${message.role}: ${text.join("")}`;
  });
}

/** What a model was sent, system prompt left out: `role: text`. */
function asked(model: ScriptedModel, call: number): string[] {
  return model.requests[call]!.messages.map((message) => {
    const text = message.role === "user"
      ? message.content.map((part) => part.type === "text" ? part.text : "(image)").join("")
      : message.text;
    return `${message.role}: ${text}`;
  });
}

Deno.test("start() tells a run's story in order and stores its beginning and its end", () => {
  const model = answering();
  return withRuns({ models: [model] }, async (bench) => {
    const { runs, store, request, clock } = bench;
    const [own, all]: RunEvent["type"][][] = [[], []];
    runs.follow((event) => all!.push(event.type));
    const run = await runs.start(request("r1"), (event) => own!.push(event.type));
    assertEquals([run.text, runs.get("r1") === run, runs.activeCount], ["", true, 1]);
    const { kind } = run.request.origin;
    assertEquals([runs.activeCountOf(kind), runs.activeCountOf("cron")], [1, 0]);
    assertEquals(store.getRun("r1")?.status, undefined);
    clock.ms += 40;
    const outcome = await run.done;
    assertEquals([own, all], [
      ["accepted", "start", "text", "end"],
      ["accepted", "start", "text", "end"],
    ]);
    assertEquals([outcome.status, outcome.stopReason, outcome.result.text], [
      "ok",
      "stop",
      "hello",
    ]);
    assertEquals(outcome.endedAt - outcome.acceptedAt, 40);
    assertEquals(outcome.messages.map(({ seq }) => seq), [2]);
    assertEquals([runs.get("r1"), runs.find("r1"), runs.activeCount], [undefined, undefined, 0]);
    assertEquals(store.getRun("r1")?.result, outcome.result);
    assertEquals(transcript(bench), ["user: message of r1", "assistant: hello"]);
  });
});

Deno.test("start() passes the request on to the model", () => {
  const model = answering();
  return withRuns({ models: [model] }, async ({ runs, request }) => {
    const images = [{ data: "AAAA", mimeType: "image/png" }];
    const sampling = { temperature: 0 };
    const extraSystemPrompt = "Answer in rhyme.";
    const run = await runs.start(
      request("r1", { images, sampling, maxTokens: 9, extraSystemPrompt }),
    );
    await run.done;
    const { messages, maxTokens, sampling: sent, system } = model.requests[0]!;
    assertEquals([maxTokens, sent, system.endsWith(extraSystemPrompt)], [9, sampling, true]);
    assertEquals(messages, [{
      role: "user",
      content: [
        { type: "text", text: "message of r1" },
        { type: "image", data: "AAAA", mimeType: "image/png" },
      ],
    }]);
  });
});

Deno.test("start() sends a plain greeting with less than 12 KB around it", () => {
  const model = answering();
  return withRuns({ models: [model] }, async ({ runs, request }) => {
    await (await runs.start(request("r1", { message: "hi" }))).done;
    const sent = JSON.stringify(model.requests[0]);
    assert(sent.length < 12 * 1024, `${sent.length} characters`);
    const { system } = model.requests[0]!;
    for (const text of Object.values(WORKSPACE_TEMPLATES)) assert(system.includes(text.trim()));
    assert(system.includes("Time zone: Europe/Berlin"));
  });
});

Deno.test("start() leaves a workspace empty where that is configured", () => {
  const model = answering();
  return withRuns({ models: [model] }, async ({ runs, request, agent }) => {
    Object.assign(agent, { skipBootstrap: true });
    assertEquals((await (await runs.start(request("r1"))).done).status, "ok");
    assertEquals(model.requests[0]!.system.includes("Project context"), false);
    await assertRejects(() => Deno.stat(agent.workspace), Deno.errors.NotFound);
  });
});

Deno.test("start() refuses what cannot be run, and keeps nothing of it", () =>
  withRuns({ models: [answering()] }, async (bench) => {
    const { runs, store, request } = bench;
    const cases = [
      [request("r1", { agentId: "nobody" }), "AGENT_NOT_FOUND"],
      [request("r1", { model: "nobody/nothing" }), "MODEL_NOT_FOUND"],
    ] as const;
    for (const [refused, code] of cases) {
      const error = await assertRejects(() => runs.start(refused), AppError);
      assertEquals(error.code, code);
    }
    assertEquals([runs.activeCount, runs.find("r1"), store.getRun("r1")], [
      0,
      undefined,
      undefined,
    ]);
    assertEquals((await (await runs.start(request("r1"))).done).status, "ok");
  }));

Deno.test("start() refuses an id that is under way or has ended", () =>
  withRuns({ models: [answering()] }, async (bench) => {
    const { runs, request } = bench;
    const first = runs.start(request("r1"));
    const together = await assertRejects(() => runs.start(request("r1")), AppError);
    assertEquals([together.code, await runs.find("r1") === await first], ["RUN_EXISTS", true]);
    await (await first).done;
    const later = await assertRejects(() => runs.start(request("r1")), AppError);
    assertEquals([later.code, runs.activeCount], ["RUN_EXISTS", 0]);
    assertEquals(transcript(bench).length, 2);
  }));

Deno.test("a queued run that is aborted ends at once, and those behind it go on", () => {
  const model = new ScriptedModel("one", [waits(says("slow")), [says("third"), end()]]);
  return withRuns({ models: [model] }, async (bench) => {
    const { runs, request } = bench;
    const first = await startUntil(bench, "r1", "text");
    const second = await runs.start(request("r2"));
    const third = await runs.start(request("r3"));
    assertEquals(runs.activeOf(KEY), [first, second, third]);
    assertEquals(second.abort("rpc"), true);
    const outcome = await second.done;
    assertEquals([outcome.status, outcome.stopReason, outcome.result.isAborted], [
      "timeout",
      "rpc",
      true,
    ]);
    assertEquals([first.state, third.state, model.requests.length], ["running", "waiting", 1]);
    first.abort("rpc");
    assertEquals((await third.done).result.text, "third");
    assertEquals(asked(model, 1), [
      "user: message of r1",
      "user: message of r2",
      "assistant: slow",
      "user: message of r3",
    ]);
  });
});

Deno.test("a run aborted by a follower of its acceptance ends once, and never calls a model", () => {
  const model = answering();
  return withRuns({ models: [model] }, async ({ runs, request, lines, store }) => {
    let ends = 0;
    const abortAtOnce: RunListener = (event, run) => {
      if (event.type === "accepted") run.abort("disconnect");
      if (event.type === "end") ends++;
    };
    const run = await runs.start(request("r1"), abortAtOnce);
    const outcome = await run.done;
    assertEquals([outcome.status, outcome.stopReason, outcome.error], [
      "timeout",
      "disconnect",
      undefined,
    ]);
    assertEquals((await (await runs.start(request("r2"))).done).status, "ok");
    assertEquals([ends, lines, model.requests.length], [1, [], 1]);
    assertEquals(store.getRun("r1")?.stopReason, "disconnect");
  });
});

Deno.test("a run aborted before its message is stored is accepted and then ended", () => {
  const model = answering();
  return withRuns({ models: [model] }, async ({ runs, request }) => {
    const accepted = runs.start(request("r1"));
    assertEquals(runs.get("r1")?.abort("rpc"), true);
    const run = await accepted;
    assertEquals([(await run.done).stopReason, model.requests.length], ["rpc", 0]);
  });
});

Deno.test("an abort keeps the partial answer, marked, and an empty one not at all", () => {
  const model = new ScriptedModel("one", [waits(says("par")), waits()]);
  return withRuns({ models: [model] }, async (bench) => {
    const { store } = bench;
    const spoken = await startUntil(bench, "r1", "text");
    spoken.abort("rpc");
    assertEquals((await spoken.done).result.text, "par");
    const silent = await startUntil(bench, "r2", "start");
    silent.abort("rpc");
    await silent.done;
    assertEquals(transcript(bench), [
      "user: message of r1",
      "assistant: par",
      "user: message of r2",
    ]);
    const [, partial] = store.history(KEY, { limit: 2, beforeSeq: 3 });
    assertEquals(partial?.message.role === "assistant" && partial.message.openclawAbort, {
      aborted: true,
      origin: "rpc",
      runId: "r1",
    });
  });
});

Deno.test("an overdue run ends with the reason timeout", () => {
  const model = new ScriptedModel("one", [waits(says("slow"))]);
  return withRuns({ models: [model] }, async ({ runs, request, store }) => {
    const run = await runs.start(request("r1", { timeoutMs: 1 }));
    const outcome = await run.done;
    assertEquals([outcome.status, outcome.stopReason], ["timeout", "timeout"]);
    assertEquals(store.getSession(KEY)?.status, "timeout");
  });
});

Deno.test("a time limit longer than timers can count does not end a run at once", () =>
  withRuns({ models: [answering()] }, async ({ runs, request }) => {
    const run = await runs.start(request("r1", { timeoutMs: Number.MAX_SAFE_INTEGER }));
    assertEquals((await run.done).status, "ok");
  }));

Deno.test("a time limit does not run while a run waits in line", () => {
  const begun = gate();
  const hold = gate();
  const model = new ScriptedModel("one", [
    async function* () {
      begun.open();
      await hold.passed;
      yield* [says("first"), end()];
    },
    waits(),
  ]);
  return withRuns({ models: [model] }, async ({ runs, request }) => {
    await runs.start(request("r1"));
    await begun.passed;
    const second = await runs.start(request("r2", { timeoutMs: 10 }));
    // Its limit was set later and is longer: had that of the waiting run been running, it were over.
    const other = request("r3", { sessionKey: "agent:main:other", timeoutMs: 20 });
    assertEquals((await (await runs.start(other)).done).stopReason, "timeout");
    assertEquals([second.state, second.abortReason], ["waiting", undefined]);
    hold.open();
    await second.done;
  });
});

Deno.test("a failed run is stored and logged, and the next one sees what the user said", () => {
  const model = new ScriptedModel("one", [fails("cut", says("half")), [says("whole"), end()]]);
  return withRuns({ models: [model] }, async (bench) => {
    const { runs, request, store, lines } = bench;
    const outcome = await (await runs.start(request("r1"))).done;
    assertEquals([outcome.status, outcome.stopReason, outcome.result.text], [
      "error",
      "error",
      "half",
    ]);
    assertEquals(outcome.error?.code, outcome.result.errorCode);
    assertEquals([store.getSession(KEY)?.status, store.getRun("r1")?.error], [
      "failed",
      outcome.error?.message,
    ]);
    assertEquals(lines, [`run r1 failed: ${outcome.error?.message}`]);
    await (await runs.start(request("r2"))).done;
    assertEquals(asked(model, 1), [
      "user: message of r1",
      "assistant: half",
      "user: message of r2",
    ]);
  });
});

Deno.test("a workspace that cannot be read ends the run with its own code", () =>
  withRuns({ models: [answering()] }, async ({ runs, request, agent }) => {
    await Deno.writeTextFile(agent.workspace, "a file, not a folder");
    const outcome = await (await runs.start(request("r1"))).done;
    assertEquals([outcome.status, outcome.error?.code], ["error", "IO_ERROR"]);
  }));

Deno.test("a run carries out tools and stores calls, answers and the end in order", () => {
  const steps: ScriptStep[] = [[calls("clock"), end()], [says("It is noon."), end()]];
  const seen: unknown[] = [];
  const clockTool = {
    name: "clock",
    description: "Tells the time",
    parameters: {},
    execute: (_: unknown, { signal: _signal, ...context }: Record<string, unknown>) => {
      seen.push(context);
      return Promise.resolve({
        content: [{ type: "text" as const, text: "12:00" }],
        isError: false,
      });
    },
  };
  const tools = [clockTool as never];
  return withRuns({ models: [new ScriptedModel("one", steps)], tools }, async (bench) => {
    const { runs, request, store } = bench;
    const run = await runs.start(request("r1"));
    assertEquals((await run.done).messages.map(({ message }) => message.role), [
      "assistant",
      "toolResult",
      "assistant",
    ]);
    assertEquals(seen, [{ runId: "r1", sessionKey: KEY, agentId: "main" }]);
    assertEquals(transcript(bench).slice(1), [
      "assistant: (toolCall)",
      "toolResult: 12:00",
      "assistant: It is noon.",
    ]);
    assertEquals(store.getSession(KEY)?.totalTokens, 10);
  });
});

Deno.test("a run has its own message in view, however long the ones waiting behind it are", () => {
  const hold = gate();
  const model = new ScriptedModel("one", [
    async function* () {
      await hold.passed;
      yield* [says("first"), end()];
    },
    [says("next"), end()],
  ]);
  return withRuns({ models: [model] }, async ({ runs, request }) => {
    await runs.start(request("r1"));
    const second = await runs.start(request("r2"));
    await runs.start(request("r3", { message: "x".repeat(10_000) }));
    hold.open();
    await second.done;
    assertEquals(asked(model, 1).at(-1), "user: message of r2");
  });
});

Deno.test("close() ends every run, waits for their ends, and takes no further ones", () => {
  const model = new ScriptedModel("one", [waits(says("par"))]);
  return withRuns({ models: [model] }, async (bench) => {
    const { runs, request, store } = bench;
    await startUntil(bench, "r1", "text");
    await runs.start(request("r2"));
    const accepting = runs.start(request("r3", { sessionKey: "agent:main:other" }));
    await runs.close();
    for (const id of ["r1", "r2", "r3"]) assertEquals(store.getRun(id)?.stopReason, "shutdown", id);
    assertEquals([runs.activeCount, (await accepting).state], [0, "ended"]);
    const error = await assertRejects(() => runs.start(request("r4")), AppError);
    assertEquals([error.code, error.retryable], ["GATEWAY_CLOSED", true]);
    assertEquals([store.getRun("r4"), runs.find("r4")], [undefined, undefined]);
  });
});

Deno.test("exclusively() waits for the runs before it and holds back those behind it", () => {
  const model = new ScriptedModel("one", [[says("a"), end()], [says("b"), end()]]);
  return withRuns({ models: [model] }, async ({ runs, request }) => {
    const order: string[] = [];
    const hold = gate();
    const begun = gate();
    runs.follow((event, run) => event.type === "end" && order.push(run.runId));
    const first = await runs.start(request("r1"));
    const work = runs.exclusively(KEY, async () => {
      order.push("work");
      begun.open();
      await hold.passed;
      return 7;
    });
    const second = await runs.start(request("r2"));
    await begun.passed;
    assertEquals([first.state, second.state], ["ended", "waiting"]);
    hold.open();
    assertEquals(await work, 7);
    await second.done;
    assertEquals(order, ["r1", "work", "r2"]);
  });
});

Deno.test("close() ends exclusive work too and waits for it", () =>
  withRuns({ models: [answering()] }, async ({ runs }) => {
    const begun = gate();
    let isOver = false;
    const work = runs.exclusively(KEY, async (signal) => {
      begun.open();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      isOver = true;
      signal.throwIfAborted();
    });
    const refused = assertRejects(() => work, AppError);
    await begun.passed;
    await runs.close();
    assertEquals([isOver, (await refused).code], [true, "GATEWAY_CLOSED"]);
    const late = () => runs.exclusively(KEY, () => Promise.resolve());
    assertEquals((await assertRejects(late, AppError)).code, "GATEWAY_CLOSED");
  }));

Deno.test("interrupt() ends exclusive work on its session, and what waits behind it goes on", () =>
  withRuns({ models: [answering()] }, async ({ runs, request }) => {
    const begun = gate();
    const work = runs.exclusively(KEY, async (signal) => {
      begun.open();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      signal.throwIfAborted();
    });
    const refused = assertRejects(() => work, AppError);
    const run = await runs.start(request("r1"));
    await begun.passed;
    assertEquals(await runs.interrupt("agent:main:other"), false);
    assertEquals(run.state, "waiting");
    assertEquals(await runs.interrupt(KEY), true);
    assertEquals((await refused).code, "RUN_ABORTED");
    assertEquals((await run.done).status, "ok");
    assertEquals(await runs.interrupt(KEY), false);
  }));

Deno.test("an end that cannot be stored is a failure, and the line behind it moves on", () => {
  const model = answering();
  return withRuns({ models: [model] }, async (bench) => {
    const { runs, request, store, lines } = bench;
    const hold = gate();
    runs.follow((event) => {
      if (event.type === "start") store.close();
      if (event.type === "end") hold.open();
    });
    const run = await runs.start(request("r1"));
    const outcome = await run.done;
    await hold.passed;
    assertEquals([outcome.status, outcome.stopReason], ["error", "error"]);
    assertEquals([lines.length, runs.activeCount], [1, 0]);
  });
});

Deno.test("a message that cannot be stored is refused, and nobody waits for its run", async () => {
  const stored = gate();
  const store = {
    beginRun: async () => {
      await stored.passed;
      throw new AppError("STORE_WRITE_FAILED", "Cannot write");
    },
  };
  const { log } = recordingLogger();
  const snapshot = snapshotOf(agentOf(), [answering() as Model]);
  const runs = new RunManager({
    store: store as unknown as SessionStore,
    clock: new ManualClock(),
    log,
    snapshot: () => snapshot,
    tools: [],
  });
  const heardOf: string[] = [];
  runs.follow((event) => heardOf.push(event.type));
  const accepted = runs.start({
    runId: "r1",
    sessionKey: KEY,
    agentId: "main",
    message: "hi",
    origin: { kind: "chat" },
  });
  const run = runs.get("r1")!;
  const closed = runs.close();
  stored.open();
  const error = await assertRejects(() => accepted, AppError);
  assertEquals(error.code, "STORE_WRITE_FAILED");
  await closed;
  assertEquals([(await run.done).runId, run.abort("rpc"), heardOf], ["r1", false, []]);
  assertEquals([runs.activeCount, runs.find("r1")], [0, undefined]);
});

Deno.test("an abort that comes while the end is being stored changes nothing", () =>
  withRuns({ models: [answering()] }, async (bench) => {
    const run = await startUntil(bench, "r1", "text");
    while (run.state === "running") await Promise.resolve();
    assertEquals([run.state, run.abort("rpc")], ["ending", false]);
    const outcome = await run.done;
    assertEquals([outcome.status, outcome.result.isAborted], ["ok", false]);
  }));

Deno.test("a follower that fails is logged and harms no run", () =>
  withRuns({ models: [answering()] }, async ({ runs, request, lines }) => {
    runs.follow((event) => {
      throw new Error(`no ${event.type}`);
    });
    const outcome = await (await runs.start(request("r1"))).done;
    assertEquals([outcome.status, outcome.result.text], ["ok", "hello"]);
    assertEquals(lines.map((line) => line.replace(/.*: /, "")), [
      "no accepted",
      "no start",
      "no text",
      "no end",
    ]);
  }));

Deno.test("a run finishes on the configuration it began with", () => {
  const hold = gate();
  const model = new ScriptedModel("one", [
    async function* () {
      await hold.passed;
      yield* [says("first"), end()];
    },
    [says("second"), end()],
  ]);
  return withRuns({ models: [model] }, async ({ runs, request }) => {
    const first = await runs.start(request("r1"));
    const second = await runs.start(request("r2"));
    assertEquals(first.snapshot === second.snapshot, true);
    hold.open();
    assertEquals((await second.done).result.model, "one");
  });
});

/** What a model was sent, calls and their answers included. */
function exchanged(model: ScriptedModel, call: number): string[] {
  return model.requests[call]!.messages.map((message) => {
    if (message.role === "tool") return `tool: ${message.text}`;
    if (message.role === "assistant") {
      return `assistant: ${message.text}${
        message.toolCalls.map(({ name }) => `(${name})`).join("")
      }`;
    }
    return `user: ${message.content.map((part) => part.type === "text" ? part.text : "").join("")}`;
  });
}

const FUNCTION = { name: "ask", description: "", parameters: { type: "object" } };

Deno.test("start() carries a call of a client's function over to the run that answers it", () => {
  const model = new ScriptedModel("one", [
    [says("wait"), calls("ask", "theirs"), end({ stopReason: "toolUse" })],
    [says("sunny"), end()],
  ]);
  return withRuns({ models: [model] }, async (bench) => {
    const clientTools = { tools: [FUNCTION] };
    const handedOver: string[] = [];
    const first = await bench.runs.start(bench.request("r1", { clientTools }), (event) => {
      if (event.type === "toolCall") handedOver.push(event.call.id);
    });
    assertEquals((await first.done).stopReason, "toolUse");
    assertEquals(transcript(bench), [
      "user: message of r1",
      "assistant: wait(toolCall)",
      "toolResult: pending",
    ]);
    const [id] = handedOver;
    const toolResults = [{ id: id!, text: "it shines" }];
    const message = `Tool:${id}: it shines`;
    const second = await bench.runs.start(
      bench.request("r2", { clientTools, toolResults, message }),
    );
    assertEquals((await second.done).result.text, "sunny");
    assertEquals(exchanged(model, 1), [
      "user: message of r1",
      "assistant: wait(ask)",
      "tool: it shines",
    ]);
    assertEquals(transcript(bench).slice(3), [`user: ${message}`, "assistant: sunny"]);
    assertEquals(bench.store.searchMessages("pending", { limit: 9 }), []);
  });
});

Deno.test("start() stores of a told history what the session does not hold", () => {
  const model = new ScriptedModel("one", [[says("yes"), end()]]);
  return withRuns({ models: [model] }, async (bench) => {
    const turn = async (runId: string, earlier: RunRequest["earlier"]) => {
      const run = await bench.runs.start(
        bench.request(runId, { message: runId, ...(earlier ? { earlier } : {}) }),
      );
      await run.done;
    };
    const before = [{ role: "user" as const, text: "hello" }, {
      role: "assistant" as const,
      text: "good day",
    }];
    await turn("one", before);
    const told = [...before, { role: "user" as const, text: "one" }, {
      role: "assistant" as const,
      text: "yes",
    }];
    await turn("two", told);
    const stored = bench.store.history(KEY, { limit: 9 }).map(({ message }) =>
      message.role === "user" ? message.earlier : undefined
    );
    assertEquals(stored, [before, undefined, undefined, undefined]);
    assertEquals(exchanged(model, 1), [
      "user: hello",
      "assistant: good day",
      "user: one",
      "assistant: yes",
      "user: two",
    ]);
  });
});

Deno.test("start() refuses functions that do not go together, and stores nothing", () => {
  const tool = { ...FUNCTION, execute: () => Promise.reject(new Error("not to be called")) };
  return withRuns({ models: [answering()], tools: [tool] }, async (bench) => {
    const request = bench.request("r1", { clientTools: { tools: [FUNCTION] } });
    const error = await assertRejects(() => bench.runs.start(request), AppError);
    assertEquals(error.message, "invalid tool configuration");
    assertEquals(bench.store.getSession(KEY), undefined);
  });
});
