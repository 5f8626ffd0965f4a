import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runCommandLine } from "../main.ts";
import { Answers, NO_ANSWER, startFakeGateway } from "../testing/gateway_test.ts";
import { createHome, waitWhileRunning } from "../testing/run_test.ts";

const ACCEPTED = { runId: "r", status: "accepted", acceptedAt: 1 };

function final(...texts: string[]) {
  return { runId: "r", status: "ok", result: { payloads: texts.map((text) => ({ text })) } };
}

Deno.test("agent prints the reply of the final answer", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: { agent: () => new Answers(ACCEPTED, final("Hello", "there")) },
  });
  await using home = await createHome({ port: gateway.port });
  const { code, out, err } = await home.run("agent", "-m", "--not-an-option", "--timeout", "5");
  assertEquals([code, out, err], [0, "Hello\nthere\n", ""]);
  const { params } = gateway.calls[0]!;
  assertEquals(params.message, "--not-an-option");
  assertEquals([params.sessionKey, params.deliver, params.timeout], ["main", false, 5]);
  assertEquals(String(params.idempotencyKey).length, 36);
  assertEquals(gateway.connects[0]!.scopes, ["operator.write"]);
});

Deno.test("agent chooses the session", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: { agent: () => new Answers(ACCEPTED, final("ok")) },
  });
  await using home = await createHome({ port: gateway.port });
  await home.run("agent", "-m", "x", "--agent", "ops");
  await home.run("agent", "-m", "x", "--to", "agent:main:notes", "--thinking", "low", "--deliver");
  await home.run("agent", "-m", "x", "--session-id", "some-uuid");
  const [byAgent, byKey, byId] = gateway.calls.map(({ params }) => params);
  assertEquals([byAgent!.agentId, byAgent!.sessionKey], ["ops", "agent:ops:main"]);
  assertEquals(
    [byKey!.sessionKey, byKey!.thinking, byKey!.deliver],
    ["agent:main:notes", "low", true],
  );
  assertEquals([byId!.sessionKey, byId!.sessionId], [undefined, "some-uuid"]);
});

Deno.test("agent reports a failed run under the gateway's code", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: {
      agent: () =>
        new Answers(ACCEPTED, {
          refused: {
            code: "UNAVAILABLE",
            message: "The provider limits the rate",
            details: { code: "PROVIDER_RATE_LIMITED", hint: "openclaw models list" },
          },
          payload: { runId: "r", status: "error" },
        }),
    },
  });
  await using home = await createHome({ port: gateway.port });
  const { code, out, err } = await home.run("agent", "-m", "x");
  assertEquals([code, out], [75, ""]);
  assertEquals(err, "The provider limits the rate\nFix: openclaw models list\n");
});

Deno.test("agent takes a run that timed out for a failure", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: { agent: () => new Answers(ACCEPTED, { runId: "r", status: "timeout" }) },
  });
  await using home = await createHome({ port: gateway.port });
  const { code, out } = await home.run("agent", "-m", "x", "--json");
  assertEquals(code, 1);
  assertEquals(JSON.parse(out).error.code, "RUN_TIMEOUT");
});

Deno.test("agent stops the run on Ctrl-C", async () => {
  let answerLate = () => {};
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: {
      agent: (params, socket) => {
        socket.send(JSON.stringify({
          type: "event",
          event: "agent",
          seq: 1,
          payload: { runId: params.idempotencyKey, sessionKey: "agent:main:main", seq: 1 },
        }));
        answerLate = () => socket.close(1012, "service restart");
        return NO_ANSWER;
      },
      "chat.abort": () => {
        setTimeout(answerLate);
        return { ok: true, aborted: true };
      },
    },
  });
  await using home = await createHome({ port: gateway.port });
  const host = home.host();
  const running = runCommandLine(["agent", "-m", "long"], host);
  await waitWhileRunning(running, () => gateway.calls.length > 0);
  host.interrupt();
  assertEquals(await running, 130);
  assertStringIncludes(host.output.err, "Stopped.");
  const [run, abort] = gateway.calls;
  assertEquals(abort!.params.runId, run!.params.idempotencyKey);
});

Deno.test("agent refuses what it cannot do", async () => {
  await using home = await createHome();
  const silent = await home.run("agent");
  assertEquals(silent.code, 64);
  assertStringIncludes(silent.err, "Missing --message");
  const local = await home.run("agent", "--local", "-m", "x");
  assertStringIncludes(local.err, "Cannot use --local");
  const down = await home.run("agent", "-m", "x");
  assertEquals(down.code, 69);
  assertStringIncludes(down.err, "Fix: openclaw gateway run");
});

Deno.test("agent does not start on an invalid config", async () => {
  await using home = await createHome({ config: '{ gateway: { port: "x" } }' });
  const { code, err } = await home.run("agent", "-m", "x");
  assertEquals(code, 1);
  assertStringIncludes(err, `OpenClaw config is invalid\nFile: ${home.configPath}\nProblem:\n  × `);
  assert(err.includes("gateway.port"));
});
