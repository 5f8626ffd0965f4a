import { assert, assertEquals } from "@std/assert";
import { type MethodName, METHODS, validateParams } from "./mod.ts";

const ALLOWED = "must be equal to one of the allowed values";
const ONE_OF = "must match a schema in anyOf";

/** Per family, calls as clients make them. */
const ACCEPTED: [method: MethodName, params: unknown][] = [
  ["system-event", { text: "Node: box", tags: ["a"], later: true }],
  ["wake", { mode: "now", text: "look" }],
  ["gateway.restart.request", { reason: "r".repeat(200), skipDeferral: true }],
  ["diagnostics.stability", { limit: 1000 }],
  ["doctor.memory.status", { probe: false }],
  ["doctor.memory.dreamDiary", { anything: 1 }],
  ["update.run", { deliveryContext: { channel: "irc", threadId: 7 }, restartDelayMs: 0 }],
  ["usage.cost", { days: 30 }],
  ["tasks.list", { status: "timed_out", limit: 500 }],
  ["artifacts.list", {}],
  ["artifacts.get", { runId: "r", artifactId: "a" }],
  ["agents.create", { name: "Scout", workspace: "/w", emoji: "" }],
  ["agents.files.set", { agentId: "main", name: "SOUL.md", content: "" }],
  ["chat.inject", { sessionKey: "main", message: "m", label: "l".repeat(100) }],
  ["sessions.create", {}],
  ["sessions.send", { key: "main", message: "", attachments: [{}] }],
  ["sessions.patch", { key: "main", label: null, fastMode: false, thinkingLevel: "high" }],
  ["sessions.pluginPatch", { key: "k", pluginId: "p", namespace: "n", value: { a: 1 } }],
  ["sessions.reset", { key: "main", reason: "new" }],
  ["sessions.preview", { keys: ["main"], limit: 12, maxChars: 240 }],
  ["sessions.resolve", { label: "work", allowMissing: true }],
  ["sessions.get", { sessionKey: "main" }],
  ["sessions.compaction.branch", { key: "main", checkpointId: "c" }],
  ["sessions.usage", { range: "30d", includeContextWeight: true, limit: 50 }],
  ["send", { to: "#room", message: "hi", idempotencyKey: "k", parseMode: "HTML" }],
  ["poll", { to: "#room", question: "q", options: ["a", "b"], idempotencyKey: "k" }],
  ["message.action", {
    channel: "irc",
    action: "send",
    params: { to: "#room" },
    idempotencyKey: "k",
    senderIsOwner: true,
  }],
  ["web.login.wait", {}],
  ["config.set", { raw: "{}", baseHash: "0".repeat(64) }],
  ["config.patch", { raw: "{a:1}", note: "n", restartDelayMs: 2000 }],
  ["secrets.resolve", { commandName: "agent", targetIds: [] }],
  ["wizard.next", { sessionId: "s", answer: { stepId: "a", value: null } }],
  ["cron.list", { includeDisabled: false }],
  ["cron.get", { jobId: "j" }],
  ["cron.add", {
    name: "daily",
    schedule: { kind: "cron", expr: "0 9 * * *", tz: "Europe/Vienna" },
    sessionTarget: "session:agent:main:main",
    wakeMode: "now",
    payload: { kind: "agentTurn", message: "m", timeoutSeconds: 60 },
    delivery: { mode: "announce", channel: "irc", to: "#room" },
    failureAlert: false,
  }],
  ["cron.update", { id: "j", patch: { enabled: false } }],
  ["cron.update", { id: "j", patch: { payload: { kind: "agentTurn", model: null } } }],
  ["cron.update", { id: "j", patch: { delivery: { bestEffort: true } } }],
  ["cron.run", { id: "j", mode: "due" }],
  ["cron.runs", { limit: 200, statuses: ["ok"] }],
  ["device.pair.approve", { requestId: "r" }],
  ["device.token.rotate", { deviceId: "d", role: "operator", scopes: ["operator.read"] }],
  ["node.pair.request", { nodeId: "n", caps: ["camera"], silent: true }],
  ["node.invoke", { nodeId: "n", command: "system.which", params: {}, idempotencyKey: "k" }],
  ["node.invoke.result", { id: "i", nodeId: "n", ok: true, payloadJSON: null, error: null }],
  ["node.event", { event: "node.presence.alive" }],
  ["node.pending.drain", {}],
  ["node.pending.enqueue", { nodeId: "n", type: "status.request" }],
  ["exec.approval.request", { command: "ls", cwd: null, turnSourceThreadId: 7, twoPhase: true }],
  ["exec.approval.request", { systemRunPlan: { argv: ["ls"] }, host: "node", nodeId: "n" }],
  ["exec.approval.list", null],
  ["exec.approval.resolve", { id: "i", decision: "maybe" }],
  ["exec.approvals.set", {
    file: {
      version: 1,
      agents: { "*": { security: "allowlist", allowlist: [{ pattern: "ls" }] } },
    },
  }],
  ["tools.invoke", { name: "read", args: { path: "a" } }],
  ["commands.list", { includeArgs: true, scope: "text" }],
  ["skills.install", { name: "pdf", installId: "brew", timeoutMs: 1 }],
  ["skills.install", { source: "upload", uploadId: "u", slug: "s" }],
  ["skills.update", { skillKey: "pdf", enabled: false }],
  ["skills.update", { source: "clawhub", all: true }],
  ["push.web.subscribe", { endpoint: "https://push.example", keys: { p256dh: "a", auth: "b" } }],
  ["browser.request", { method: "GET", path: "/", profile: "p" }],
  ["voicewake.set", { triggers: [] }],
  ["talk.mode", { enabled: true, phase: "listening" }],
  ["talk.session.create", { mode: "stt-tts", brain: "none", vad: {} }],
  ["talk.session.appendAudio", { sessionId: "s", audioBase64: "AA==" }],
];

