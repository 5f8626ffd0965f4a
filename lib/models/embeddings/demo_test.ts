import { assert, assertEquals, assertRejects } from "@std/assert";
import { DemoEmbeddings } from "./demo.ts";

const signal = new AbortController().signal;

async function embed(input: string[], dimensions?: number): Promise<number[][]> {
  const { vectors } = await new DemoEmbeddings().embed({
    input,
    signal,
    ...(dimensions === undefined ? {} : { dimensions }),
  });
  return vectors;
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

Deno.test("DemoEmbeddings gives the same vector of length one for the same text", async () => {
  const texts = ["The quick brown fox", "", "🌧️", "日本語"];
  const first = await embed(texts);
  assertEquals(first, await embed(texts));
  for (const vector of first) {
    assertEquals(vector.length, 384);
    assert(Math.abs(cosine(vector, vector) - 1) < 1e-9);
  }
});

Deno.test("DemoEmbeddings puts texts that share words near each other", async () => {
  const [cats, cat, tax] = await embed([
    "my cats sleep on the sofa",
    "the cat sleeps on a sofa",
    "quarterly income statement",
  ]);
  assert(cosine(cats!, cat!) > cosine(cats!, tax!) + 0.3);
});

Deno.test("DemoEmbeddings makes as many dimensions as asked", async () => {
  for (const dimensions of [1, 7, 3072]) {
    assertEquals((await embed(["word"], dimensions))[0]!.length, dimensions);
  }
});

Deno.test("DemoEmbeddings gives up with its caller", async () => {
  const reason = new Error("gone");
  const error = await assertRejects(() =>
    new DemoEmbeddings().embed({ input: ["a"], signal: AbortSignal.abort(reason) })
  );
  assertEquals(error, reason);
});
