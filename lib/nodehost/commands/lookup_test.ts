import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../../base/mod.ts";
import { systemClock } from "../../platform/mod.ts";
import { createApprovalsStore } from "../approvals_store.ts";
import { createApprovalsGet, createApprovalsSet } from "./exec_approvals.ts";
import { createNotify } from "./notify.ts";
import { createWhich } from "./which.ts";

const ignore = Deno.build.os === "windows";
const CALL = { signal: new AbortController().signal, emit() {} };

async function withFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "openclaw-node-" });
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test({
  name: "system.which answers with what is on PATH and looks at no path",
  ignore,
  async fn() {
    await withFolder(async (dir) => {
      const path = join(dir, "tool");
      await Deno.writeTextFile(path, "#!/bin/sh\n", { mode: 0o755 });
      const which = createWhich({ path: dir, folder: dir });
      assertEquals(await which({ bins: ["tool", "other", path, "./tool", 1, ""] }, CALL), {
        bins: { tool: path },
      });
      for (const params of [{}, { bins: "tool" }, { name: "tool" }]) {
        const error = await assertRejects(() => which(params, CALL), AppError);
        assertEquals(error.message, "INVALID_REQUEST: bins required");
      }
    });
  },
});

Deno.test("system.execApprovals.set replaces the file that was read and no other", async () => {
  await withFolder(async (dir) => {
    const store = createApprovalsStore({ stateDir: dir, home: dir }, systemClock);
    const [get, set] = [createApprovalsGet(store), createApprovalsSet(store)];
    const first = await get({}, CALL) as { exists: boolean; path: string };
    assertEquals([first.exists, first.path], [false, join(dir, "exec-approvals.json")]);
    const file = { version: 1, socket: { path: "/s", token: "secret" }, defaults: { ask: "off" } };
    const written = await set({ file }, CALL) as { hash: string; file: unknown };
    assertEquals(written.file, { version: 1, socket: { path: "/s" }, defaults: { ask: "off" } });
    const refused = async (params: Record<string, unknown>) =>
      (await assertRejects(() => set(params, CALL), AppError)).message;
    assertEquals(await refused({}), "INVALID_REQUEST: exec approvals file required");
    assertEquals(
      await refused({ file }),
      "INVALID_REQUEST: exec approvals base hash required; reload and retry",
    );
    assertEquals(
      await refused({ file, baseHash: "old" }),
      "INVALID_REQUEST: exec approvals changed; reload and retry",
    );
    assert((await refused({ file: { version: 2 }, baseHash: written.hash })).includes("malformed"));
    await set({ file: { version: 1 }, baseHash: written.hash }, CALL);
    const text = await Deno.readTextFile(join(dir, "exec-approvals.json"));
    assertEquals(JSON.parse(text).socket.token, "secret");
  });
});

Deno.test({
  name: "system.notify exists where a notifier does, and texts are arguments",
  ignore,
  async fn() {
    await withFolder(async (dir) => {
      const place = { path: dir, folder: dir };
      assertEquals(createNotify("linux", place, true), undefined);
      const program = join(dir, "notify-send");
      await Deno.writeTextFile(program, "#!/bin/sh\n", { mode: 0o755 });
      assertEquals(createNotify("linux", place, false), undefined);
      const calls: unknown[] = [];
      const notify = createNotify("linux", place, true, (command, args) => {
        calls.push([command, ...args]);
        return Promise.resolve({ code: calls.length === 1 ? 0 : 1, stdout: "", stderr: "no bus" });
      })!;
      assertEquals(await notify({ title: "-t", body: "$(id)" }, CALL), { ok: true });
      assertEquals(calls, [[program, "--app-name=OpenClaw", "--", "-t", "$(id)"]]);
      const error = await assertRejects(() => notify({ body: "b" }, CALL), AppError);
      assertEquals(error.message, "Cannot show the notification: no bus");
      await assertRejects(() => notify({}, CALL), AppError, "title or body required");
    });
  },
});
