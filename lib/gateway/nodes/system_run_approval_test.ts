import { assertEquals, assertRejects } from "@std/assert";
import { AppError, type JsonObject, sha256Hex } from "../../base/mod.ts";
import { authorizeRun, type RunApproval, type RunCaller } from "./system_run_approval.ts";

const NODE = "node-1";
const PLAN = {
  argv: ["/usr/bin/echo", "hi"],
  cwd: "/tmp",
  commandText: "/usr/bin/echo hi",
  commandPreview: null,
  agentId: "main",
  sessionKey: null,
};
const CALLER: RunCaller = { connId: "c1", deviceId: "d1", scopes: ["operator.write"] };
/** What a client sends that plays by the rules. */
const HONEST: JsonObject = {
  command: PLAN.argv,
  rawCommand: PLAN.commandText,
  cwd: "/tmp",
  systemRunPlan: PLAN,
  approved: true,
  approvalDecision: "allow-once",
  runId: "a1",
};

function approval(over: Partial<RunApproval> = {}, request: JsonObject = {}): RunApproval {
  return {
    request: {
      host: "node",
      nodeId: NODE,
      systemRunPlan: PLAN,
      systemRunBinding: { envHash: null },
      ...request,
    },
    decision: "allow-once",
    expiresAtMs: 1000,
    askedBy: { connId: "c1", deviceId: "d1" },
    ...over,
  };
}

function authorizer(stored: RunApproval | undefined) {
  const spent = new Set<string>();
  const approvals = {
    find: (id: string) => id === "a1" ? stored : undefined,
    spend: (id: string) => {
      const isFirst = !spent.has(id);
      spent.add(id);
      return Promise.resolve(isFirst);
    },
  };
  return (params: unknown, caller: RunCaller = CALLER, now = 500) =>
    authorizeRun({ nodeId: NODE, params, caller }, approvals, now);
}

async function refusedWith(attempt: Promise<unknown>): Promise<unknown> {
  const error = await assertRejects(() => attempt, AppError);
  assertEquals(error.code, "INVALID_REQUEST");
  return error.details?.code;
}

Deno.test("authorizeRun() hands a plain run on without what no client may say", async () => {
  const authorize = authorizer(undefined);
  const params = {
    command: ["ls"],
    cwd: "/",
    env: { A: "1" },
    runId: "r",
    approved: false,
    approvalDecision: "deny",
    systemRunPlan: PLAN,
    elevated: true,
  };
  assertEquals(await authorize(params), {
    command: ["ls"],
    cwd: "/",
    env: { A: "1" },
    runId: "r",
  });
  assertEquals(await authorize("text"), "text");
});

Deno.test("authorizeRun() lets an approved run pass once, as it was approved", async () => {
  const authorize = authorizer(approval());
  const passed = await authorize({ ...HONEST, timeoutMs: 5, extra: 1 }) as JsonObject;
  assertEquals(JSON.parse(JSON.stringify(passed)), {
    command: PLAN.argv,
    rawCommand: PLAN.commandText,
    cwd: "/tmp",
    timeoutMs: 5,
    agentId: "main",
    runId: "a1",
    systemRunPlan: PLAN,
    approved: true,
    approvalDecision: "allow-once",
  });
  assertEquals(await refusedWith(authorize(HONEST)), "APPROVAL_REQUIRED");
});

Deno.test("authorizeRun() takes command and folder from the approval when none are sent", async () => {
  const passed = await authorizer(approval())({ approved: true, runId: "a1" }) as JsonObject;
  assertEquals([passed.command, passed.cwd], [PLAN.argv, "/tmp"]);
});

Deno.test("authorizeRun() lets pass what is always allowed, as the person said it", async () => {
  const authorize = authorizer(approval({ decision: "allow-always" }));
  for (let run = 0; run < 2; run++) {
    const passed = await authorize(HONEST) as JsonObject;
    assertEquals(passed.approvalDecision, "allow-always");
  }
  const once = authorizer(approval());
  const claimed = await once({ ...HONEST, approvalDecision: "allow-always" }) as JsonObject;
  assertEquals(claimed.approvalDecision, "allow-once");
});

