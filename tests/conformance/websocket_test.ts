import { assertEquals } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { CASES, isBad, judge, runCases } from "./cases.ts";
import { EXCEPTIONS, exceptionsOn, runtimeOf } from "./exceptions.ts";

const HANDSHAKE_TIMEOUT_MS = 1500;

Deno.test("websocket conformance: every case meets its demand or is a known exception", async () => {
  await using gateway = await TestGateway.start({ handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS });
  const results = await runCases({
    port: gateway.gateway.port,
    token: TOKEN,
    handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
  }, runtimeOf(Deno.version.deno));
  assertEquals(results.filter(isBad), []);
  assertEquals(results.length, CASES.length);
});

Deno.test("websocket conformance: the guard passes on what is correct and refuses more", async () => {
  await using gateway = await TestGateway.start({
    handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
    guard: { closeAnswerMs: 1000, sweepMs: 50 },
  });
  const results = await runCases({
    port: gateway.gateway.port,
    token: TOKEN,
    handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
  }, "guarded");
  assertEquals(results.filter(isBad), []);
});

Deno.test("websocket conformance: names are unique and every exception names a case", () => {
  const names = new Set(CASES.map(({ name }) => name));
  assertEquals(names.size, CASES.length);
  for (const runtime of ["2.7", "current", "guarded"] as const) {
    assertEquals(Object.keys(exceptionsOn(runtime)).filter((name) => !names.has(name)), []);
  }
});

Deno.test("judge() fails an exception that has begun, changed or ended", () => {
  const [name, known] = Object.entries(EXCEPTIONS)[0]!;
  const run = () => Promise.resolve("");
  const excepted = { name, demand: "d", expected: "good", run };
  assertEquals(judge(excepted, known.outcome, "current").verdict, "exception");
  assertEquals(judge(excepted, "another", "current").verdict, "FAIL");
  assertEquals(judge(excepted, "good", "current").verdict, "exception is over");
  const plain = { ...excepted, name: "no such case" };
  assertEquals(judge(plain, "good", "current").verdict, "ok");
  assertEquals(judge(plain, known.outcome, "current").verdict, "FAIL");
});
