/**
 * Approvals over real sockets: one client asks, another decides.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestGateway, type TestGatewayOptions, TOKEN } from "../harness/gateway.ts";
import { TestNode } from "../harness/node.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const SCOPES = ["operator.approvals"];

/** A client that may ask and decide. */
function connect(gateway: TestGateway, displayName: string, over: Frame = {}): Promise<TestSocket> {
  const client = {
    id: "gateway-client",
    version: "1",
    platform: "linux",
    mode: "backend",
    displayName,
  };
  return TestSocket.connect(gateway.wsUrl, TOKEN, { client, scopes: SCOPES, ...over });
}

interface Pair {
  gateway: TestGateway;
  asker: TestSocket;
  approver: TestSocket;
}

async function withPair(
  test: (pair: Pair) => Promise<void>,
  options: TestGatewayOptions = {},
): Promise<void> {
  await using gateway = await TestGateway.start(options);
  await using asker = await connect(gateway, "asker");
  await using approver = await connect(gateway, "desk");
  await test({ gateway, asker, approver });
}

/** Asks in two phases; answers the id and the number of the call. */
async function ask(asker: TestSocket, params: Frame = {}, kind = "exec") {
  const base = kind === "exec" ? { command: "ls -l" } : { title: "T", description: "D" };
  const call = asker.request(`${kind}.approval.request`, { ...base, twoPhase: true, ...params });
  const accepted = await asker.response(call);
  assert(accepted.ok, JSON.stringify(accepted.error));
  assertEquals(accepted.payload.status, "accepted");
  return { call, accepted: accepted.payload, id: accepted.payload.id as string };
}

async function reasonOf(socket: TestSocket, method: string, params: Frame) {
  const { ok, error } = await socket.call(method, params);
  assertEquals([ok, error?.code], [false, "INVALID_REQUEST"], method);
  return [error.message, error.details.reason];
}

Deno.test("exec.approval: asked, shown, decided, told", async () => {
  await withPair(async ({ asker, approver }) => {
    const { call, accepted, id } = await ask(asker, {
      command: "ls\u202e -l",
      commandArgv: ["ls", "-l"],
      cwd: "/tmp",
      host: "gateway",
      env: { SECRET: "hunter22" },
      agentId: "main",
    });
    assertEquals(accepted.expiresAtMs - accepted.createdAtMs, 1_800_000);
    const requested = await approver.event("exec.approval.requested");
    assert(requested.seq > 0);
    assertEquals(requested.payload, {
      id,
      request: {
        command: "ls\\u{202E} -l",
        commandArgv: ["ls", "-l"],
        envKeys: ["SECRET"],
        systemRunBinding: null,
        systemRunPlan: null,
        cwd: "/tmp",
        nodeId: null,
        host: "gateway",
        security: null,
        ask: null,
        warningText: null,
        commandAnalysis: null,
        allowedDecisions: ["allow-once", "allow-always", "deny"],
        agentId: "main",
        resolvedPath: null,
        sessionKey: null,
        turnSourceChannel: null,
        turnSourceTo: null,
        turnSourceAccountId: null,
        turnSourceThreadId: null,
      },
      createdAtMs: accepted.createdAtMs,
      expiresAtMs: accepted.expiresAtMs,
    });
    const { payload: details } = await approver.call("exec.approval.get", { id: id.slice(0, 8) });
    assertEquals(details, {
      id,
      commandText: "ls\\u{202E} -l",
      commandPreview: null,
      allowedDecisions: ["allow-once", "allow-always", "deny"],
      host: "gateway",
      nodeId: null,
      agentId: "main",
      expiresAtMs: accepted.expiresAtMs,
    });
    const { payload: list } = await approver.call("exec.approval.list");
    assertEquals(list, [requested.payload]);

    const waiting = asker.request("exec.approval.waitDecision", { id });
    const answer = await approver.call("exec.approval.resolve", { id, decision: "allow-once" });
    assertEquals(answer.payload, { ok: true });
    const { createdAtMs, expiresAtMs } = accepted;
    const decided = { id, decision: "allow-once", createdAtMs, expiresAtMs };
    assertEquals((await asker.response(call)).payload, decided);
    assertEquals((await asker.response(waiting)).payload, decided);
    const { payload: resolved } = await asker.event("exec.approval.resolved");
    assertEquals([resolved.id, resolved.decision, resolved.resolvedBy], [id, "allow-once", "desk"]);
    assertEquals(resolved.request, requested.payload.request);
    assertEquals((await approver.call("exec.approval.list")).payload, []);
    const again = await asker.call("exec.approval.waitDecision", { id });
    assertEquals(again.payload, decided);
  });
});

