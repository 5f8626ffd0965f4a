import { assert, assertEquals } from "@std/assert";
import { KeptAnswers } from "./kept_answers.ts";
import { MAX_KEPT_ANSWER_CHARS, MAX_KEPT_ANSWERS } from "./limits.ts";

const clock = { now: () => 0, monotonic: () => 0 };

Deno.test("KeptAnswers forgets the oldest answers beyond its bounds and nothing under way", async () => {
  const kept = new KeptAnswers(clock);
  kept.add(["slow"], "q", new Promise(() => {}));
  const answer = Promise.resolve({ ok: true, payloadJSON: "{}" } as const);
  for (let index = 0; index <= MAX_KEPT_ANSWERS; index++) {
    kept.add([`id:${index}`, `key:${index}`], "q", answer);
  }
  await answer;
  assertEquals(kept.find(["id:0", "key:0"]), undefined);
  assert(kept.find([`key:${MAX_KEPT_ANSWERS}`]) !== undefined);
  assert(kept.find(["slow"]) !== undefined);
  assertEquals(kept.size, MAX_KEPT_ANSWERS + 1);
});

Deno.test("KeptAnswers keeps no refusal", async () => {
  const kept = new KeptAnswers(clock);
  const answer = Promise.resolve({ ok: false, error: { code: "c", message: "m" } } as const);
  kept.add(["id:1", "key:1"], "q", answer);
  assert(kept.find(["key:1"]) !== undefined);
  await answer;
  assertEquals(kept.size, 0);
});

Deno.test("KeptAnswers bounds the size of what it keeps", async () => {
  const kept = new KeptAnswers(clock);
  const payloadJSON = "x".repeat(MAX_KEPT_ANSWER_CHARS / 4);
  const answer = Promise.resolve({ ok: true, payloadJSON } as const);
  for (let index = 0; index < 20; index++) kept.add([`id:${index}`], "q", answer);
  await answer;
  assertEquals(kept.size, 3);
});
