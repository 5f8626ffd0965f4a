import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { waitUntil } from "../../scripts/harness/gateway.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";
import { withGateway } from "./methods_harness.ts";

const HOURLY = { kind: "every", everyMs: 3_600_000 };

/** A job that is a turn, run by hand in most tests. */
function turnJob(over: Frame = {}): Frame {
  return {
    name: "check",
    schedule: HOURLY,
    payload: { kind: "agentTurn", message: "hi" },
    ...over,
  };
}

/** The finished event of a job. */
async function finished(socket: TestSocket, jobId: string): Promise<Frame> {
  const fits = (event: Frame) => event.jobId === jobId && event.action === "finished";
  return (await socket.event("cron", fits)).payload;
}

Deno.test("cron.add, list, update, get and remove keep a job and tell of it", async () => {
  await withGateway(async ({ socket, result }) => {
    assertEquals(await result("cron.list"), {
      jobs: [],
      total: 0,
      offset: 0,
      limit: 200,
      hasMore: false,
      nextOffset: null,
      deliveryPreviews: {},
    });
    const job = await result("cron.add", turnJob());
    assertEquals([job.sessionTarget, job.wakeMode, job.enabled], ["isolated", "now", true]);
    assertEquals(job.delivery, { mode: "announce" });
    assertEquals(job.state.nextRunAtMs, job.schedule.anchorMs + 3_600_000);
    const added = (await socket.event("cron")).payload;
    assertEquals([added.action, added.job, added.nextRunAtMs], [
      "added",
      job,
      job.state.nextRunAtMs,
    ]);
    const off = await result("cron.update", { id: job.id, patch: { enabled: false } });
    assertEquals([off.enabled, off.state.nextRunAtMs], [false, undefined]);
    assertEquals((await result("cron.list")).total, 0);
    const list = await result("cron.list", { includeDisabled: true });
    assertEquals(list.jobs, [off]);
    assertEquals(list.deliveryPreviews[job.id].label, "announce -> last");
    assertEquals(await result("cron.get", { jobId: job.id }), off);
    assertEquals(await result("cron.remove", { id: job.id }), { ok: true, removed: true });
    assertEquals(await result("cron.remove", { id: job.id }), { ok: true, removed: false });
    const actions = socket.events("cron").map(({ payload }) => payload.action);
    assertEquals(actions, ["added", "updated", "removed"]);
    const { error } = await socket.call("cron.get", { id: "nope" });
    assertEquals([error.code, error.message], ["INVALID_REQUEST", "cron job not found: nope"]);
  });
});

Deno.test("cron.run begins a turn in a session of its own, and cron.runs tells how it went", async () => {
  await using provider = new FakeProvider();
  await withGateway(async ({ socket, result }) => {
    const { id } = await result("cron.add", turnJob());
    assertEquals(await result("cron.run", { id, mode: "due" }), {
      ok: true,
      ran: false,
      reason: "not-due",
    });
    const { runId, ...rest } = await result("cron.run", { id });
    assertEquals(rest, { ok: true, enqueued: true });
    assertMatch(runId, new RegExp(`^manual:${id}:\\d+:1$`));
    const event = await finished(socket, id);
    assertEquals([event.status, event.runId, event.sessionKey], [
      "ok",
      runId,
      `agent:main:cron:${id}`,
    ]);
    assertMatch(event.summary, /^echo: \[cron:.+ check\] hi\nCurrent time: /);
    assertEquals([event.delivered, event.deliveryStatus], [false, "not-delivered"]);
    assertStringIncludes(event.deliveryError, "No channel");
    assertEquals(event.usage, { input_tokens: 11, output_tokens: 4, total_tokens: 15 });
    assertEquals([event.provider, event.model], ["fake", "echo"]);
    assertEquals(event.job.state.lastRunStatus, "ok");
    await result("cron.run", { id });
    assertEquals((await finished(socket, id)).status, "ok");
    const second = provider.calls[1]!.body.messages;
    assertEquals(second.filter(({ role }) => role !== "system").length, 1);
    const { entries, total } = await result("cron.runs", { id });
    assertEquals([total, entries.length], [2, 2]);
    assertEquals(entries[1].runId, runId);
    const page = await result("cron.runs", { limit: 1, statuses: ["ok"], query: "echo" });
    assertEquals([page.nextOffset, page.hasMore, page.entries[0].jobName], [1, true, "check"]);
    assertEquals((await result("cron.runs", { status: "error" })).total, 0);
  }, provider.config);
});