Deno.test("exec.approval: a request in one phase is answered once, with the decision", async () => {
  await withPair(async ({ asker, approver }) => {
    const call = asker.request("exec.approval.request", { command: "ls", id: "mine" });
    await approver.event("exec.approval.requested");
    await approver.call("exec.approval.resolve", { id: "mine", decision: "deny" });
    const { payload } = await asker.response(call);
    assertEquals([payload.id, payload.decision, payload.status], ["mine", "deny", undefined]);
  });
});

Deno.test("exec.approval: each refusal has its words", async () => {
  await withPair(async ({ asker, approver }) => {
    const { id } = await ask(asker, { ask: "always" });
    const resolve = (params: Frame) => reasonOf(approver, "exec.approval.resolve", params);
    assertEquals(await resolve({ id, decision: "maybe" }), ["invalid decision", undefined]);
    assertEquals(await resolve({ id, decision: "allow-always" }), [
      "allow-always is unavailable because the effective policy requires approval every time",
      "APPROVAL_ALLOW_ALWAYS_UNAVAILABLE",
    ]);
    const unknown = ["unknown or expired approval id", "APPROVAL_NOT_FOUND"];
    assertEquals(await resolve({ id: "nope", decision: "deny" }), unknown);
    assertEquals(await reasonOf(approver, "exec.approval.get", { id: "nope" }), unknown);
    const { error } = await approver.call("exec.approval.get", { id: "nope" });
    assertMatch(error.details.remediation, /openclaw approvals pending/);
    assertEquals(
      await reasonOf(approver, "plugin.approval.resolve", { id, decision: "deny" }),
      unknown,
    );
    assertEquals(
      (await reasonOf(approver, "exec.approval.waitDecision", { id: "nope" }))[0],
      "approval expired or not found",
    );
    const request = (params: Frame) => reasonOf(asker, "exec.approval.request", params);
    assertEquals((await request({ command: "ls", id }))[0], "approval id already pending");
    assertEquals(
      (await request({ command: "ls", host: "node" }))[0],
      "nodeId is required for host=node",
    );
    assertEquals(
      (await request({ command: "ls", host: "node", nodeId: "n" }))[0],
      "systemRunPlan is required for host=node",
    );
    assertEquals(
      (await request({ command: "ls", id: "plugin:x" }))[0],
      "approval ids starting with plugin: are reserved",
    );
    await approver.call("exec.approval.resolve", { id, decision: "deny" });
    assertEquals((await approver.call("exec.approval.resolve", { id, decision: "deny" })).ok, true);
    assertEquals(await resolve({ id, decision: "allow-once" }), [
      "approval already resolved",
      "APPROVAL_ALREADY_RESOLVED",
    ]);
  });
});

Deno.test("exec.approval: what a node is to run is shown as the node has prepared it", async () => {
  await withPair(async ({ asker, approver }) => {
    const systemRunPlan = {
      argv: ["/bin/sh", "-c", "ls 'a'"],
      cwd: "/tmp",
      commandText: "something harmless",
      commandPreview: "ls 'a'",
      agentId: "main",
    };
    const { id } = await ask(asker, {
      command: "something else",
      host: "node",
      nodeId: "n1",
      systemRunPlan,
      env: { B: "2", A: "1" },
    });
    const { payload } = await approver.event("exec.approval.requested");
    const { command, cwd, systemRunBinding: bound } = payload.request;
    assertEquals([command, cwd], [String.raw`/bin/sh -c 'ls '\''a'\'''`, "/tmp"]);
    assertEquals([bound.argv, bound.cwd, bound.agentId], [systemRunPlan.argv, "/tmp", "main"]);
    assertMatch(bound.envHash, /^[0-9a-f]{64}$/);
    const { payload: details } = await approver.call("exec.approval.get", { id });
    assertEquals(
      [details.commandText, details.commandPreview, details.nodeId],
      [command, "ls 'a'", "n1"],
    );
    const plan = { ...systemRunPlan, commandPreview: "ls" };
    const params = { host: "node", nodeId: "n1", systemRunPlan: plan };
    const lie = await ask(asker, params);
    const shown = await approver.call("exec.approval.get", { id: lie.id });
    assertEquals(shown.payload.commandPreview, null);
  });
});

