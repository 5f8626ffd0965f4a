import { assert, assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { DEMO_INFO, type Model, type ModelRequest } from "../../models/mod.ts";
import { SessionStore } from "../../sessions/mod.ts";
import { compactConversation } from "./compact.ts";

const KEY = "agent:main:main";
const clock = { now: () => 1_750_000_000_000, monotonic: () => 0 };

/** A model that answers with numbered summaries and remembers what it was asked. */
class Summariser implements Model {
  readonly info;
  readonly asked: string[] = [];
  answer: string | undefined;

  constructor(contextWindow = 32_000) {
    this.info = { ...DEMO_INFO, contextWindow };
  }

  async *stream({ messages }: ModelRequest) {
    const [first] = messages;
    if (first?.role === "user" && first.content[0]?.type === "text") {
      this.asked.push(first.content[0].text);
    }
    const delta = this.answer ?? `summary ${this.asked.length}`;
    yield { type: "text" as const, delta };
    const usage = { input: 7, output: 2, cacheRead: 0, cacheWrite: 0 };
    yield { type: "end" as const, stopReason: "stop" as const, usage };
  }
}

async function withTalk(
  turns: string[],
  test: (
    store: SessionStore,
    compact: (model: Model, focus?: string) => ReturnType<
      typeof compactConversation
    >,
  ) => Promise<void>,
): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "compact-test-" });
  const store = await SessionStore.open({ stateDir, clock });
  try {
    await store.resetSession(KEY, "new", { agentId: "main" });
    for (const text of turns) {
      const content = [{ type: "text" as const, text }];
      await store.appendMessage(KEY, { role: "user", content, timestamp: 1 });
    }
    await test(
      store,
      (model, focus) =>
        compactConversation({ store, clock, signal: new AbortController().signal }, {
          sessionKey: KEY,
          agentId: "main",
          models: [model],
          focus,
          reason: "manual",
        }),
    );
  } finally {
    store.close();
    await Deno.remove(stateDir, { recursive: true });
  }
}

Deno.test("compactConversation() asks for the older part and keeps the last turn", async () => {
  await withTalk(["first", "second", "third"], async (store, compact) => {
    const model = new Summariser();
    const outcome = await compact(model, "the second");
    assert(outcome.compacted);
    assertEquals([outcome.checkpoint.summary, outcome.checkpoint.firstKeptSeq], ["summary 1", 3]);
    const [asked] = model.asked;
    assert(asked!.includes("[User]: first") && asked!.includes("Keep in particular: the second"));
    assertEquals(asked!.includes("third"), false);
    assertEquals(await compact(model), { compacted: false, reason: "already compacted" });
    const usage = store.database.connection.number(
      "SELECT total_tokens FROM message_usage WHERE role = 'compaction'",
    );
    assertEquals(usage, 9);
  });
});

Deno.test("compactConversation() goes part by part where the model is small", async () => {
  const turns = Array.from({ length: 6 }, (_, turn) => `turn ${turn} ${"x".repeat(1000)}`);
  await withTalk(turns, async (_store, compact) => {
    const model = new Summariser(1500);
    const outcome = await compact(model);
    assert(outcome.compacted && model.asked.length > 1);
    assertEquals(outcome.checkpoint.summary, `summary ${model.asked.length}`);
    assert(model.asked[1]!.includes("summary 1"));
    for (let turn = 0; turn < outcome.checkpoint.firstKeptSeq - 1; turn++) {
      assert(model.asked.some((text) => text.includes(`turn ${turn} `)));
    }
  });
});

Deno.test("compactConversation() changes nothing when there is no summary", async () => {
  await withTalk(["first", "second"], async (store, compact) => {
    const model = new Summariser();
    model.answer = "  ";
    const error = await assertRejects(() => compact(model), AppError);
    assertEquals(error.code, "PROVIDER_BAD_ANSWER");
    assertEquals(store.compactions.checkpoints(KEY), []);
    assertEquals(store.history(KEY, { limit: 9 }).length, 2);
  });
  await withTalk([], async (_store, compact) => {
    const outcome = await compact(new Summariser());
    assertEquals(outcome, { compacted: false, reason: "nothing to compact" });
  });
});
