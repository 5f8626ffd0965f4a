import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { canonicalSessionKey, mainSessionKey, MAX_SESSION_KEY_CHARS } from "./keys.ts";

const options = { defaultAgentId: "Main" };

Deno.test("canonicalSessionKey() accepts every way to write a key", () => {
  const cases: [string, string, string][] = [
    ["main", "agent:main:main", "main"],
    ["  MAIN ", "agent:main:main", "main"],
    ["global", "global", "main"],
    ["notes", "agent:main:notes", "main"],
    ["telegram:slash:42", "agent:main:telegram:slash:42", "main"],
    ["agent:Ops:Main", "agent:ops:main", "ops"],
    ["agent:ops:irc:group:#room", "agent:ops:irc:group:#room", "ops"],
    ["agent:a_b-1:x::y", "agent:a_b-1:x::y", "a_b-1"],
    ["agent", "agent:main:agent", "main"],
  ];
  for (const [raw, key, agentId] of cases) {
    assertEquals(canonicalSessionKey(raw, options), { key, agentId }, raw);
    assertEquals(canonicalSessionKey(key, options), { key, agentId }, `again ${key}`);
  }
});

Deno.test("canonicalSessionKey() refuses malformed keys with SESSION_KEY_INVALID", () => {
  const tooLongWhenStored = "x".repeat(MAX_SESSION_KEY_CHARS - 3);
  const cases = [
    "",
    "   ",
    "agent:",
    "agent::x",
    "agent:a",
    "agent:a:",
    "agent:a::x",
    "agent:a b:x",
  ];
  for (
    const raw of [...cases, ":x", "a\u0000b", "a\nb", "x".repeat(513), tooLongWhenStored]
  ) {
    const error = assertThrows(() => canonicalSessionKey(raw, options), AppError);
    assertEquals(error.code, "SESSION_KEY_INVALID", raw);
  }
});

Deno.test("canonicalSessionKey() shortens a long key in its message", () => {
  const error = assertThrows(() => canonicalSessionKey("y".repeat(9000), options), AppError);
  assertEquals(error.message.length < 200, true);
  assertStringIncludes(error.message, "512");
});

Deno.test("canonicalSessionKey() answers random text with a stable key or its code", () => {
  const seed = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));
  const alphabet = [
    "agent:",
    "main",
    "global",
    ":",
    "::",
    "a",
    "Z",
    " ",
    "\t",
    "é",
    "😀",
    "#",
    "-",
  ];
  let state = seed;
  const next = (bound: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % bound;
  };
  for (let round = 0; round < 3000; round++) {
    const raw = Array.from({ length: next(6) }, () => alphabet[next(alphabet.length)]).join("");
    try {
      const first = canonicalSessionKey(raw, options);
      assertEquals(canonicalSessionKey(first.key, options), first, `seed ${seed}`);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      assertEquals(error.code, "SESSION_KEY_INVALID", `seed ${seed}: ${JSON.stringify(raw)}`);
    }
  }
});

Deno.test("mainSessionKey() lower-cases the agent id", () => {
  assertEquals(mainSessionKey("Ops"), "agent:ops:main");
});