Deno.test("node.invoke system.run: an approval lets one run pass, of its asker, as it was approved", async () => {
  await using gateway = await TestGateway.start();
  await using node = await TestNode.connect(gateway.wsUrl);
  const scopes = ["operator.approvals", "operator.write"];
  await using asker = await connect(gateway, "asker", { scopes });
  await using other = await connect(gateway, "other", { scopes });
  const systemRunPlan = { argv: ["/bin/ls", "-l"], cwd: "/tmp", commandText: "/bin/ls -l" };
  const params = { host: "node", nodeId: node.id, systemRunPlan, env: { A: "1" } };
  const { id: runId } = await ask(asker, params);
  let keys = 0;
  const run = (socket: TestSocket, over: Frame = {}) =>
    socket.call("node.invoke", {
      nodeId: node.id,
      command: "system.run",
      idempotencyKey: `k${++keys}`,
      params: {
        command: systemRunPlan.argv,
        env: { A: "1" },
        runId,
        approved: true,
        approvalDecision: "allow-once",
        ...over,
      },
    });
  const codeOf = async (call: Promise<Frame>) => (await call).error.details.code;
  assertEquals(await codeOf(run(asker)), "APPROVAL_REQUIRED", "nobody has decided");
  await other.call("exec.approval.resolve", { id: runId, decision: "allow-once" });
  assertEquals(await codeOf(run(other)), "APPROVAL_CLIENT_MISMATCH");
  assertEquals(await codeOf(run(asker, { env: { A: "2" } })), "APPROVAL_ENV_MISMATCH");
  assertEquals(await codeOf(run(asker, { command: ["/bin/rm"] })), "APPROVAL_REQUEST_MISMATCH");
  assertEquals(await codeOf(run(asker, { runId: "nope" })), "UNKNOWN_APPROVAL_ID");
  const call = run(asker);
  const { id, paramsJSON } = await node.asked();
  const told = JSON.parse(paramsJSON);
  assertEquals([told.command, told.cwd, told.approved, told.approvalDecision], [
    systemRunPlan.argv,
    "/tmp",
    true,
    "allow-once",
  ]);
  await node.call("node.invoke.result", { id, nodeId: node.id, ok: true, payload: { done: 1 } });
  assertEquals((await call).payload.payload, { done: 1 });
  assertEquals(await codeOf(run(asker)), "APPROVAL_REQUIRED", "it held once");
});

Deno.test("exec.approval: only another client with operator.approvals can be asked", async () => {
  await using gateway = await TestGateway.start();
  await using asker = await connect(gateway, "asker");
  await using reader = await connect(gateway, "reader", { scopes: ["operator.read"] });
  const alone = await asker.call("exec.approval.request", { command: "ls", twoPhase: true });
  assertEquals([alone.payload.decision, alone.payload.status], [null, undefined]);
  await using approver = await connect(gateway, "desk");
  await ask(asker);
  await approver.event("exec.approval.requested");
  const denied = await reader.call("exec.approval.list");
  assertEquals(denied.error.message, "missing scope: operator.approvals");
  assertEquals(reader.events("exec.approval.requested"), []);
});

