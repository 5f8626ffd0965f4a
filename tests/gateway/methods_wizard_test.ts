import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";
import { type Call, withGateway } from "./methods_harness.ts";

/** Answers steps by the beginning of their question; what is not listed takes the proposal. */
async function answerAll(
  result: Call,
  start: Frame,
  answers: Record<string, unknown>,
): Promise<Frame[]> {
  const { sessionId } = start;
  const seen: Frame[] = [];
  let { step } = start;
  while (step) {
    seen.push(step);
    const [, listed] = Object.entries(answers).find(([begin]) =>
      (step.message as string).startsWith(begin)
    ) ?? [];
    const value = listed ?? step.initialValue ??
      (step.type === "select" ? step.options[0].value : "");
    const answer = step.type === "note" ? { stepId: step.id } : { stepId: step.id, value };
    const next = await result("wizard.next", { sessionId, answer });
    if (next.done) assertEquals(next, { done: true, status: "done" });
    step = next.step;
  }
  return seen;
}

Deno.test("wizard: the whole dialogue writes the config and keeps its comments", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  try {
    await using gateway = await TestGateway.start({ stateDir });
    const path = `${stateDir}/openclaw.json`;
    await Deno.writeTextFile(path, '// mine\n{ gateway: { mode: "local" }, custom: 1 }\n');
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const result: Call = async (method, params = {}) => {
      const { ok, payload, error } = await socket.call(method, params);
      assert(ok, `${method}: ${error?.message}`);
      return payload;
    };
    const start = await result("wizard.start", { mode: "local", workspace: "~/mine" });
    assertEquals([start.done, start.status, start.step.type], [false, "running", "note"]);
    const steps = await answerAll(result, start, {
      "Model provider": "openai",
      "OpenAI API key": "sk-planted-key",
      "Who can reach": "lan",
    });
    assertEquals(steps.map(({ type }) => type), [
      "note",
      "select",
      "text",
      "select",
      "text",
      "select",
      "select",
      "note",
      "confirm",
      "note",
    ]);
    const key = steps.find(({ message }) => message.startsWith("OpenAI API key"))!;
    assertEquals(key.sensitive, true);
    assertEquals(JSON.stringify(steps).includes("planted"), false);
    assertMatch(steps.at(-1)!.message, /Restart the gateway for: gateway\./);

    const text = await Deno.readTextFile(path);
    assertMatch(text, /^\/\/ mine\n/);
    assertMatch(text, /custom: 1/);
    const { parsed } = await result("config.get");
    assertEquals(parsed.gateway.bind, "lan");
    assertEquals(parsed.gateway.auth, { mode: "token", token: "__OPENCLAW_REDACTED__" });
    assertEquals(parsed.agents.defaults, { workspace: "~/mine", model: "openai/gpt-5.5" });
    assertEquals(parsed.wizard.lastRunMode, "local");
    const models = await result("models.list");
    assert(models.models.some(({ id }: Frame) => id === "gpt-5.5"));
    for (const method of ["wizard.next", "wizard.status", "wizard.cancel"]) {
      const { error } = await socket.call(method, { sessionId: start.sessionId });
      assertEquals(error.message, "wizard not found");
    }
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("wizard: one at a time, wrong answers change nothing, cancel writes nothing", () =>
  withGateway(async ({ gateway, result, socket }) => {
    const path = `${gateway.stateDir}/openclaw.json`;
    const before = await Deno.readTextFile(path);
    const { sessionId, step } = await result("wizard.start");
    const second = await socket.call("wizard.start");
    assertEquals([second.error.code, second.error.message], [
      "UNAVAILABLE",
      "wizard already running",
    ]);
    assertEquals(await result("wizard.status", { sessionId }), { status: "running" });
    const provider = await result("wizard.next", { sessionId, answer: { stepId: step.id } });
    const refusals: [answer: Frame, message: string][] = [
      [{ stepId: "bogus", value: 1 }, "wizard: no pending step"],
      [{ stepId: step.id }, "wizard: no pending step"],
      [{ stepId: provider.step.id, value: "nobody" }, "wizard: the answer is one of the options"],
      [{ stepId: provider.step.id }, "wizard: the answer is one of the options"],
    ];
    for (const [answer, message] of refusals) {
      const { error } = await socket.call("wizard.next", { sessionId, answer });
      assertEquals([error.code, error.message], ["INVALID_REQUEST", message]);
    }
    assertEquals(await result("wizard.next", { sessionId }), provider);
    assertEquals(await result("wizard.cancel", { sessionId }), { status: "cancelled" });
    assertEquals(await Deno.readTextFile(path), before);

    const again = await result("wizard.start");
    await answerAll(result, again, { "Model provider": "skip", "Write these": false });
    assertEquals(await Deno.readTextFile(path), before);
    const remote = await socket.call("wizard.start", { mode: "remote" });
    assertEquals(remote.error.message, 'wizard mode "remote" is not offered');
  }));

Deno.test("wizard: a config that cannot be written ends the setup with the reason", () =>
  withGateway(async ({ gateway, result }) => {
    const start = await result("wizard.start");
    await Deno.writeTextFile(`${gateway.stateDir}/openclaw.json`, "{ gateway: ");
    let { step } = start;
    let last: Frame = start;
    while (step) {
      const value = step.message === "Model provider" ? "skip" : step.initialValue;
      last = await result("wizard.next", {
        sessionId: start.sessionId,
        answer: { stepId: step.id, ...(step.type === "note" ? {} : { value }) },
      });
      step = last.step;
    }
    assertEquals([last.done, last.status], [true, "error"]);
    assertMatch(last.error, /invalid config/);
  }));
