/**
 * Good bodies with something wrong in them: each is answered, or refused with 400 in the envelope of its
 * dialect.
 *
 * `FUZZ_SEED` repeats a run.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { FakeGateway } from "./testing.ts";
import { readStream } from "./messages/_testing.ts";

const SEED = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));
const CASES = 1500;

const IMAGE = {
  type: "image",
  source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" },
};

const MESSAGES = {
  model: "openclaw",
  max_tokens: 5000,
  system: [{ type: "text", text: "Be brief." }],
  temperature: 0.5,
  top_p: 0.5,
  top_k: 4,
  stop_sequences: ["END"],
  stream: true,
  metadata: { user_id: "dev-1" },
  thinking: { type: "enabled", budget_tokens: 2000, display: "summarized" },
  output_config: { effort: "low", format: { type: "json_schema", schema: { type: "object" } } },
  tools: [{ name: "weather", description: "d", input_schema: { type: "object" }, strict: true }],
  tool_choice: { type: "tool", name: "weather", disable_parallel_tool_use: true },
  messages: [
    { role: "user", content: [{ type: "text", text: "hi" }, IMAGE] },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "x", signature: "y" },
        { type: "tool_use", id: "call_1", name: "weather", input: { city: "Oslo" } },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "call_1", content: [IMAGE], is_error: true },
        { type: "document", title: "t", source: { type: "text", data: "d" } },
        { type: "search_result", source: "s", title: "t", content: [{ type: "text", text: "f" }] },
      ],
    },
  ],
};

const EMBEDDINGS = {
  model: "openclaw",
  input: ["a", "b"],
  encoding_format: "base64",
  dimensions: 4,
};

const ATOMS: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, "", " ", "user", "assistant", "text", "image", "any"],
  ...["auto", "none", "enabled", "\ud800", "\u0000", "toString", "__proto__", "openclaw/nope"],
  ...[[], {}, [[]], [null], { type: "text" }, { type: "text", text: "x" }, { __proto__: null }],
];

type Next = (below: number) => number;

/** Numbers below a bound, the same for the same seed. */
function numbersOf(seed: number): Next {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

/** `value` with one thing in it replaced, removed or repeated. */
function damaged(value: unknown, next: Next): unknown {
  if (typeof value !== "object" || value === null || next(6) === 0) {
    return ATOMS[next(ATOMS.length)];
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return ATOMS[next(ATOMS.length)];
    const index = next(value.length);
    if (next(5) === 0) return value.toSpliced(index, 1);
    return next(5) === 0
      ? [...value, value[index]]
      : value.with(index, damaged(value[index], next));
  }
  const names = Object.keys(value);
  const name = names[next(names.length)] ?? "extra";
  const { [name]: old, ...rest } = value as Record<string, unknown>;
  return next(5) === 0 ? rest : { ...rest, [name]: damaged(old, next) };
}

/** Sends damaged bodies; answers with how many were served. */
async function send(path: string, good: unknown): Promise<number> {
  const next = numbersOf(SEED);
  const gateway = new FakeGateway();
  let served = 0;
  for (let index = 0; index < CASES; index++) {
    let body = good;
    for (let left = next(3); left >= 0; left--) body = damaged(body, next);
    const response = await gateway.post(path, JSON.stringify(body));
    const text = await response.text();
    const what = `FUZZ_SEED=${SEED} case ${index}\n${JSON.stringify(body)}\n${text}`;
    if (response.status === 200) {
      served++;
      if (text.startsWith("event:")) readStream(text);
      continue;
    }
    assert(response.status === 400 || response.status === 404, what);
    const { type, error } = JSON.parse(text);
    assertEquals(type, path === "/v1/embeddings" ? undefined : "error", what);
    assert(typeof error.message === "string" && error.message !== "Input is not valid", what);
  }
  assertEquals(gateway.errors, []);
  return served;
}

for (
  const [path, good] of [
    ["/v1/messages", MESSAGES],
    ["/v1/messages/count_tokens", MESSAGES],
    ["/v1/embeddings", EMBEDDINGS],
  ] as const
) {
  Deno.test(`${path} serves or refuses whatever it is sent`, async () => {
    const served = await send(path, good);
    // Both ways are taken often.
    assert(served > CASES / 20 && served < CASES * 19 / 20, `served ${served}`);
  });
}

Deno.test("countTokens() weighs what is nested deeply", async () => {
  const nested = '{"a":'.repeat(250) + `"${"x".repeat(4000)}"` + "}".repeat(250);
  const gateway = new FakeGateway();
  const response = await gateway.post(
    "/v1/messages/count_tokens",
    `{"model":"openclaw","messages":[{"role":"user","content":"x"}],` +
      `"tools":[{"name":"t","input_schema":{"type":"object"},"extra":${nested}}]}`,
  );
  assert((await response.json()).input_tokens > 1000);
});

/** Text of a body that has `inside` as one more field, in a place that nobody looks at. */
function hostileBody(inside: string): string {
  return `{"model":"openclaw","input":"x","max_tokens":9,"tool":"x","text":"x",` +
    `"messages":[{"role":"user","content":"x"}],"metadata":${inside}}`;
}

const HOSTILE: Readonly<Record<string, string>> = {
  "deep lists": "[".repeat(20_000) + "]".repeat(20_000),
  "deep objects": '{"a":'.repeat(20_000) + "1" + "}".repeat(20_000),
  "many keys": JSON.stringify(
    Object.fromEntries(Array.from({ length: 100_001 }, (_, key) => [`k${key}`, ""])),
  ),
  "keys that are there twice": '{"a":"1","a":"2"}',
  "__proto__": '{"__proto__":{"a":1}}',
};

const POST_PATHS = [
  "/v1/chat/completions",
  "/v1/responses",
  "/v1/messages",
  "/v1/messages/count_tokens",
  "/v1/embeddings",
  "/tools/invoke",
];

for (const path of POST_PATHS) {
  Deno.test(`${path} refuses bodies that only a parser takes`, async () => {
    const gateway = new FakeGateway(undefined, { maxBodyBytes: () => 4 * 1024 * 1024 });
    for (const [what, inside] of Object.entries(HOSTILE)) {
      const answer = await gateway.post(path, hostileBody(inside));
      const { error } = await answer.json();
      assertEquals([answer.status, error.code], [400, "INVALID_REQUEST"], what);
      assert(error.message.startsWith("Request body has "), error.message);
      assert(error.hint, what);
    }
    assertEquals(gateway.runs.length, 0);
  });
}