Deno.test("exec.approval: its asker may withdraw a request and not allow it", async () => {
  await withPair(async ({ gateway, asker }) => {
    const { id } = await ask(asker, { timeoutMs: 1e15, commandSpans: [[0, 2]] });
    const [pending] = (await asker.call("exec.approval.list")).payload;
    assertEquals(pending.expiresAtMs - pending.createdAtMs, 24 * 60 * 60_000);
    assertEquals(await reasonOf(asker, "exec.approval.resolve", { id, decision: "allow-once" }), [
      "the asker of an approval cannot allow it",
      "APPROVAL_OWN_REQUEST",
    ]);
    assert((await asker.call("exec.approval.resolve", { id, decision: "deny" })).ok);
    await using admin = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const own = await ask(admin);
    assert((await admin.call("exec.approval.resolve", { id: own.id, decision: "allow-once" })).ok);
  });
});

Deno.test("exec.approval: approvers see no text that the asker has hidden or made up", async () => {
  await withPair(async ({ asker, approver }) => {
    await ask(asker, {
      command: "harmless",
      commandArgv: ["harmless"],
      commandSpans: [[0, 8]],
      resolvedPath: "/bin/\u202els",
      host: "node",
      nodeId: "n1",
      systemRunPlan: { argv: ["/bin/rm", "a\u200bb"], cwd: "/tmp\u202e/x" },
    });
    const { request } = (await approver.event("exec.approval.requested")).payload;
    assertEquals(
      [request.commandArgv, request.commandSpans, request.cwd, request.resolvedPath],
      [["/bin/rm", "a\\u{200B}b"], undefined, "/tmp\\u{202E}/x", "/bin/\\u{202E}ls"],
    );
  });
});

Deno.test("exec.approval: a request outlives its client and expires by itself", async () => {
  await withPair(async ({ gateway, asker, approver }) => {
    {
      await using gone = await connect(gateway, "gone");
      await ask(gone, { id: "left" });
    }
    const decided = await approver.call("exec.approval.resolve", { id: "left", decision: "deny" });
    assertEquals(decided.payload, { ok: true });
    const { call } = await ask(asker, { timeoutMs: 50 });
    assertEquals((await asker.response(call)).payload.decision, null);
    assertEquals((await approver.call("exec.approval.list")).payload, []);
  });
});

Deno.test("plugin.approval: asked, limited, decided", async () => {
  await withPair(async ({ asker, approver }) => {
    const { call, accepted, id } = await ask(asker, {
      allowedDecisions: ["allow-once", "deny"],
      severity: "warning",
    }, "plugin");
    assert(id.startsWith("plugin:"));
    assertEquals(accepted.expiresAtMs - accepted.createdAtMs, 120_000);
    const { payload } = await approver.event("plugin.approval.requested");
    assertEquals(payload.request, {
      pluginId: null,
      title: "T",
      description: "D",
      severity: "warning",
      toolName: null,
      toolCallId: null,
      allowedDecisions: ["allow-once", "deny"],
      agentId: null,
      sessionKey: null,
      turnSourceChannel: null,
      turnSourceTo: null,
      turnSourceAccountId: null,
      turnSourceThreadId: null,
    });
    assertEquals((await approver.call("plugin.approval.list")).payload, [payload]);
    const { error } = await approver.call("plugin.approval.resolve", {
      id,
      decision: "allow-always",
    });
    assertEquals(error.message, "allow-always is unavailable for this plugin approval");
    assertEquals(error.details.allowedDecisions, ["allow-once", "deny"]);
    const waiting = asker.request("plugin.approval.waitDecision", { id });
    await approver.call("plugin.approval.resolve", { id, decision: "allow-once" });
    assertEquals((await asker.response(call)).payload.decision, "allow-once");
    assertEquals((await asker.response(waiting)).payload.decision, "allow-once");
    assertEquals((await asker.event("plugin.approval.resolved")).payload.resolvedBy, "desk");
    const long = await asker.call("plugin.approval.request", {
      title: "T",
      description: "D",
      timeoutMs: 600_001,
    });
    assertMatch(long.error.message, /^invalid plugin\.approval\.request params: at \/timeoutMs/);
  });
});

