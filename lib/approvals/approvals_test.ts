import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { AppError } from "../base/mod.ts";
import {
  APPROVAL_GRACE_MS,
  APPROVAL_RECORD_TTL_MS,
  MAX_APPROVAL_REQUEST_CHARS,
  MAX_PENDING_APPROVALS,
  MAX_PENDING_APPROVALS_PER_ASKER,
} from "../protocol/mod.ts";
import { question, type TestApprovals, withApprovals } from "./_testing.ts";

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  const error = await assertRejects(() => promise, AppError);
  return error.details?.reason ?? error.message;
}

function ids({ approvals }: TestApprovals): string[] {
  return approvals.list("exec").map(({ id }) => id);
}

Deno.test("ask() stores a question, and resolve() answers whoever waits", async () => {
  await withApprovals(async (context) => {
    const { approvals, clock, told } = context;
    const { record, outcome } = await approvals.ask(question("a"));
    assertEquals([record.state, record.expiresAtMs - clock.now()], ["pending", 60_000]);
    const later = approvals.waitDecision("exec", "a");
    assertEquals(approvals.list("exec"), [{
      id: "a",
      request: { command: "rm a" },
      createdAtMs: record.createdAtMs,
      expiresAtMs: record.expiresAtMs,
    }]);
    const { isNews } = await approvals.resolve("exec", "a", "allow-once", { name: "desk" });
    const decided = {
      id: "a",
      decision: "allow-once" as const,
      createdAtMs: record.createdAtMs,
      expiresAtMs: record.expiresAtMs,
    };
    assertEquals([isNews, await outcome, await later], [true, decided, decided]);
    assertEquals(told, ["requested a", "exec a allow-once by desk"]);
    assertEquals(ids(context), []);
  });
});

Deno.test("ask() makes up an id that tells the kind, and takes each id once", async () => {
  await withApprovals(async ({ approvals }) => {
    const { id: _id, ...unnamed } = question("x");
    assert(/^[0-9a-f-]{36}$/.test((await approvals.ask(unnamed)).record.id));
    const plugin = await approvals.ask({ ...unnamed, kind: "plugin" });
    assert(plugin.record.id.startsWith("plugin:"));
    // No beginning of an id that is made up.
    await approvals.ask(question("own"));
    assertEquals(await refusal(approvals.ask(question("own"))), "APPROVAL_ID_TAKEN");
    await approvals.resolve("exec", "own", "deny", { name: "desk" });
    assertEquals(await refusal(approvals.ask(question("own"))), "APPROVAL_ID_TAKEN");
  });
});

Deno.test("resolve() lets nobody allow what it asked for itself, on any of its connections", async () => {
  await withApprovals(async ({ approvals }) => {
    const askedBy = { connId: "c1", deviceId: "d1" };
    await approvals.ask({ ...question("a"), askedBy });
    const own = { connId: "c2", deviceId: "d1" };
    for (const client of [askedBy, own, { connId: "c1" }]) {
      for (const decision of ["allow-once", "allow-always"]) {
        assertEquals(
          await refusal(approvals.resolve("exec", "a", decision, { name: "x", client })),
          "APPROVAL_OWN_REQUEST",
        );
      }
    }
    await approvals.resolve("exec", "a", "deny", { name: "x", client: own });
    await approvals.ask({ ...question("b"), askedBy });
    const admin = { name: "x", client: own, mayAllowOwn: true };
    assert((await approvals.resolve("exec", "b", "allow-once", admin)).isNews);
    await approvals.ask({ ...question("c"), askedBy: { connId: "c1" } });
    const other = { name: "x", client: { connId: "c2" } };
    assert((await approvals.resolve("exec", "c", "allow-once", other)).isNews);
  });
});

Deno.test("ask() leaves places for others than the one who asks most", async () => {
  await withApprovals(async ({ approvals }) => {
    const ask = (id: string, askedBy: { connId: string; deviceId?: string }) =>
      approvals.ask({ ...question(id), askedBy });
    await Promise.all(
      Array.from(
        { length: MAX_PENDING_APPROVALS_PER_ASKER },
        (_, index) => ask(`id-${1000 + index}`, { connId: `c${index}`, deviceId: "d1" }),
      ),
    );
    const again = ask("more", { connId: "c", deviceId: "d1" });
    assertEquals(await refusal(again), "too many approvals are pending");
    await ask("other", { connId: "x" });
    await ask("another", { connId: "y", deviceId: "d2" });
  });
});