Deno.test("a cron turn sees the documented files only, and its own model and time", async () => {
  await using provider = new FakeProvider();
  const workspace = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  for (const name of ["AGENTS", "TOOLS", "SOUL", "MEMORY"]) {
    await Deno.writeTextFile(`${workspace}/${name}.md`, `text of ${name}`);
  }
  const { agents, models } = provider.config as Frame;
  const config = { models, agents: { defaults: { ...agents.defaults, workspace } } };
  await withGateway(async ({ socket, result }) => {
    const { id } = await result("cron.add", turnJob());
    await result("cron.run", { id });
    await finished(socket, id);
    const system = JSON.stringify(provider.calls[0]!.body.messages[0]);
    assert(system.includes("text of AGENTS") && system.includes("text of TOOLS"));
    assert(!system.includes("text of SOUL") && !system.includes("text of MEMORY"));
    const wrong = await result(
      "cron.add",
      turnJob({ payload: { kind: "agentTurn", message: "hi", model: "fake/none" } }),
    );
    await result("cron.run", { id: wrong.id });
    const event = await finished(socket, wrong.id);
    assertEquals(event.status, "error");
    assertStringIncludes(event.error, "fake/none");
    assertEquals(event.job.state.consecutiveErrors, 1);
    assert(event.job.state.nextRunAtMs >= event.runAtMs + 30_000);
    const slow = await result("cron.add", {
      ...turnJob({ payload: { kind: "agentTurn", message: "m", timeoutSeconds: 1 } }),
      sessionTarget: "session:slow",
    });
    const late = await result("cron.update", {
      id: slow.id,
      patch: { payload: { kind: "agentTurn", message: "x" } },
    });
    assertEquals([late.payload.timeoutSeconds, late.sessionTarget], [1, "session:slow"]);
  }, config);
  await Deno.remove(workspace, { recursive: true });
});

Deno.test("a job of the main session tells the agent at once, with heartbeats off", async () => {
  await using provider = new FakeProvider();
  await withGateway(async ({ socket, result }) => {
    const at = new Date(Date.now() + 60).toISOString();
    const job = await result("cron.add", {
      name: "kettle",
      schedule: { kind: "at", at },
      payload: { kind: "systemEvent", text: "the kettle is on" },
    });
    assertEquals([job.sessionTarget, job.deleteAfterRun], ["main", true]);
    const event = await finished(socket, job.id);
    assertEquals([event.status, event.summary, event.deliveryStatus], [
      "ok",
      "the kettle is on",
      "not-requested",
    ]);
    await socket.event("cron", ({ action }) => action === "removed");
    assertEquals((await result("cron.list", { includeDisabled: true })).total, 0);
    const final = await socket.event("chat", ({ state }) => state === "final");
    assertEquals(final.payload.sessionKey, "agent:main:main");
    const beat = await socket.event("heartbeat");
    assertEquals([beat.payload.status, beat.payload.reason], ["skipped", "target-none"]);
    const said = JSON.stringify(provider.calls[0]!.body.messages.at(-1));
    assertMatch(said, /System: \[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\] the kettle is on/);
    assertEquals((await result("status")).queuedSystemEvents, []);
  }, provider.config);
});

