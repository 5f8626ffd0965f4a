import { assert, assertEquals } from "@std/assert";
import {
  encodeError,
  encodeEvent,
  encodeRequest,
  encodeResponse,
  parseFrame,
  parseServerFrame,
  prepareEvent,
} from "./frames.ts";

Deno.test("parseFrame() accepts a request and fills in absent params", () => {
  assertEquals(parseFrame('{"type":"req","id":"1","method":"health"}'), {
    kind: "request",
    id: "1",
    method: "health",
    params: {},
  });
  assertEquals(parseFrame('{"params":{"a":[1]},"method":"x","id":"é","type":"req"}'), {
    kind: "request",
    id: "é",
    method: "x",
    params: { a: [1] },
  });
  assertEquals(parseFrame(encodeRequest("7", "m", null)), {
    kind: "request",
    id: "7",
    method: "m",
    params: null,
  });
});

Deno.test("parseFrame() names every problem and keeps the id where there is one", () => {
  const cases: [text: string, id: string, problem: string][] = [
    ["[]", "invalid", "must be object"],
    ["null", "invalid", "must be object"],
    ['"req"', "invalid", "must be object"],
    [
      "{}",
      "invalid",
      "must have required property 'type'; must have required property 'id'; " +
      "must have required property 'method'",
    ],
    ['{"type":"req","id":"9"}', "9", "must have required property 'method'"],
    ['{"type":"res","id":"9","method":"x"}', "9", "at /type: must be equal to constant"],
    ['{"type":"req","id":9,"method":"x"}', "invalid", "at /id: must be string"],
    [
      '{"type":"req","id":"","method":"x"}',
      "invalid",
      "at /id: must NOT have fewer than 1 characters",
    ],
    [
      '{"type":"req","id":"a","method":""}',
      "a",
      "at /method: must NOT have fewer than 1 characters",
    ],
    [
      '{"type":"req","id":"a","method":"m","bogus":1,"__proto__":{}}',
      "a",
      "at root: unexpected property 'bogus'; at root: unexpected property '__proto__'",
    ],
  ];
  for (const [text, id, problem] of cases) {
    assertEquals(
      parseFrame(text),
      { kind: "invalid", id, message: `invalid request frame: ${problem}` },
      text,
    );
  }
});

Deno.test("parseFrame() tells what is not JSON", () => {
  for (const text of ["", " ", "{", "hello", '{"type":"req",}', "\u0000", "NaN"]) {
    assertEquals(parseFrame(text), { kind: "notJson" });
  }
});

Deno.test("parseFrame() does not read inherited names as fields", () => {
  const parsed = parseFrame('{"__proto__":{"type":"req","id":"1","method":"health"}}');
  assertEquals(parsed.kind, "invalid");
});

Deno.test("parseFrame() survives deep nesting and random text", () => {
  const depth = 100_000;
  const deep = `{"type":"req","id":"1","method":"m","params":${"[".repeat(depth)}${
    "]".repeat(depth)
  }}`;
  assertEquals(parseFrame(deep).kind, "request");

  const seed = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`FUZZ_SEED=${seed}`);
  const random = mulberry32(seed);
  const base = '{"type":"req","id":"1","method":"health","params":{"probe":true}}';
  for (let i = 0; i < 5_000; i++) {
    const chars = [...base];
    const edits = 1 + Math.floor(random() * 4);
    for (let edit = 0; edit < edits; edit++) {
      const at = Math.floor(random() * chars.length);
      const byte = String.fromCharCode(Math.floor(random() * 0x120));
      if (random() < 0.3) chars.splice(at, 1);
      else chars.splice(at, random() < 0.5 ? 1 : 0, byte);
    }
    const parsed = parseFrame(chars.join(""));
    if (parsed.kind === "request") assert(parsed.id !== "" && parsed.method !== "");
    if (parsed.kind === "invalid") assert(parsed.id !== "" && parsed.message.length > 24);
  }
});

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

Deno.test("encodeResponse() and encodeError() write frames that read back", () => {
  assertEquals(parseServerFrame(encodeResponse("1", { a: 1 })), {
    type: "res",
    id: "1",
    ok: true,
    payload: { a: 1 },
  });
  assertEquals(encodeResponse("1", null), '{"type":"res","id":"1","ok":true,"payload":null}');
  const error = { code: "UNAVAILABLE", message: "m" } as const;
  assertEquals(parseServerFrame(encodeError("2", error, { status: "error" })), {
    type: "res",
    id: "2",
    ok: false,
    payload: { status: "error" },
    error,
  });
});

Deno.test("prepareEvent() writes one payload with and without a sequence number", () => {
  const stateVersion = { presence: 2, health: 5 };
  const write = prepareEvent("health", { ok: true }, stateVersion);
  assertEquals(JSON.parse(write(3)), {
    type: "event",
    event: "health",
    payload: { ok: true },
    stateVersion,
    seq: 3,
  });
  assertEquals(write(), encodeEvent("health", { ok: true }, { stateVersion }));
  assertEquals(encodeEvent("tick", { ts: 1 }, { seq: 1 }), prepareEvent("tick", { ts: 1 })(1));
  assertEquals(JSON.parse(encodeEvent("x", undefined)), { type: "event", event: "x" });
});

Deno.test("parseServerFrame() refuses what is no server frame and keeps unknown properties", () => {
  for (const text of ["", "1", "{}", '{"type":"res","id":"1"}', '{"type":"event"}', "[1]"]) {
    assertEquals(parseServerFrame(text), undefined, text);
  }
  assert(parseServerFrame('{"type":"event","event":"x","later":1}') !== undefined);
});