Deno.test("exec.approval: what waits is there after a restart of the gateway", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  try {
    let call = "";
    {
      await using gateway = await TestGateway.start({ stateDir });
      await using asker = await connect(gateway, "asker");
      await using approver = await connect(gateway, "desk");
      await ask(asker, { id: "kept" });
      call = (await ask(asker, { id: "decided" })).call;
      await approver.call("exec.approval.resolve", { id: "decided", decision: "allow-once" });
      await asker.response(call);
    }
    await withPair(async ({ asker, approver }) => {
      const { payload: list } = await approver.call("exec.approval.list");
      assertEquals(list.map(({ id }: Frame) => id), ["kept"]);
      const waiting = asker.request("exec.approval.waitDecision", { id: "kept" });
      const decided = await asker.call("exec.approval.waitDecision", { id: "decided" });
      assertEquals(decided.payload.decision, "allow-once");
      await approver.call("exec.approval.resolve", { id: "kept", decision: "deny" });
      assertEquals((await asker.response(waiting)).payload.decision, "deny");
      const { payload } = await asker.event("exec.approval.resolved");
      assertEquals([payload.id, payload.request.command], ["kept", "ls -l"]);
    }, { stateDir });
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("exec.approvals: read, replaced with the hash, and extended by allow-always", async () => {
  await using gateway = await TestGateway.start();
  await using admin = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await using asker = await connect(gateway, "asker");
  const first = (await admin.call("exec.approvals.get")).payload;
  assertEquals([first.exists, first.file], [false, { version: 1, defaults: {}, agents: {} }]);
  assertEquals(first.path, `${gateway.stateDir}/exec-approvals.json`);
  const file = { version: 1, defaults: { security: "allowlist", ask: "on-miss" } };
  const written = (await admin.call("exec.approvals.set", { file })).payload;
  assertEquals([written.exists, written.file.defaults], [true, file.defaults]);

  const set = (baseHash?: string) => admin.call("exec.approvals.set", { file, baseHash });
  assertEquals(
    (await set()).error.message,
    "exec approvals base hash required; re-run exec.approvals.get and retry",
  );
  assertEquals(
    (await set(first.hash)).error.message,
    "exec approvals changed since last load; re-run exec.approvals.get and retry",
  );
  const wrong = { version: 1, defaults: { security: "some" } };
  const { error } = await admin.call("exec.approvals.set", { file: wrong });
  assertMatch(error.message, /^invalid exec\.approvals\.set params: at \/file\/defaults\/security/);

  await ask(asker, { id: "a", command: "/bin/cat a && /bin/sh -c '/bin/ls x'", agentId: "ops" });
  await ask(asker, { id: "b", command: "cat $(id)" });
  await ask(asker, {
    id: "c",
    command: "cat a",
    host: "node",
    nodeId: "n",
    systemRunPlan: { argv: ["cat"] },
  });
  for (const id of ["a", "b", "c"]) {
    const { ok } = await admin.call("exec.approval.resolve", { id, decision: "allow-always" });
    assert(ok);
  }
  const { payload: now } = await admin.call("exec.approvals.get");
  assertEquals(Object.keys(now.file.agents), ["ops"]);
  const patterns = now.file.agents.ops.allowlist.map(({ pattern }: Frame) => pattern);
  assertEquals(patterns, ["/bin/cat", "/bin/ls"]);
  const [entry] = now.file.agents.ops.allowlist;
  assertEquals([entry.source, entry.commandText], [
    "allow-always",
    "/bin/cat a && /bin/sh -c '/bin/ls x'",
  ]);
});

Deno.test("exec.approvals: a file that is not understood is not passed off as a policy", async () => {
  await using gateway = await TestGateway.start();
  await using admin = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await Deno.writeTextFile(`${gateway.stateDir}/exec-approvals.json`, "{");
  const { error } = await admin.call("exec.approvals.get");
  assertEquals([error.code, error.details.code], ["UNAVAILABLE", "EXEC_POLICY_INVALID"]);
  const file = { version: 1, agents: { main: { allowlist: [{ pattern: "ls" }] } } };
  const baseHash = error.details.hash;
  const { payload } = await admin.call("exec.approvals.set", { file, baseHash });
  assertMatch(payload.file.agents.main.allowlist[0].id, /^[0-9a-f-]{36}$/);
});
