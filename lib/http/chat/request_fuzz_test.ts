/**
 * Made-up bodies: each is parsed or refused with 400, whatever stands in it.
 *
 * `FUZZ_SEED` repeats a run.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { HttpError } from "../errors.ts";
import { parseChatRequest } from "./request.ts";

const SEED = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));
const CASES = 3000;

const KEYS = [
  "model messages role content tool_calls tool_call_id function_call function name arguments id",
  "tools tool_choice type parameters strict description functions parallel_tool_calls stop n seed",
  "response_format json_schema schema temperature max_tokens max_completion_tokens stream user",
  "stream_options include_usage reasoning_effort image_url url text allowed_tools mode __proto__",
].join(" ").split(" ");
const ATOMS = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  "",
  " ",
  "user",
  "tool",
  "assistant",
  "system",
  "function",
  "text",
  "image_url",
  "json_schema",
  "auto",
  "required",
  "none",
  "{",
  "data:image/png;base64,AAAA",
  "\ud800",
  "toString",
];

/** Numbers below a bound, the same for the same seed. */
function numbersOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

function made(next: (below: number) => number, depth: number): unknown {
  const kind = next(depth > 0 ? 4 : 2);
  if (kind < 2) return ATOMS[next(ATOMS.length)];
  const size = next(5);
  if (kind === 2) return Array.from({ length: size }, () => made(next, depth - 1));
  const entries = Array.from({ length: size + 1 }, () => [
    KEYS[next(KEYS.length)]!,
    made(next, depth - 1),
  ]);
  return Object.fromEntries(entries);
}

function body(next: (below: number) => number): Record<string, unknown> {
  const message = () => ({ role: ATOMS[8 + next(4)], ...made(next, 3) as object });
  const messages = next(2) > 0
    ? Array.from({ length: next(6) }, message)
    : [{ role: "user", content: "hi" }];
  const fields = Array.from({ length: next(4) + 1 }, () => [
    KEYS[next(KEYS.length)]!,
    made(next, 4),
  ]);
  return JSON.parse(JSON.stringify(Object.fromEntries([["messages", messages], ...fields])));
}

Deno.test("parseChatRequest() parses or refuses whatever is made up", () => {
  const next = numbersOf(SEED);
  let parsed = 0;
  for (let i = 0; i < CASES; i++) {
    const given = body(next);
    try {
      const { run } = parseChatRequest(given);
      assert(run.message !== "" || run.toolResults !== undefined);
      assertEquals(typeof run.message, "string");
      parsed++;
    } catch (error) {
      if (error instanceof HttpError && error.status === 400) continue;
      throw new Error(`FUZZ_SEED=${SEED} case ${i}\n${JSON.stringify(given)}`, { cause: error });
    }
  }
  // Both ways are taken often.
  assert(parsed > CASES / 10 && parsed < CASES * 9 / 10, `parsed ${parsed}`);
});
