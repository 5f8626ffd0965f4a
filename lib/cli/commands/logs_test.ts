import { assertEquals, assertStringIncludes } from "@std/assert";
import { runCommandLine } from "../main.ts";
import { type FakeMethod, startFakeGateway } from "../testing/gateway_test.ts";
import { createHome, waitWhileRunning } from "../testing/run_test.ts";

function record(message: string, level = "INFO"): string {
  return JSON.stringify({
    "0": '{"subsystem":"gateway"}',
    "1": message,
    _meta: { logLevelName: level, date: "2026-11-22T08:00:00.000Z" },
    time: "2026-11-22T09:00:00.000+01:00",
    message,
  });
}

function tailOf(...chunks: string[][]): FakeMethod {
  let cursor = 0;
  return () => {
    const lines = chunks[cursor] ?? [];
    cursor++;
    return { file: "/g.log", cursor, size: 100, lines };
  };
}

Deno.test("logs shows records as text and as JSON lines", async () => {
  const method: FakeMethod = () => ({
    file: "/g.log",
    cursor: 9,
    size: 9,
    lines: [record("ready"), "not json", record("token: abcdefgh", "WARN")],
  });
  await using gateway = startFakeGateway({ token: "test-token", methods: { "logs.tail": method } });
  await using home = await createHome({ port: gateway.port });
  const text = await home.run("logs", "--limit", "5");
  assertEquals(text.code, 0);
  assertEquals(
    text.out,
    "Log file: /g.log\n" +
      "2026-11-22T08:00:00.000Z info gateway ready\n" +
      "not json\n" +
      "2026-11-22T08:00:00.000Z warn gateway token: [redacted]\n",
  );
  assertEquals(gateway.calls[0]!.params, { limit: 5, maxBytes: 250000 });
  const json = await home.run("logs", "--json");
  const lines = json.out.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines[0], { type: "meta", file: "/g.log", cursor: 9, size: 9 });
  assertEquals([lines[1].level, lines[1].subsystem, lines[1].message], [
    "info",
    "gateway",
    "ready",
  ]);
  assertEquals(lines[2], { type: "raw", raw: "not json" });
});

Deno.test("logs reads the local file when the gateway is down", async () => {
  await using home = await createHome();
  await Deno.writeTextFile(
    home.logFile,
    [1, 2, 3].map((n) => record(`line ${n}`)).join("\n") + "\n",
  );
  const { code, out, err } = await home.run("logs", "--limit", "2");
  assertEquals(code, 0);
  assertEquals(err, "Local Gateway RPC unavailable; reading configured file log instead.\n");
  assertStringIncludes(out, `Log file: ${home.logFile}\n`);
  assertEquals(out.split("\n").slice(1, -1).map((line) => line.slice(-6)), ["line 2", "line 3"]);
});

Deno.test("logs with --url does not fall back to a file", async () => {
  await using home = await createHome();
  const { code, err } = await home.run("logs", "--url", "ws://127.0.0.1:1", "--token", "x");
  assertEquals(code, 1);
  assertStringIncludes(err, "Gateway not reachable. Is it running and accessible?");
});

Deno.test("logs --follow goes on from the cursor and ends with Ctrl-C", async () => {
  const tail = tailOf([record("one")], [record("two")]);
  await using gateway = startFakeGateway({ token: "test-token", methods: { "logs.tail": tail } });
  await using home = await createHome({ port: gateway.port });
  const host = home.host();
  const running = runCommandLine(["logs", "--follow", "--interval", "1"], host);
  await waitWhileRunning(running, () => host.output.out.includes("two"));
  host.interrupt();
  assertEquals(await running, 0);
  assertStringIncludes(host.output.out, "gateway one\n");
  assertEquals(gateway.calls[0]!.params.cursor, undefined);
  assertEquals(gateway.calls[1]!.params.cursor, 1);
});

Deno.test("logs --follow tells when the gateway goes away and ends on Ctrl-C", async () => {
  let calls = 0;
  const method: FakeMethod = (_params, socket) => {
    calls++;
    if (calls === 2) socket.close(1012, "service restart");
    return { file: "/g.log", cursor: 1, size: 1, lines: [] };
  };
  await using gateway = startFakeGateway({ token: "test-token", methods: { "logs.tail": method } });
  await using home = await createHome({ port: gateway.port });
  const host = home.host();
  const running = runCommandLine(["logs", "--follow", "--interval", "1", "--json"], host);
  const waits = () => host.output.out.includes("gateway disconnected, reconnecting in 1s...");
  await waitWhileRunning(running, waits);
  host.interrupt();
  assertEquals(await running, 0);
});

Deno.test("logs shows only what is bad enough and of the part that is asked for", async () => {
  const of = (subsystem: string, level: string, message: string) =>
    JSON.stringify({
      "0": JSON.stringify({ subsystem }),
      _meta: { logLevelName: level, date: "2026-11-22T08:00:00.000Z" },
      message,
    });
  const lines = [
    of("gateway", "INFO", "one"),
    of("gateway/ws", "WARN", "two"),
    of("gatewayx", "ERROR", "three"),
    of("cron", "FATAL", "four"),
    "raw",
  ];
  const method: FakeMethod = () => ({ file: "/g.log", cursor: 1, size: 1, lines });
  await using gateway = startFakeGateway({ token: "test-token", methods: { "logs.tail": method } });
  await using home = await createHome({ port: gateway.port });
  const shown = async (...args: string[]) => {
    const { out } = await home.run("logs", "--plain", ...args);
    return out.trim().split("\n").slice(1).map((line) => line.split(" ").at(-1));
  };
  assertEquals(await shown(), ["one", "two", "three", "four", "raw"]);
  assertEquals(await shown("--level", "warn"), ["two", "three", "four"]);
  assertEquals(await shown("--subsystem", "gateway"), ["one", "two"]);
  assertEquals(await shown("--subsystem", "cron", "--subsystem", "gateway/ws"), ["two", "four"]);
  assertEquals(await shown("--level", "error", "--subsystem", "gateway"), []);
  assertEquals((await home.run("logs", "--level", "loud")).code, 64);
});

Deno.test("logs --json tells a failure as a line of JSON on standard error", async () => {
  await using home = await createHome();
  const args = ["logs", "--json", "--url", "ws://127.0.0.1:1", "--token", "x"];
  const { code, out, err } = await home.run(...args);
  assertEquals([code, out], [1, ""]);
  const line = JSON.parse(err);
  assertEquals([line.type, line.error], ["error", "GATEWAY_UNREACHABLE"]);
  assertStringIncludes(line.message, "Gateway not reachable. Is it running and accessible?");
});
