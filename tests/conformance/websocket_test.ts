import { assertEquals } from "@std/assert";
import { TestGateway, type TestGatewayOptions, TOKEN } from "../harness/gateway.ts";
import { CASES, isBad, judge, type Result, runCases } from "./cases.ts";
import { EXCEPTIONS, exceptionsOn, type Runtime, runtimeOf } from "./exceptions.ts";

/** For the cases that wait for it; the others have the time that clients have. */
const SHORT_HANDSHAKE_MS = 1500;
const HANDSHAKE_MS = 15_000;

/** Runs the table against a gateway for the cases that wait and one for all others. */
async function runTable(runtime: Runtime, guard?: TestGatewayOptions["guard"]): Promise<Result[]> {
  const results: Result[] = [];
  for (const isTimed of [false, true]) {
    const handshakeTimeoutMs = isTimed ? SHORT_HANDSHAKE_MS : HANDSHAKE_MS;
    await using gateway = await TestGateway.start({
      handshakeTimeoutMs,
      ...(guard ? { guard } : {}),
    });
    const target = { port: gateway.gateway.port, token: TOKEN, handshakeTimeoutMs };
    const cases = CASES.filter((one) => (one.isTimed ?? false) === isTimed);
    results.push(...await runCases(target, runtime, cases));
  }
  return results;
}

Deno.test("websocket conformance: every case meets its demand or is a known exception", async () => {
  const results = await runTable(runtimeOf(Deno.version.deno));
  assertEquals(results.filter(isBad), []);
  assertEquals(results.length, CASES.length);
});

Deno.test("websocket conformance: the guard passes on what is correct and refuses more", async () => {
  const results = await runTable("guarded", { closeAnswerMs: 1000, sweepMs: 50 });
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
