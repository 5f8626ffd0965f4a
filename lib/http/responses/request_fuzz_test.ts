/**
 * Bodies that were good until something in them became something else. The seed is printed on failure
 * and taken back by OPENCLAW_FUZZ_SEED.
 *
 * @module
 */
import { assert } from "@std/assert";
import { endEvent, FakeGateway } from "../testing.ts";

const ROUNDS = 4000;

const SEEDS: readonly unknown[] = [
  {
    model: "openclaw",
    input: [
      { role: "system", content: "x" },
      { role: "user", content: [{ type: "input_text", text: "x" }] },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "x" }] },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c", output: "x" },
      { type: "reasoning", id: "rs", summary: [{ type: "summary_text", text: "x" }] },
      {
        role: "user",
        content: [
          { type: "input_image", detail: "auto", image_url: "data:image/png;base64,iVBORw0KGgo=" },
          { type: "input_file", filename: "a.txt", file_data: "data:text/plain;base64,eA==" },
          { type: "input_text", text: "x" },
        ],
      },
    ],
    tools: [{ type: "function", name: "f", parameters: { type: "object" }, strict: true }],
    tool_choice: { type: "function", name: "f" },
    text: { format: { type: "json_schema", name: "n", schema: { type: "object" } } },
    reasoning: { effort: "low", summary: "auto" },
    metadata: { a: "b" },
    max_output_tokens: 5,
    temperature: 1,
    stream: false,
    user: "kit",
  },
];

const STRANGE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  0.5,
  "",
  "x",
  "\u0000",
  "\ud800",
  "__proto__",
  "x".repeat(3000),
  [],
  [[]],
  {},
  { type: "message" },
  { type: "item_reference", id: "msg_00000000-0000-4000-8000-000000000000_0" },
  { __proto__: null, constructor: 1 },
  ["auto", null, {}],
];

const NAMES = ["type", "foo", "", "__proto__", "toString", "role", "x".repeat(300)];

/** A small generator of numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function spoil(value: unknown, random: () => number): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  if (typeof value !== "object" || value === null || random() < 0.1) return pick(STRANGE);
  if (Array.isArray(value)) {
    if (value.length === 0) return [pick(STRANGE)];
    const at = Math.floor(random() * value.length);
    const roll = random();
    if (roll < 0.1) return value.toSpliced(at, 1);
    if (roll < 0.2) return value.toSpliced(at, 0, value[at]);
    return value.with(at, spoil(value[at], random));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return pick(STRANGE);
  const [name] = pick(entries);
  const roll = random();
  if (roll < 0.1) return Object.fromEntries(entries.filter(([each]) => each !== name));
  if (roll < 0.15) return { ...value, [pick(NAMES)]: 1 };
  return { ...value, [name]: spoil((value as Record<string, unknown>)[name], random) };
}

Deno.test("createResponse() answers every body, with a response or the reason why not", async () => {
  const seed = Number(Deno.env.get("OPENCLAW_FUZZ_SEED") ?? Date.now() % 2 ** 31);
  const random = randomOf(seed);
  const gateway = new FakeGateway(async function* () {
    yield endEvent("ok");
  });
  const counts = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round++) {
    let body = SEEDS[round % SEEDS.length];
    for (let n = Math.ceil(random() * 3); n > 0; n--) body = spoil(body, random);
    const text = JSON.stringify(body);
    const where = `seed ${seed}, round ${round}: ${text.slice(0, 500)}`;
    const answer = await gateway.respond(text);
    const said = await answer.text();
    counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
    if (answer.status === 200) {
      assert(said.includes('"object":"response"') || said.endsWith("data: [DONE]\n\n"), where);
      continue;
    }
    assert([400, 404].includes(answer.status), `${answer.status} ${where}`);
    const { error } = JSON.parse(said);
    assert(error.message && error.type === "invalid_request_error" && error.code, where);
  }
  assert(gateway.errors.length === 0, `seed ${seed}: ${gateway.errors[0]?.error}`);
  // Both ways were taken often, or the test says nothing.
  assert(
    Math.min(counts.get(200) ?? 0, counts.get(400) ?? 0) > ROUNDS / 20,
    JSON.stringify([...counts]),
  );
});