Deno.test("a webhook gets the outcome, with the token and without a redirect", async () => {
  await using provider = new FakeProvider();
  const posts: { authorization: string | null; body: Frame }[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    posts.push({
      authorization: request.headers.get("authorization"),
      body: await request.json(),
    });
    const { pathname } = new URL(request.url);
    const away = () => Response.redirect(new URL("/hook", request.url), 307);
    return pathname === "/away" ? away() : new Response("taken");
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  await withGateway(async ({ socket, result }) => {
    const run = async (to: string, over: Frame = {}) => {
      const delivery = { mode: "webhook", to: `${base}${to}`, ...over };
      const { id } = await result("cron.add", turnJob({ delivery }));
      await result("cron.run", { id });
      return await finished(socket, id);
    };
    const good = await run("/hook");
    assertEquals([good.status, good.delivered, good.deliveryStatus], ["ok", true, "delivered"]);
    assertEquals(posts[0]!.authorization, "Bearer hook-token-123");
    const { jobId, action, status, runId } = posts[0]!.body;
    assertEquals([jobId, action, status, runId], [good.jobId, "finished", "ok", good.runId]);
    const away = await run("/away");
    assertEquals([away.status, away.deliveryStatus], ["error", "not-delivered"]);
    assertStringIncludes(away.error, "Webhook failed");
    const lenient = await run("/away", { bestEffort: true });
    assertEquals([lenient.status, lenient.deliveryStatus], ["ok", "not-delivered"]);
    for (const to of ["http://192.0.2.1/x", "ftp://127.0.0.1/", "nonsense"]) {
      const { error } = await socket.call(
        "cron.add",
        turnJob({ delivery: { mode: "webhook", to } }),
      );
      assertEquals(error.details.code, "CRON_JOB_INVALID", to);
    }
  }, { ...provider.config, cron: { webhookToken: "hook-token-123" } });
  await server.shutdown();
});

Deno.test("failures are told to the places that were named for them", async () => {
  const posts: Frame[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    posts.push({ path: new URL(request.url).pathname, ...await request.json() });
    return new Response("taken");
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  await withGateway(async ({ socket, result }) => {
    const { id } = await result(
      "cron.add",
      turnJob({
        payload: { kind: "agentTurn", message: "m", model: "fake/none" },
        delivery: { mode: "none", failureDestination: { mode: "webhook", to: `${base}/failed` } },
        failureAlert: { after: 2, mode: "webhook", to: `${base}/alert` },
      }),
    );
    for (let round = 0; round < 3; round++) {
      await result("cron.run", { id });
      await finished(socket, id);
    }
    const job = await result("cron.get", { id });
    assert(job.state.lastFailureAlertAtMs > 0);
    // The alert comes after the second failure, and not again within the hour.
    assertEquals(posts.map(({ path }) => path), ["/failed", "/failed", "/alert", "/failed"]);
    assertEquals([posts[2]!.jobId, posts[2]!.consecutiveErrors], [id, 2]);
    assertEquals(posts[0]!.status, "error");
  });
  await server.shutdown();
});

Deno.test("cron.add refuses what contradicts itself, in words that help", async () => {
  await withGateway(async ({ socket }) => {
    const message = async (over: Frame) =>
      (await socket.call("cron.add", turnJob(over))).error.message;
    assertStringIncludes(
      await message({ schedule: { kind: "cron", expr: "nonsense" } }),
      'schedule.expr "nonsense"',
    );
    assertStringIncludes(
      await message({ schedule: { kind: "cron", expr: "0 7 * * *", tz: "Mars/Phobos" } }),
      "Mars/Phobos",
    );
    assertEquals(
      await message({ schedule: { kind: "at", at: "yesterday" } }),
      "Invalid schedule.at: expected ISO-8601 timestamp (got yesterday)",
    );
    assertMatch(
      await message({ schedule: { kind: "at", at: "2020-01-01T00:00:00Z" } }),
      /^schedule\.at is in the past: 2020-01-01T00:00:00\.000Z \(\d+ minutes ago\)/,
    );
    assertEquals(
      await message({ sessionTarget: "main" }),
      'main cron jobs require payload.kind="systemEvent"',
    );
    assertMatch(await message({ agentId: "nobody" }), /unknown agent id "nobody"/);
    const payload = { kind: "agentTurn", message: "m", thinking: "deep" };
    assertMatch(await message({ payload }), /^invalid thinking/);
  });
});

Deno.test("a stop cuts a job off; the next start says so and goes on", async () => {
  // Takes every request and never answers.
  using mute = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using provider = new FakeProvider();
  const { agents, models } = provider.config as Frame;
  models.providers.fake.baseUrl = `http://127.0.0.1:${mute.addr.port}/v1`;
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const config = { agents, models };
  let id = "";
  {
    await using gateway = await TestGateway.start({ stateDir, config });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    id = (await socket.call("cron.add", turnJob())).payload.id;
    await socket.call("cron.run", { id });
    await socket.event("agent", ({ data }) => data.phase === "start");
  }
  {
    await using gateway = await TestGateway.start({ stateDir, config });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const { state, enabled } = (await socket.call("cron.get", { id })).payload;
    assertEquals(
      [enabled, state.runningAtMs, state.lastError],
      [true, undefined, "cron: job interrupted by gateway restart"],
    );
    const { entries } = (await socket.call("cron.runs", { id })).payload;
    assertEquals(entries.map(({ status }: Frame) => status), ["error"]);
  }
  await Deno.remove(stateDir, { recursive: true });
});

Deno.test("a webhook that does not answer does not hold up a stop, and is recorded", async () => {
  // Takes every request and never answers.
  using mute = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  let id = "";
  {
    await using gateway = await TestGateway.start({ stateDir });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const delivery = { mode: "webhook", to: `http://127.0.0.1:${mute.addr.port}/` };
    id = (await socket.call("cron.add", turnJob({ delivery }))).payload.id;
    await socket.call("cron.run", { id });
    await socket.event("chat", ({ state }) => state === "final");
  }
  {
    await using gateway = await TestGateway.start({ stateDir });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const { entries } = (await socket.call("cron.runs", { id })).payload;
    assertEquals([entries.length, entries[0].deliveryStatus], [1, "not-delivered"]);
    assertStringIncludes(entries[0].error, "stopping");
  }
  await Deno.remove(stateDir, { recursive: true });
});

Deno.test("cron.enabled false keeps jobs from running by themselves", async () => {
  await withGateway(async ({ result }) => {
    const status = await result("cron.status");
    assertEquals([status.enabled, status.jobs, status.nextWakeAtMs], [false, 0, null]);
    await result("cron.add", turnJob());
    assertEquals((await result("cron.status")).nextWakeAtMs, null);
    assertEquals((await result("cron.status")).jobs, 1);
  }, { cron: { enabled: false } });
});

Deno.test("a gateway without jobs loads no scheduler; jobs outlive a restart", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  let id = "";
  {
    await using gateway = await TestGateway.start({ stateDir });
    assertEquals(gateway.gateway.state.cron.isLoaded, false);
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    id = (await socket.call("cron.add", turnJob())).payload.id;
    assertEquals(gateway.gateway.state.cron.isLoaded, true);
    const { payload } = await socket.call("wake", { mode: "next-heartbeat", text: "remember" });
    assertEquals(payload, { ok: true });
  }
  {
    await using gateway = await TestGateway.start({ stateDir });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    await waitUntil("the jobs", () => Promise.resolve(gateway.gateway.state.cron.isLoaded));
    assertEquals((await socket.call("cron.get", { id })).payload.name, "check");
    assertEquals((await socket.call("status")).payload.queuedSystemEvents, ["remember"]);
  }
  await Deno.remove(stateDir, { recursive: true });
});

Deno.test("jobs of an earlier gateway are taken over and go on by themselves", async () => {
  await using provider = new FakeProvider();
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  await Deno.mkdir(`${stateDir}/cron`);
  const job = {
    id: "old-job",
    name: "old",
    enabled: true,
    createdAtMs: Date.now() - 7_200_000,
    schedule: { kind: "at", at: new Date(Date.now() - 3_600_000).toISOString() },
    sessionTarget: "main",
    wakeMode: "now",
    payload: { kind: "systemEvent", text: "from the old days" },
    state: {},
  };
  const text = JSON.stringify({ version: 1, jobs: [job] });
  await Deno.writeTextFile(`${stateDir}/cron/jobs.json`, text);
  {
    await using gateway = await TestGateway.start({ stateDir, config: provider.config });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    await waitUntil("the missed job to run", async () => {
      const { payload } = await socket.call("cron.runs", { id: "old-job" });
      return payload.total === 1;
    });
    await waitUntil("it to be gone", async () => {
      const { payload } = await socket.call("cron.list", { includeDisabled: true });
      return payload.total === 0;
    });
  }
  assertEquals(await Deno.readTextFile(`${stateDir}/cron/jobs.json`), text);
  await Deno.remove(stateDir, { recursive: true });
});