Deno.test("ask() takes no id that is the beginning of another, or that nobody can read", async () => {
  await withApprovals(async ({ approvals }) => {
    await approvals.ask(question("abcd1234-rest"));
    assertEquals(await refusal(approvals.ask(question("abcd1234"))), "APPROVAL_ID_TAKEN");
    for (const id of ["a b", "a\u202eb", "a\n", "x".repeat(129)]) {
      assertEquals(await refusal(approvals.ask(question(id))), "APPROVAL_ID_INVALID");
    }
    await approvals.ask(question("x".repeat(128)));
  });
});

Deno.test("ask() does not wait where nobody can decide", async () => {
  await withApprovals(async (context) => {
    const { approvals, told } = context;
    context.isReachable = false;
    const { record, outcome } = await approvals.ask(question("a"));
    assertEquals([record.state, (await outcome).decision], ["unrouted", null]);
    assertEquals([ids(context), told], [[], []]);
    assertEquals(
      await refusal(approvals.resolve("exec", "a", "deny", { name: "d" })),
      "APPROVAL_NOT_FOUND",
    );
  });
});

Deno.test("resolve() is idempotent for a while, and refuses another decision", async () => {
  await withApprovals(async ({ approvals, clock, told }) => {
    await approvals.ask(question("a"));
    await approvals.resolve("exec", "a", "deny", { name: "desk" });
    assertEquals((await approvals.resolve("exec", "a", "deny", { name: "phone" })).isNews, false);
    const other = approvals.resolve("exec", "a", "allow-once", { name: "phone" });
    assertEquals(await refusal(other), "APPROVAL_ALREADY_RESOLVED");
    clock.advance(APPROVAL_GRACE_MS);
    assertEquals((await approvals.waitDecision("exec", "a")).decision, "deny");
    clock.advance(1);
    assertEquals(
      await refusal(approvals.resolve("exec", "a", "deny", { name: "d" })),
      "APPROVAL_NOT_FOUND",
    );
    assertThrows(() => approvals.waitDecision("exec", "a"), AppError, "expired or not found");
    assertEquals(told.length, 2);
    assertEquals(approvals.record("a")?.resolvedBy, "desk");
  });
});

Deno.test("resolve() takes only what is offered", async () => {
  await withApprovals(async (context) => {
    const { approvals } = context;
    await approvals.ask(question("a", { allowedDecisions: ["allow-once", "deny"] }));
    const cases: [string, string, unknown][] = [
      ["a", "yes", "invalid decision"],
      ["nope", "yes", "invalid decision"],
      ["nope", "deny", "APPROVAL_NOT_FOUND"],
      ["a", "allow-always", "APPROVAL_ALLOW_ALWAYS_UNAVAILABLE"],
    ];
    for (const [id, decision, reason] of cases) {
      assertEquals(
        await refusal(approvals.resolve("exec", id, decision, { name: "d" })),
        reason,
        decision,
      );
    }
    assertEquals(
      await refusal(approvals.resolve("plugin", "a", "deny", { name: "d" })),
      "APPROVAL_NOT_FOUND",
    );
    assertEquals(ids(context), ["a"]);
  });
});

Deno.test("two decisions at once: one counts", async () => {
  await withApprovals(async ({ approvals }) => {
    const { outcome } = await approvals.ask(question("a"));
    const both = await Promise.allSettled([
      approvals.resolve("exec", "a", "deny", { name: "one" }),
      approvals.resolve("exec", "a", "allow-once", { name: "two" }),
    ]);
    assertEquals(both.map(({ status }) => status), ["fulfilled", "rejected"]);
    assertEquals((await outcome).decision, "deny");
  });
});

Deno.test("get() takes a beginning that only one id has", async () => {
  await withApprovals(async ({ approvals }) => {
    for (const id of ["abc", "abc1", "abc2"]) await approvals.ask(question(id));
    assertEquals(approvals.get("exec", "abc1").id, "abc1");
    assertEquals(approvals.get("exec", "abc").id, "abc");
    assertThrows(() => approvals.get("exec", "ab"), AppError, "ambiguous");
    assertThrows(() => approvals.get("plugin", "abc1"), AppError, "unknown");
    await approvals.resolve("exec", "abc2", "deny", { name: "d" });
    assertThrows(() => approvals.get("exec", "abc2"), AppError, "unknown");
    assertEquals((await approvals.resolve("exec", "abc2", "deny", { name: "d" })).isNews, false);
    assertEquals(
      await refusal(approvals.resolve("exec", "ab", "deny", { name: "d" })),
      "APPROVAL_ID_AMBIGUOUS",
    );
    await approvals.ask(question("xyz"));
    await approvals.resolve("exec", "xy", "deny", { name: "d" });
    assertEquals((await approvals.resolve("exec", "xy", "deny", { name: "d" })).isNews, false);
    assertEquals(
      await refusal(approvals.resolve("exec", "", "deny", { name: "d" })),
      "APPROVAL_ID_AMBIGUOUS",
    );
  });
});

