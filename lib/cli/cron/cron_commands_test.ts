import { assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../base/mod.ts";
import { type FakeMethod, startFakeGateway } from "../testing/gateway_test.ts";
import { createHome } from "../testing/run_test.ts";
import { momentInZone } from "./zone_time.ts";

const NOW = Date.UTC(2026, 10, 22, 8, 0, 0);
const JOB = {
  id: "3b1c9a52-0000-4000-8000-000000000001",
  name: "brief\u001b[31m",
  enabled: true,
  createdAtMs: NOW,
  updatedAtMs: NOW,
  schedule: { kind: "cron", expr: "0 7 * * *", tz: "Europe/Berlin" },
  sessionTarget: "isolated",
  wakeMode: "now",
  payload: { kind: "agentTurn", message: "Brief me", model: "fake/one" },
  delivery: { mode: "announce" },
  state: {
    nextRunAtMs: NOW + 7_200_000,
    lastRunAtMs: NOW - 300_000,
    lastRunStatus: "error",
    lastDiagnosticSummary: "No model",
  },
};

/** A gateway that answers as told, and a home that talks to it. */
async function start(methods: Record<string, FakeMethod> = {}) {
  const page = { total: 1, offset: 0, limit: 200, hasMore: false, nextOffset: null };
  const refused = {
    code: "INVALID_REQUEST",
    message: "cron job not found: brief",
    details: { code: "CRON_JOB_NOT_FOUND" },
  };
  const gateway = startFakeGateway({
    methods: {
      "cron.list": () => ({ jobs: [JOB], ...page, deliveryPreviews: {} }),
      "cron.get": ({ id }) => id === JOB.id ? JOB : { refused },
      "cron.add": (params) => ({ ...JOB, ...params }),
      "cron.update": () => JOB,
      "cron.remove": ({ id }) => ({ ok: true, removed: id === JOB.id }),
      ...methods,
    },
  });
  const home = await createHome({ port: gateway.port });
  return {
    run: home.run,
    /** The parameters of the newest call. */
    sent: () => gateway.calls.at(-1)!.params as JsonObject,
    connects: gateway.connects,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

Deno.test("cron list shows a table, cron show a job by its name", async () => {
  await using world = await start();
  const { code, out, err } = await world.run("cron", "list");
  assertEquals([code, err], [0, ""]);
  assertEquals(
    out,
    `ID                                    Name        Schedule                        Next   Last    Status  Target    Delivery          Agent ID  Model
3b1c9a52-0000-4000-8000-000000000001  brief [31m  cron 0 7 * * * @ Europe/Berlin  in 2h  5m ago  error   isolated  announce -> last  -         fake/one
`,
  );
  assertEquals(world.sent(), { includeDisabled: false });
  assertEquals(world.connects[0]!.scopes, ["operator.read"]);
  const shown = await world.run("cron", "show", JOB.name);
  assertStringIncludes(shown.out, "schedule: cron 0 7 * * * @ Europe/Berlin\n");
  assertStringIncludes(shown.out, "diagnostic: No model\n");
  const missing = await world.run("cron", "show", "brief");
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.err, "cron job not found: brief");
});

Deno.test("cron list says what to do where there are no jobs", async () => {
  await using world = await start({ "cron.list": () => ({ jobs: [], total: 0 }) });
  assertEquals(
    (await world.run("cron", "list", "--all")).out,
    "No cron jobs.\nAdd one: openclaw cron add --help\n",
  );
});

Deno.test("cron add sends what was asked for and nothing else", async () => {
  await using world = await start();
  const add = async (...args: string[]) => {
    const { code, err } = await world.run("cron", "add", "--name", "n", "--json", ...args);
    assertEquals([code, err], [0, ""], args.join(" "));
    return world.sent();
  };
  assertEquals(await add("--every", "10m", "--message", "hi"), {
    name: "n",
    schedule: { kind: "every", everyMs: 600_000 },
    payload: { kind: "agentTurn", message: "hi" },
  });
  assertEquals(world.connects[0]!.scopes, ["operator.admin"]);
  assertEquals(await add("--at", "+20m", "--system-event", "tea", "--keep-after-run"), {
    name: "n",
    deleteAfterRun: false,
    schedule: { kind: "at", at: "2026-11-22T08:20:00.000Z" },
    payload: { kind: "systemEvent", text: "tea" },
  });
  assertEquals(
    await add("--cron", "0 * * * *", "--tz", "UTC", "--exact", "--message", "m", "--disabled"),
    {
      name: "n",
      schedule: { kind: "cron", expr: "0 * * * *", tz: "UTC", staggerMs: 0 },
      payload: { kind: "agentTurn", message: "m" },
      enabled: false,
    },
  );
  const full = await add(
    ...["--at", "2026-12-01T07:00", "--tz", "Europe/Berlin", "--message", "m", "--model", "a/b"],
    ...["--tools", "exec, read", "--timeout-seconds", "60", "--light-context"],
    ...["--channel", "telegram", "--to", "123", "--best-effort-deliver", "--session", "current"],
  );
  assertEquals(full, {
    name: "n",
    sessionTarget: "current",
    schedule: { kind: "at", at: "2026-12-01T06:00:00.000Z" },
    payload: {
      kind: "agentTurn",
      message: "m",
      model: "a/b",
      timeoutSeconds: 60,
      lightContext: true,
      toolsAllow: ["exec", "read"],
    },
    delivery: { to: "123", channel: "telegram", bestEffort: true, mode: "announce" },
  });
  const hook = await add("--every", "1h", "--message", "m", "--webhook", "https://example.com/x");
  assertEquals(hook.delivery, { mode: "webhook", to: "https://example.com/x" });
});

Deno.test("cron add refuses what contradicts itself, before it asks the gateway", async () => {
  await using world = await start();
  const cases: [string[], string][] = [
    [["--name", "n", "--message", "m"], "Missing one of --at, --every, --cron"],
    [["--name", "n", "--every", "1h", "--at", "1h", "--message", "m"], "Choose one of"],
    [["--name", "n", "--every", "1h"], "Missing one of --message, --system-event"],
    [["--name", "n", "--every", "1h", "--model", "a/b"], "Missing one of --message"],
    [["--every", "1h", "--message", "m"], "Missing --name"],
    [["--name", "n", "--every", "soon", "--message", "m"], 'Invalid --every "soon"'],
    [["--name", "n", "--at", "2026-12-01T07:00", "--tz", "Mars/X", "--message", "m"], "Mars/X"],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await world.run("cron", "add", ...args);
    assertEquals(code, 64, args.join(" "));
    assertStringIncludes(err, message);
  }
});

Deno.test("cron edit, enable and disable send a patch of what was named", async () => {
  await using world = await start();
  const patch = async (...args: string[]) => {
    const { code, err } = await world.run("cron", ...args, "--json");
    assertEquals([code, err], [0, ""], args.join(" "));
    assertEquals(world.sent().id, JOB.id);
    return world.sent().patch;
  };
  assertEquals(await patch("enable", JOB.id), { enabled: true });
  assertEquals(await patch("disable", JOB.id), { enabled: false });
  assertEquals(await patch("edit", JOB.id, "--model", "x/y", "--clear-agent", "--clear-tools"), {
    agentId: null,
    payload: { kind: "agentTurn", model: "x/y", toolsAllow: null },
  });
  assertEquals(await patch("edit", JOB.id, "--tz", "UTC", "--stagger", "30s"), {
    schedule: { kind: "cron", expr: "0 7 * * *", tz: "UTC", staggerMs: 30_000 },
  });
  assertEquals(await patch("edit", JOB.id, "--no-deliver", "--no-failure-alert"), {
    delivery: { mode: "none" },
    failureAlert: false,
  });
  assertEquals(
    await patch(
      ...["edit", JOB.id, "--failure-alert-after", "3", "--failure-alert-cooldown", "1h"],
      "--failure-alert-include-skipped",
    ),
    { failureAlert: { after: 3, cooldownMs: 3_600_000, includeSkipped: true } },
  );
  const nothing = await world.run("cron", "edit", JOB.id);
  assertEquals(nothing.code, 64);
});

Deno.test("cron rm, run, runs and status", async () => {
  const status = { enabled: true, storePath: "/s", jobs: 2, nextWakeAtMs: NOW + 60_000 };
  await using world = await start({
    "cron.status": () => status,
    "cron.run": ({ mode }) =>
      mode === "due"
        ? { ok: true, ran: false, reason: "not-due" }
        : { ok: true, enqueued: true, runId: "r" },
    "cron.runs": (params) => ({ entries: [], asked: params }),
  });
  assertEquals((await world.run("cron", "rm", JOB.id)).out, "Removed.\n");
  assertEquals((await world.run("cron", "rm", "nope")).code, 1);
  assertEquals((await world.run("cron", "run", JOB.id)).code, 0);
  assertEquals((await world.run("cron", "run", JOB.id, "--due")).code, 1);
  const runs = JSON.parse((await world.run("cron", "runs", "--limit", "3")).out);
  assertEquals(runs.asked, { scope: "all", limit: 3 });
  assertEquals(
    (await world.run("cron", "status")).out,
    "Scheduler  on\nJobs       2\nNext       in 1m\nStore      /s\n",
  );
  assertEquals(JSON.parse((await world.run("cron", "status", "--json")).out), status);
});

Deno.test("system event, presence and heartbeat", async () => {
  await using world = await start({
    "wake": () => ({ ok: true }),
    "system-presence": () => [{ host: "box", ts: 1 }],
    "last-heartbeat": () => ({ ts: 1, status: "ok-token" }),
    "set-heartbeats": ({ enabled }) => ({ ok: true, enabled }),
  });
  assertEquals((await world.run("system", "event", "--text", "x", "--mode", "now")).out, "ok\n");
  assertEquals(world.sent(), { mode: "now", text: "x" });
  assertEquals((await world.run("system", "event")).code, 64);
  assertStringIncludes((await world.run("system", "presence")).out, '"box"');
  assertStringIncludes((await world.run("system", "heartbeat", "last")).out, "ok-token");
  await world.run("system", "heartbeat", "disable");
  assertEquals(world.sent(), { enabled: false });
  await world.run("system", "heartbeat", "enable");
  assertEquals(world.sent(), { enabled: true });
});

Deno.test("momentInZone() finds the moment on both sides of a change of clocks", () => {
  const iso = (text: string, zone: string) => {
    const ms = momentInZone(text, zone);
    return typeof ms === "number" ? new Date(ms).toISOString() : ms;
  };
  assertEquals(iso("2026-03-29T01:30", "Europe/Berlin"), "2026-03-29T00:30:00.000Z");
  assertEquals(iso("2026-03-29T03:30", "Europe/Berlin"), "2026-03-29T01:30:00.000Z");
  assertEquals(iso("2026-11-22 07:00", "America/New_York"), "2026-11-22T12:00:00.000Z");
  assertEquals(iso("2026-11-22T07:00", "Mars/Phobos"), "unknown-zone");
  assertEquals(iso("2026-11-22T07:00Z", "UTC"), undefined);
  assertEquals(iso("seven", "UTC"), undefined);
});
