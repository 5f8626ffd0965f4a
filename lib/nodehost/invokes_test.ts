import { assert, assertEquals } from "@std/assert";
import { AppError, silentLogger } from "../base/mod.ts";
import { ManualClock } from "../base/testing.ts";
import { InvokeDesk, type NodeInvoke, parseInvoke } from "./invokes.ts";
import { ANSWER_TTL_MS, MAX_PARALLEL_RUNS, MAX_WAITING_INVOKES } from "./limits.ts";
import type { CommandEntry, NodeCommand } from "./types.ts";

function deskWith(commands: Record<string, NodeCommand | CommandEntry>, clock = new ManualClock()) {
  const stop = new AbortController();
  const entries = Object.entries(commands).map(([name, command]) =>
    [name, typeof command === "function" ? { run: command } : command] as const
  );
  const desk = new InvokeDesk({
    commands: new Map(entries),
    call: { signal: stop.signal, emit() {} },
    clock,
    log: silentLogger,
  });
  return { desk, stop, clock };
}

let lastId = 0;

function invoke(command: string, over: Partial<NodeInvoke> = {}): NodeInvoke {
  return { id: `i${++lastId}`, command, paramsJSON: "{}", ...over };
}

Deno.test("parseInvoke() leaves out what cannot be answered", () => {
  const good = { id: "1", nodeId: "n", command: "c", paramsJSON: "{}", idempotencyKey: "k" };
  assertEquals(parseInvoke(good, "n"), {
    id: "1",
    command: "c",
    paramsJSON: "{}",
    idempotencyKey: "k",
  });
  const bad = [null, 1, "x", [], {}, { ...good, id: 1 }, { ...good, id: "" }];
  for (const payload of [...bad, { ...good, command: null }, { ...good, nodeId: "other" }]) {
    assertEquals(parseInvoke(payload, "n"), undefined);
  }
});

Deno.test("InvokeDesk.answer() names what is wrong with an invoke", async () => {
  const { desk } = deskWith({
    fail: () => Promise.reject(new AppError("INVALID_REQUEST", "bins required")),
    crash: () => Promise.reject(new TypeError("boom")),
  });
  const messageOf = async (...args: Parameters<typeof invoke>) => {
    const answer = await desk.answer(invoke(...args));
    assert(!answer.ok);
    return `${answer.error.code} ${answer.error.message}`;
  };
  assertEquals(await messageOf("bogus"), "UNAVAILABLE command not supported");
  assertEquals(await messageOf("fail"), "INVALID_REQUEST bins required");
  assertEquals(await messageOf("crash"), "UNAVAILABLE boom");
  assertEquals(
    await messageOf("fail", { paramsJSON: null }),
    "INVALID_REQUEST INVALID_REQUEST: paramsJSON required",
  );
  assertEquals(
    await messageOf("fail", { paramsJSON: "[1]" }),
    "INVALID_REQUEST INVALID_REQUEST: params must be an object",
  );
  assert((await messageOf("fail", { paramsJSON: "{bad" })).includes("paramsJSON is not JSON"));
});

Deno.test("InvokeDesk.answer() runs an id and a key once, while under way and afterwards", async () => {
  let runs = 0;
  const gate = Promise.withResolvers<void>();
  const { desk, clock } = deskWith({
    count: async () => {
      runs++;
      await gate.promise;
      return { runs };
    },
  });
  const first = invoke("count", { idempotencyKey: "k" });
  const waiting = [
    desk.answer(first),
    desk.answer(first),
    desk.answer(invoke("count", { idempotencyKey: "k" })),
  ];
  gate.resolve();
  for (const answer of await Promise.all(waiting)) {
    assertEquals(answer, { ok: true, payloadJSON: '{"runs":1}' });
  }
  await desk.answer(invoke("count", { idempotencyKey: "k" }));
  assertEquals(runs, 1);

  const other = await desk.answer(
    invoke("count", { idempotencyKey: "k", paramsJSON: '{"a":1}' }),
  );
  assert(!other.ok && other.error.message.includes("idempotency key was used"));
  assertEquals(runs, 1);

  clock.ms += ANSWER_TTL_MS;
  await desk.answer(invoke("count", { idempotencyKey: "k" }));
  assertEquals(runs, 2);
});

Deno.test("InvokeDesk.answer() bounds what runs and what waits", async () => {
  let now = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  const { desk } = deskWith({
    run: {
      isLong: true,
      run: async () => {
        most = Math.max(most, ++now);
        await gate.promise;
        now--;
        return {};
      },
    },
    quick: () => Promise.resolve({}),
  });
  const room = MAX_PARALLEL_RUNS + MAX_WAITING_INVOKES;
  const answers = Array.from({ length: room + 1 }, () => desk.answer(invoke("run")));
  const refused = await answers[room]!;
  assert(!refused.ok && refused.error.message.startsWith("node is busy"));
  assert((await desk.answer(invoke("quick"))).ok, "other commands have places of their own");
  gate.resolve();
  const rest = await Promise.all(answers.slice(0, room));
  assert(rest.every(({ ok }) => ok));
  assertEquals(most, MAX_PARALLEL_RUNS);
  await desk.idle();
});

Deno.test("InvokeDesk.answer() starts nothing once the host stops", async () => {
  const { desk, stop } = deskWith({ run: () => Promise.resolve({}) });
  stop.abort();
  assertEquals(await desk.answer(invoke("run")), {
    ok: false,
    error: { code: "UNAVAILABLE", message: "the node host stopped" },
  });
});