Deno.test("sweep() gives up what expired; nothing expired can be decided even before it", async () => {
  await withApprovals(async (context) => {
    const { approvals, clock } = context;
    const first = await approvals.ask(question("a"));
    const second = await approvals.ask(question("b", { timeoutMs: 90_000 }));
    clock.advance(60_000);
    assertEquals(ids(context), ["b"]);
    assertEquals(
      await refusal(approvals.resolve("exec", "a", "allow-once", { name: "d" })),
      "APPROVAL_NOT_FOUND",
    );
    await approvals.sweep();
    assertEquals((await first.outcome).decision, null);
    await approvals.resolve("exec", "b", "deny", { name: "d" });
    assertEquals((await second.outcome).decision, "deny");
  });
});

Deno.test("a request expires by itself", async () => {
  await withApprovals(async ({ approvals, clock }) => {
    const { outcome } = await approvals.ask(question("a", { timeoutMs: 20 }));
    clock.advance(20);
    assertEquals((await outcome).decision, null);
  });
});

Deno.test("what waits is there after a restart, is decided, and still expires", async () => {
  await withApprovals(async (context) => {
    const { outcome } = await context.approvals.ask(question("a"));
    await context.approvals.ask(question("b"));
    const cut = refusal(outcome);
    await context.reopen();
    assertEquals(await cut, "Gateway is stopping; the request stays open");
    assertEquals(ids(context), ["a", "b"]);
    const again = context.approvals.waitDecision("exec", "a");
    await context.approvals.resolve("exec", "a", "allow-once", { name: "desk" });
    assertEquals((await again).decision, "allow-once");
    const expiring = context.approvals.waitDecision("exec", "b");
    context.clock.advance(60_000);
    await context.reopen();
    assertEquals(ids(context), []);
    await assertRejects(() => expiring, AppError);
  });
});

Deno.test("ask() takes nothing that is too large to be shown", async () => {
  await withApprovals(async (context) => {
    const request = { command: "x".repeat(MAX_APPROVAL_REQUEST_CHARS) };
    const asked = context.approvals.ask(question("a", { request }));
    assertEquals(await refusal(asked), "APPROVAL_TOO_LARGE");
    assertEquals(ids(context), []);
  });
});

Deno.test("ask() bounds what waits and forgets old records", async () => {
  await withApprovals(async (context) => {
    const { approvals, clock } = context;
    const numbers = Array.from(
      { length: MAX_PENDING_APPROVALS },
      (_, index) => `n${index}`,
    );
    await Promise.all(numbers.map((id) => approvals.ask(question(id))));
    assertEquals(await refusal(approvals.ask(question("over"))), "too many approvals are pending");
    clock.advance(60_000);
    await approvals.sweep();
    assertEquals(approvals.record("n0")?.state, "expired");
    clock.advance(APPROVAL_RECORD_TTL_MS);
    await approvals.ask(question("fresh"));
    assertEquals(approvals.record("n0"), undefined);
  });
});

Deno.test("spend() lets a decision that holds once be used once, over restarts too", async () => {
  await withApprovals(async (context) => {
    const askedBy = { connId: "c1", deviceId: "d1" };
    for (const id of ["once", "always", "open"]) {
      await context.approvals.ask(question(id, { askedBy }));
    }
    await context.approvals.resolve("exec", "once", "allow-once", { name: "desk" });
    await context.approvals.resolve("exec", "always", "allow-always", { name: "desk" });
    const both = [context.approvals.spend("once"), context.approvals.spend("once")];
    assertEquals(await Promise.all(both), [true, false]);
    await context.reopen();
    assertEquals(context.approvals.record("once")?.askedBy, askedBy);
    for (const id of ["once", "always", "open", "nope"]) {
      assertEquals(await context.approvals.spend(id), false, id);
    }
  });
});

Deno.test("a question and a decision survive a killed process", async () => {
  await withApprovals(async (context) => {
    const script = fromFileUrl(new URL("./_crash_child.ts", import.meta.url));
    context.approvals.close();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script, context.stateDir],
      stdout: "piped",
    }).spawn();
    const stdout = child.stdout.pipeThrough(new TextDecoderStream());
    for await (const text of stdout) if (text.includes("done")) break;
    child.kill("SIGKILL");
    await child.status;
    await context.reopen();
    assertEquals(ids(context), ["open"]);
    assertEquals(context.approvals.record("decided")?.decision, "allow-always");
    await context.approvals.resolve("exec", "open", "deny", { name: "desk" });
    assertEquals(context.store.findDamage(), []);
  });
});
