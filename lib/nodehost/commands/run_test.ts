import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { AppError, silentLogger } from "../../base/mod.ts";
import { HeldTimers } from "../../base/testing.ts";
import { isProcessAlive, systemClock } from "../../platform/mod.ts";
import type { ExecApprovalsFile } from "../../protocol/mod.ts";
import { createApprovalsStore } from "../approvals_store.ts";
import { createRun } from "./run.ts";

const ignore = Deno.build.os === "windows";
const FULL: ExecApprovalsFile = { version: 1, defaults: { security: "full", ask: "off" } };

type Answer = Record<string, unknown>;

interface TestRun {
  dir: string;
  stop: AbortController;
  /** What the gateway was told, as `[event, payload]`. */
  events: [string, Answer][];
  run(params: Answer): Promise<Answer>;
  refused(params: Answer): Promise<AppError>;
  /** Waits for a file and answers with its text. */
  fileText(name: string): Promise<string>;
}

async function withRun(
  policy: ExecApprovalsFile | undefined,
  test: (context: TestRun) => Promise<void>,
): Promise<void> {
  const dir = await Deno.realPath(await Deno.makeTempDir({ prefix: "openclaw-run-" }));
  if (policy !== undefined) {
    await Deno.writeTextFile(join(dir, "exec-approvals.json"), JSON.stringify(policy));
  }
  const stop = new AbortController();
  const events: [string, Answer][] = [];
  const command = createRun({
    path: "/usr/bin:/bin",
    folder: dir,
    home: dir,
    env: { PATH: "/usr/bin:/bin", OPENCLAW_GATEWAY_TOKEN: "hidden-token", LANG: "C" },
    approvals: createApprovalsStore({ stateDir: dir, home: dir }, systemClock),
    clock: systemClock,
    log: silentLogger,
  });
  const call = {
    signal: stop.signal,
    emit: (event: string, payload: Answer) => void events.push([event, payload]),
  };
  const run = async (params: Answer) => await command(params, call) as Answer;
  try {
    await test({
      dir,
      stop,
      events,
      run,
      refused: (params) => assertRejects(() => run(params), AppError),
      fileText: async (name) => {
        for (let tries = 0; tries < 500; tries++) {
          const text = await Deno.readTextFile(join(dir, name)).catch(() => "");
          if (text.endsWith("\n")) return text;
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        throw new Error(`No file ${name}`);
      },
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert(tries < 500, "the condition did not come true");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const sh = (line: string) => ({ command: ["sh", "-c", line] });

Deno.test({
  name: "system.run asks where the policy file is silent, and tells the gateway",
  ignore,
  async fn() {
    await withRun(undefined, async ({ refused, run, events }) => {
      const error = await refused({ command: ["echo", "hi"], runId: "r1", sessionKey: "s" });
      assertEquals(error.code, "UNAVAILABLE");
      assert(error.message.startsWith("SYSTEM_RUN_DENIED: approval required ("));
      assertEquals(events, [["exec.denied", {
        sessionKey: "s",
        runId: "r1",
        host: "node",
        command: "echo hi",
        reason: "approval-required",
        suppressNotifyOnExit: false,
      }]]);
      const { durationMs, ...result } = await run({
        command: ["echo", "hi"],
        approved: true,
        runId: "r2",
      });
      assert(typeof durationMs === "number");
      assertEquals(result, {
        exitCode: 0,
        timedOut: false,
        success: true,
        stdout: "hi\n",
        stderr: "",
        error: null,
      });
      assertEquals(events[1], ["exec.finished", {
        sessionKey: "node",
        runId: "r2",
        host: "node",
        command: "echo hi",
        exitCode: 0,
        timedOut: false,
        success: true,
        output: "hi",
      }]);
      await refused({ command: ["echo", "hi"] });
    });
  },
});

Deno.test({
  name: "system.run refuses what the policy denies, approved or not",
  ignore,
  async fn() {
    const denyAll: ExecApprovalsFile = { version: 1, defaults: { security: "deny" } };
    await withRun(denyAll, async ({ refused, events }) => {
      const error = await refused({ command: ["echo"], approved: true });
      assertEquals(error.message, "SYSTEM_RUN_DISABLED: security=deny");
      assertEquals(events[0]![1].reason, "security=deny");
    });
    const listOnly: ExecApprovalsFile = {
      version: 1,
      defaults: { security: "allowlist", ask: "off" },
    };
    await withRun(listOnly, async ({ refused, events }) => {
      const error = await refused({ command: ["echo"], approved: true });
      assert(error.message.startsWith("SYSTEM_RUN_DENIED: allowlist miss"));
      assertEquals(events[0]![1].reason, "allowlist-miss");
    });
  },
});

Deno.test({
  name: "system.run denies everything while the policy file cannot be read as one",
  ignore,
  async fn() {
    await withRun(undefined, async ({ dir, refused }) => {
      await Deno.writeTextFile(join(dir, "exec-approvals.json"), "{bad");
      const error = await refused({ command: ["echo"], approved: true });
      assertEquals(error.message, "SYSTEM_RUN_DISABLED: security=deny");
    });
  },
});

Deno.test({
  name: "system.run remembers a program that was allowed for good",
  ignore,
  async fn() {
    await withRun(undefined, async ({ run, refused, dir }) => {
      await run({ command: ["touch", "a"], approved: true, approvalDecision: "allow-always" });
      await run({ command: ["touch", "b"] });
      assert((await Deno.stat(join(dir, "b"))).isFile);
      await refused({ command: ["touch", "c"], agentId: "other" });
      await refused({ command: ["rm", "b"] });
    });
  },
});

Deno.test({
  name: "system.run keeps an approval to its plan",
  ignore,
  async fn() {
    await withRun(undefined, async ({ refused }) => {
      const plan = { argv: ["echo", "1"], cwd: null, commandText: "echo 1" };
      const error = await refused({
        command: ["echo", "2"],
        approved: true,
        systemRunPlan: plan,
      });
      assertEquals(error.message, "SYSTEM_RUN_DENIED: approval is for another command");
    });
  },
});

Deno.test({
  name: "system.run tells exit code, signal, both outputs and the folder",
  ignore,
  async fn() {
    await withRun(FULL, async ({ dir, run, refused }) => {
      const failed = await run({ ...sh("pwd; echo bad >&2; exit 3"), cwd: "/" });
      assertEquals([failed.exitCode, failed.success], [3, false]);
      assertEquals([failed.stdout, failed.stderr], ["/\n", "bad\n"]);
      assertEquals((await run(sh("pwd"))).stdout, `${dir}\n`);
      const killed = await run(sh("kill -9 $$"));
      assertEquals([killed.exitCode, killed.signal], [undefined, "SIGKILL"]);
      assert((await refused({ ...sh("pwd"), cwd: "/nonexistent" })).message.includes("canonical"));
    });
  },
});

Deno.test({
  name: "system.run hands on what the invoke sets and no secret of the host",
  ignore,
  async fn() {
    await withRun(FULL, async ({ run, refused }) => {
      const { stdout } = await run({ command: ["env"], env: { GREETING: "a b" } });
      assertEquals(String(stdout).trim().split("\n").sort(), [
        "GREETING=a b",
        "LANG=C",
        "OPENCLAW_SHELL=exec",
        "PATH=/usr/bin:/bin",
      ]);
      const error = await refused({ command: ["env"], env: { LD_PRELOAD: "x" } });
      assert(error.message.includes("blocked override keys: LD_PRELOAD"));
    });
  },
});

Deno.test({
  name: "system.run takes arguments as they are, without a shell",
  ignore,
  async fn() {
    await withRun(FULL, async ({ run }) => {
      const words = ["$(id)", "`id`", "; rm -rf x", "&& y", "*", "a\nb", "--", "'\"", ""];
      const { stdout } = await run({ command: ["printf", "[%s]", ...words] });
      assertEquals(stdout, words.map((word) => `[${word}]`).join(""));
    });
  },
});

Deno.test({
  name: "system.run kills the whole tree when the time is over",
  ignore,
  async fn() {
    await withRun(FULL, async ({ run, fileText }) => {
      const timeoutMs = 1_234_567;
      using limit = new HeldTimers(timeoutMs);
      const running = run({ ...sh("sleep 600 & echo $! > pid; sleep 600"), timeoutMs });
      const grandchild = Number(await fileText("pid"));
      assert(isProcessAlive(grandchild));
      limit.fire();
      const result = await running;
      assertEquals([result.timedOut, result.success, result.exitCode], [true, false, undefined]);
      await until(() => !isProcessAlive(grandchild));
    });
  },
});

Deno.test({
  name: "system.run does not wait for a child that was left behind with the output",
  ignore,
  async fn() {
    await withRun(FULL, async ({ run }) => {
      const { stdout, exitCode } = await run(sh("sleep 600 & echo $!"));
      assertEquals(exitCode, 0);
      await until(() => !isProcessAlive(Number(stdout)));
    });
  },
});

Deno.test({
  name: "system.run ends with its host",
  ignore,
  async fn() {
    await withRun(FULL, async ({ run, stop, fileText }) => {
      const running = run(sh("sleep 600 & echo $! > pid; sleep 600"));
      const grandchild = Number(await fileText("pid"));
      stop.abort();
      const result = await running;
      assertEquals([result.success, result.error], [false, "the node host stopped"]);
      await until(() => !isProcessAlive(grandchild));
    });
  },
});

Deno.test({
  name: "system.run reports a program that the system cannot start",
  ignore,
  async fn() {
    await withRun(FULL, async ({ dir, run }) => {
      const path = join(dir, "broken");
      await Deno.writeTextFile(path, "#!/nonexistent/interpreter\n", { mode: 0o755 });
      const result = await run({ command: [path] });
      assertEquals([result.success, result.exitCode], [false, undefined]);
      assert(String(result.error).startsWith(`Cannot start "${path}"`));
    });
  },
});

Deno.test({
  name: "system.run keeps the beginning of 100 MB of output",
  ignore,
  async fn() {
    await withRun(FULL, async ({ run }) => {
      const result = await run(sh("yes | head -c 100000000"));
      assertEquals(result.exitCode, 0);
      assertEquals(String(result.stdout).length, 200_000 + "\n... (truncated)".length);
      assertEquals(result.truncated, true);
    });
  },
});
