import { assertEquals, assertStringIncludes } from "@std/assert";
import { AppError, type Clock, delay, silentLogger } from "../../base/mod.ts";
import { currentPid, type Supervisor, writeRestartIntent } from "../../platform/mod.ts";
import type { RestartRequest } from "../restart/restarter.ts";
import { type JudgeDeps, signalJudge, startJudge } from "./judge.ts";

const clock: Clock = { now: () => 1000, monotonic: () => 0 };

async function withJudge(
  test: (facts: {
    judge: ReturnType<typeof signalJudge>;
    requests: RestartRequest[];
    warnings: string[];
    intend: (pid: number, intent?: { force?: boolean; waitMs?: number }) => Promise<void>;
  }) => Promise<void>,
  given: { supervisor?: Supervisor; restart?: boolean; refusal?: string } = {},
): Promise<void> {
  const stateDir = await Deno.makeTempDir();
  const requests: RestartRequest[] = [];
  const warnings: string[] = [];
  const judge = signalJudge({
    paths: { stateDir },
    clock,
    log: { ...silentLogger, warn: (text) => void warnings.push(text) },
    supervisor: given.supervisor,
    restarter: {
      request: (request) => {
        if (given.refusal) throw new AppError(given.refusal, "No");
        requests.push(request);
        return undefined as never;
      },
    },
    config: () => ({ config: { commands: { restart: given.restart } } }) as never,
  } as JudgeDeps);
  const intend = (pid: number, intent = {}) => writeRestartIntent(stateDir, pid, clock, intent);
  try {
    await test({ judge, requests, warnings, intend });
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
}

Deno.test("signalJudge() ends on SIGTERM, unless a note for this process asks for a restart", async () => {
  await withJudge(async ({ judge, requests, intend }) => {
    assertEquals(await judge.judge("SIGTERM"), "end");
    await intend(currentPid() + 1);
    assertEquals(await judge.judge("SIGTERM"), "end");
    await intend(currentPid(), { waitMs: 5 });
    assertEquals(await judge.judge("SIGINT"), "end", "Ctrl-C always ends");
    assertEquals(await judge.judge("SIGTERM"), "handled");
    assertEquals(await judge.judge("SIGTERM"), "end", "the note is used once");
    assertEquals(requests, [{
      reason: "gateway restart",
      skipDeferral: false,
      skipCooldown: true,
      budgetMs: 5,
    }]);
  });
});

Deno.test("signalJudge() leaves the start to a service manager, and ends what cannot restart", async () => {
  await withJudge(async ({ judge, requests, intend }) => {
    await intend(currentPid());
    assertEquals(await judge.judge("SIGTERM"), "end-for-restart");
    assertEquals(requests, []);
  }, { supervisor: "systemd" });
  await withJudge(async ({ judge, intend }) => {
    await intend(currentPid());
    assertEquals(await judge.judge("SIGTERM"), "end");
  }, { refusal: "NOT_SUPPORTED" });
});

Deno.test("signalJudge() does not end a gateway that starts anew already", async () => {
  await withJudge(async ({ judge, intend, warnings }) => {
    await intend(currentPid());
    assertEquals(await judge.judge("SIGTERM"), "handled");
    assertEquals(warnings, []);
  }, { refusal: "GATEWAY_CLOSED" });
});

Deno.test("startJudge() gives who asks for a restart the start that is under way", async () => {
  const paths = { stateDir: await Deno.makeTempDir() };
  try {
    const judge = startJudge({ paths, clock, supervisor: undefined });
    assertEquals(await judge.judge("SIGTERM"), "end");
    await writeRestartIntent(paths.stateDir, currentPid(), clock);
    assertEquals(await judge.judge("SIGINT"), "end", "Ctrl-C always ends");
    assertEquals(await judge.judge("SIGTERM"), "handled");
    assertEquals(await judge.judge("SIGTERM"), "end", "the note is used once");
    await writeRestartIntent(paths.stateDir, currentPid(), clock);
    const supervised = startJudge({ paths, clock, supervisor: "systemd" });
    assertEquals(await supervised.judge("SIGTERM"), "end-for-restart");
  } finally {
    await Deno.remove(paths.stateDir, { recursive: true });
  }
});

Deno.test("signalJudge() restarts on SIGUSR1 unless the config forbids it", async () => {
  const until = async (holds: () => boolean) => {
    while (!holds()) await delay(1);
  };
  await withJudge(async ({ judge, requests, intend }) => {
    judge.user();
    await until(() => requests.length === 1);
    await intend(currentPid(), { force: true });
    judge.user();
    await until(() => requests.length === 2);
    assertEquals(requests.map(({ reason, skipDeferral }) => [reason, skipDeferral]), [
      ["SIGUSR1", false],
      ["gateway restart", true],
    ]);
  });
  await withJudge(async ({ judge, requests, warnings, intend }) => {
    judge.user();
    await until(() => warnings.length === 1);
    assertStringIncludes(warnings[0]!, "SIGUSR1 restart ignored (not authorized; ");
    await intend(currentPid());
    judge.user();
    // A note is authority enough.
    await until(() => requests.length === 1);
  }, { restart: false });
});
