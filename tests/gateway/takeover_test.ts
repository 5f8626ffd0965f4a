import { assert, assertEquals } from "@std/assert";
import { waitUntil } from "../../scripts/harness/gateway.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";
import { TestSocket } from "../harness/socket.ts";

const ID = "0f0f0f0f-0000-4000-8000-000000000000";

/** A state folder as an earlier gateway leaves it. */
async function earlierState(): Promise<string> {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const sessions = `${stateDir}/agents/main/sessions`;
  await Deno.mkdir(sessions, { recursive: true });
  await Deno.mkdir(`${stateDir}/cron`);
  const entry = { sessionId: ID, updatedAt: 1_795_000_000_000, label: "old friend" };
  await Deno.writeTextFile(
    `${sessions}/sessions.json`,
    JSON.stringify({ "agent:main:main": entry }),
  );
  const line = (id: string, parentId: string | null, message: unknown) =>
    JSON.stringify({
      type: "message",
      id,
      parentId,
      timestamp: "2026-11-22T08:00:00.000Z",
      message,
    });
  const content = (text: string) => [{ type: "text", text }];
  await Deno.writeTextFile(
    `${sessions}/${ID}.jsonl`,
    [
      JSON.stringify({
        type: "session",
        version: 3,
        id: ID,
        timestamp: "2026-11-22T08:00:00.000Z",
      }),
      line("aaaa0001", null, { role: "user", content: content("my cat is called Pixel") }),
      line("aaaa0002", "aaaa0001", { role: "assistant", content: content("A fine name.") }),
      "",
    ].join("\n"),
  );
  const job = {
    id: "11111111-2222-4333-8444-555555555555",
    name: "daily",
    enabled: true,
    createdAtMs: 1_795_000_000_000,
    schedule: { kind: "every", everyMs: 86_400_000 },
    sessionTarget: "isolated",
    wakeMode: "now",
    payload: { kind: "agentTurn", message: "check" },
  };
  await Deno.writeTextFile(
    `${stateDir}/cron/jobs.json`,
    JSON.stringify({ version: 1, jobs: [job] }),
  );
  return stateDir;
}

/** All files below a folder with their content, but for those of this gateway. */
async function files(dir: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    const path = `${dir}/${name}`;
    if (isDirectory) Object.assign(found, await files(path));
    else found[path] = await Deno.readTextFile(path);
  }
  return found;
}

Deno.test("a gateway that starts on the state of an earlier one goes on with its sessions and jobs", async () => {
  const stateDir = await earlierState();
  try {
    const before = [await files(`${stateDir}/agents`), await files(`${stateDir}/cron`)];
    await using provider = new FakeProvider();
    for (const start of ["first", "second"]) {
      await using gateway = await TestGateway.start({ stateDir, config: provider.config });
      await waitUntil(
        "the sessions",
        () => Promise.resolve(gateway.gateway.state.startup.pending.length === 0),
      );
      await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
      const list = (await socket.call("sessions.list", {})).payload;
      assertEquals(
        list.sessions.map(({ key, label }: { key: string; label: string }) => [key, label]),
        [
          ["agent:main:main", "old friend"],
        ],
        start,
      );
      const { messages } = (await socket.call("chat.history", { sessionKey: "main" })).payload;
      assertEquals(messages.length, start === "first" ? 2 : 4, start);
      const jobs = (await socket.call("cron.list", {})).payload;
      assertEquals(jobs.jobs.map(({ name }: { name: string }) => name), ["daily"]);
      if (start === "second") continue;
      const key = "turn-1";
      await socket.call("agent", {
        message: "and my dog?",
        sessionKey: "main",
        idempotencyKey: key,
      });
      const ended = await socket.call("agent.wait", { runId: key, timeoutMs: 10_000 });
      assertEquals(ended.payload.status, "ok");
      const sent = JSON.stringify(provider.calls.at(-1));
      assert(sent.includes("my cat is called Pixel") && sent.includes("A fine name."));
    }
    assertEquals([await files(`${stateDir}/agents`), await files(`${stateDir}/cron`)], before);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});