Deno.test("authorizeRun() refuses what is not decided, denied, unknown or too old", async () => {
  const codeOf = (stored: RunApproval | undefined, params: JsonObject = HONEST, now = 500) =>
    refusedWith(authorizer(stored)(params, CALLER, now));
  assertEquals(await codeOf(approval({ decision: null })), "APPROVAL_REQUIRED");
  assertEquals(await codeOf(approval({ decision: undefined })), "APPROVAL_REQUIRED");
  assertEquals(await codeOf(approval({ decision: "deny" })), "APPROVAL_REQUIRED");
  assertEquals(await codeOf(undefined), "UNKNOWN_APPROVAL_ID");
  assertEquals(await codeOf(approval(), HONEST, 1000), "APPROVAL_EXPIRED");
  assertEquals(await codeOf(approval(), { ...HONEST, runId: " " }), "MISSING_RUN_ID");
  assertEquals(
    await codeOf(approval(), { command: ["ls"], approvalDecision: "allow-always" }),
    "MISSING_RUN_ID",
  );
});

Deno.test("authorizeRun() keeps an approval to its node", async () => {
  const codeOf = (request: JsonObject) => refusedWith(authorizer(approval({}, request))(HONEST));
  assertEquals(await codeOf({ nodeId: "node-2" }), "APPROVAL_NODE_MISMATCH");
  assertEquals(await codeOf({ nodeId: null }), "APPROVAL_NODE_BINDING_MISSING");
  assertEquals(await codeOf({ host: "gateway" }), "APPROVAL_NODE_BINDING_MISSING");
});

Deno.test("authorizeRun() keeps an approval to whoever asked for it", async () => {
  const codeOf = (askedBy: RunApproval["askedBy"], caller: RunCaller) =>
    refusedWith(authorizer(approval({ askedBy }))(HONEST, caller));
  const admin = { connId: "c2", deviceId: "d2", scopes: ["operator.admin"] };
  assertEquals(await codeOf({ connId: "c1", deviceId: "d1" }, admin), "APPROVAL_CLIENT_MISMATCH");
  const stranger = { connId: "c2", scopes: ["operator.write"] };
  assertEquals(
    await codeOf({ connId: "c1", deviceId: "d1" }, stranger),
    "APPROVAL_CLIENT_MISMATCH",
  );
  assertEquals(await codeOf({ connId: "c1" }, stranger), "APPROVAL_CLIENT_MISMATCH");
  await authorizer(approval({ askedBy: { connId: "c1" } }))(HONEST, admin);
  await authorizer(approval())(HONEST, { ...CALLER, connId: "c9" });
});

Deno.test("authorizeRun() keeps an approval to its command, folder, agent and session", async () => {
  const changes: JsonObject[] = [
    { command: ["/usr/bin/echo", "evil"] },
    { command: "/usr/bin/echo hi" },
    { cwd: "/etc" },
    { agentId: "other" },
    { sessionKey: "agent:main:main" },
    { systemRunPlan: { ...PLAN, argv: ["/usr/bin/echo", "evil"] } },
    { systemRunPlan: { ...PLAN, cwd: "/etc" } },
  ];
  const authorize = authorizer(approval());
  for (const change of changes) {
    assertEquals(
      await refusedWith(authorize({ ...HONEST, ...change })),
      "APPROVAL_REQUEST_MISMATCH",
      JSON.stringify(change),
    );
  }
  const without = authorizer(approval({}, { systemRunPlan: null }));
  assertEquals(await refusedWith(without(HONEST)), "APPROVAL_REQUEST_MISMATCH");
  // None of the refusals has used it up.
  await authorize(HONEST);
});

Deno.test("authorizeRun() keeps an approval to its variables", async () => {
  const envHash = await sha256Hex('[["A","1"],["B","2"]]');
  const bound = approval({}, { systemRunBinding: { envHash } });
  const codeOf = (stored: RunApproval, env?: JsonObject) =>
    refusedWith(authorizer(stored)({ ...HONEST, env }));
  assertEquals(await codeOf(approval(), { A: "1" }), "APPROVAL_ENV_BINDING_MISSING");
  assertEquals(await codeOf(bound), "APPROVAL_ENV_MISMATCH");
  assertEquals(await codeOf(bound, { A: "1", B: "3" }), "APPROVAL_ENV_MISMATCH");
  const passed = await authorizer(bound)({ ...HONEST, env: { B: "2", A: "1" } }) as JsonObject;
  assertEquals(passed.env, { B: "2", A: "1" });
});