/** Per family, calls that break a bound, and the words of the refusal. */
const REFUSED: [method: MethodName, params: unknown, problem: string][] = [
  ["system-presence", { a: 1 }, "at root: unexpected property 'a'"],
  [
    "gateway.restart.request",
    { reason: "r".repeat(201) },
    "at /reason: must NOT have more than 200 characters",
  ],
  ["diagnostics.stability", { limit: 1001 }, "at /limit: must be <= 1000"],
  ["tasks.list", { limit: 501 }, "at /limit: must be <= 500"],
  ["tasks.list", { status: "gone" }, `at /status: ${ALLOWED}`],
  [
    "chat.inject",
    { sessionKey: "k", message: "m", label: "l".repeat(101) },
    "at /label: must NOT have more than 100 characters",
  ],
  ["sessions.usage", { x: 1 }, "at root: unexpected property 'x'"],
  ["sessions.usage.logs", { key: "k", limit: 1001 }, "at /limit: must be <= 1000"],
  [
    "sessions.preview",
    { keys: Array(65).fill("k") },
    "at /keys: must NOT have more than 64 items",
  ],
  ["sessions.patch", { key: "k", fastMode: "on" }, "at /fastMode: must be boolean"],
  ["sessions.reset", { key: "k", reason: "old" }, `at /reason: ${ALLOWED}`],
  [
    "poll",
    { to: "t", question: "q", options: ["a"], idempotencyKey: "k" },
    "at /options: must NOT have fewer than 2 items",
  ],
  [
    "poll",
    { to: "t", question: "q", options: Array(13).fill("a"), idempotencyKey: "k" },
    "at /options: must NOT have more than 12 items",
  ],
  ["send", { to: "t" }, "must have required property 'idempotencyKey'"],
  ["config.set", { raw: {} }, "at /raw: must be string"],
  [
    "wizard.next",
    { sessionId: "s", answer: {} },
    "at /answer: must have required property 'stepId'",
  ],
  ["cron.list", { limit: 201 }, "at /limit: must be <= 200"],
  ["cron.get", {}, "must have required property 'id'"],
  ["cron.update", { patch: {} }, "must have required property 'id'"],
  [
    "cron.add",
    { name: "n", schedule: { kind: "daily" }, payload: { kind: "systemEvent", text: "t" } },
    `at /schedule/kind: ${ONE_OF}`,
  ],
  [
    "cron.add",
    { name: "n", schedule: { kind: "every", everyMs: 0 }, payload: { kind: "systemEvent" } },
    "at /schedule/everyMs: must be >= 1; at /payload: must have required property 'text'",
  ],
  [
    "cron.update",
    { id: "j", patch: { sessionTarget: "other" } },
    'at /patch/sessionTarget: must match pattern "^(?:main|isolated|current|session:.+)$"',
  ],
  ["cron.update", { id: "j", patch: { state: {} } }, "at /patch: unexpected property 'state'"],
  ["node.pending.drain", { maxItems: 11 }, "at /maxItems: must be <= 10"],
  ["node.pending.enqueue", { nodeId: "n", type: "wake" }, `at /type: ${ALLOWED}`],
  ["exec.approval.request", { systemRunPlan: null }, "must have required property 'command'"],
  [
    "plugin.approval.request",
    { title: "t".repeat(81), description: "d".repeat(257), timeoutMs: 600_001 },
    "at /title: must NOT have more than 80 characters; " +
    "at /description: must NOT have more than 256 characters; at /timeoutMs: must be <= 600000",
  ],
  ["exec.approvals.set", { file: { version: 2 } }, "at /file/version: must be equal to constant"],
  [
    "skills.upload.begin",
    { kind: "skill-archive", slug: "s", sizeBytes: 256 * 1024 * 1024 + 1 },
    "at /sizeBytes: must be <= 268435456",
  ],
  ["skills.install", { source: "clawhub" }, ONE_OF],
  ["browser.request", { method: "PUT", path: "/" }, `at /method: ${ALLOWED}`],
  ["talk.session.create", { mode: "loud" }, `at /mode: ${ALLOWED}`],
  ["talk.session.close", {}, "must have required property 'sessionId'"],
];

Deno.test("validateParams() accepts calls of every family", () => {
  for (const [method, params] of ACCEPTED) {
    const result = validateParams(method, params);
    assert(result.ok, `${method}: ${result.ok ? "" : result.error.message}`);
    assertEquals(result.params as unknown, params);
  }
});

Deno.test("validateParams() refuses what breaks a bound, in every family", () => {
  for (const [method, params, problem] of REFUSED) {
    assertEquals(validateParams(method, params), {
      ok: false,
      error: { code: "INVALID_REQUEST", message: `invalid ${method} params: ${problem}` },
    });
  }
});

/** Methods that let unknown properties through: their parameters are an open list. */
const OPEN = new Set<string>([
  ...["health", "system-event", "wake", "sessions.get", "sessions.resolve", "message.action"],
  ...["sessions.subscribe", "sessions.unsubscribe", "exec.approval.list", "plugin.approval.list"],
  ...["browser.request", "talk.speak", "talk.client.create", "skills.install"],
]);

function isOpen(method: string): boolean {
  return OPEN.has(method) || method.startsWith("talk.session.") ||
    method.startsWith("doctor.memory.") && method !== "doctor.memory.status";
}

Deno.test("validateParams() refuses unknown properties unless the method is open", () => {
  for (const method of Object.keys(METHODS) as MethodName[]) {
    const result = validateParams(method, { "no-such-property": 1 });
    const message = result.ok ? "" : result.error.message;
    const isRefused = message.includes("unexpected property 'no-such-property'") ||
      message.endsWith(ONE_OF);
    assertEquals(isRefused, !isOpen(method) || message.endsWith(ONE_OF), `${method}: ${message}`);
  }
});
