import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../base/mod.ts";
import { osName } from "../platform/mod.ts";
import type { ExecApprovalsFile } from "../protocol/mod.ts";
import { addEntries } from "./entries.ts";
import {
  changeExecPolicy,
  type ExecPolicyPlace,
  loadExecPolicy,
  readExecPolicy,
  writeExecPolicy,
} from "./policy_file.ts";

async function withPlace(test: (place: ExecPolicyPlace) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "openclaw-exec-" });
  try {
    await test({ stateDir: join(root, "state"), home: join(root, "home") });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const FILE: ExecApprovalsFile = {
  version: 1,
  agents: { main: { security: "allowlist", allowlist: [{ pattern: "ls", note: "kept" }] } },
};

Deno.test("readExecPolicy() prefers the state folder to the home folder", async () => {
  await withPlace(async (place) => {
    const none = await readExecPolicy(place);
    assertEquals([none.exists, none.file], [false, { version: 1 }]);
    const old = join(place.home, ".openclaw");
    await Deno.mkdir(old, { recursive: true });
    await Deno.writeTextFile(join(old, "exec-approvals.json"), JSON.stringify(FILE));
    const fallback = await readExecPolicy(place);
    assertEquals(fallback.readFrom, join(old, "exec-approvals.json"));
    assertEquals(fallback.path, join(place.stateDir, "exec-approvals.json"));
    assertEquals(fallback.file, FILE);
    await writeExecPolicy(place, { version: 1, agents: {} }, fallback.hash);
    assertEquals((await readExecPolicy(place)).file, { version: 1, agents: {} });
    assertEquals(JSON.parse(await Deno.readTextFile(fallback.readFrom!)), FILE);
  });
});

Deno.test("writeExecPolicy() is private, keeps what it does not know, and wants the last hash", async () => {
  await withPlace(async (place) => {
    const first = await writeExecPolicy(place, FILE, undefined);
    assertEquals(first.file, FILE);
    if (osName() !== "windows") {
      assertEquals((await Deno.stat(first.path)).mode! & 0o777, 0o600);
    }
    const error = await assertRejects(() => writeExecPolicy(place, FILE, undefined), AppError);
    assertEquals(error.code, "EXEC_POLICY_CHANGED");
    assertStringIncludes(error.message, "base hash required");
    const stale = await assertRejects(() => writeExecPolicy(place, FILE, "0".repeat(64)), AppError);
    assertStringIncludes(stale.message, "changed since last load");
    const second = await writeExecPolicy(place, { version: 1 }, first.hash);
    assertEquals(second.hash === first.hash, false);
  });
});

Deno.test("writeExecPolicy() keeps the token that readers are not shown", async () => {
  await withPlace(async (place) => {
    const socket = { path: "/a", token: "secret" };
    const { hash } = await writeExecPolicy(place, { version: 1, socket }, undefined);
    const { file } = await writeExecPolicy(place, { version: 1, socket: { path: "/b" } }, hash);
    assertEquals(file.socket, { token: "secret", path: "/b" });
  });
});

Deno.test("a policy that is not understood denies everything and is not written over unseen", async () => {
  await withPlace(async (place) => {
    await Deno.mkdir(place.stateDir, { recursive: true });
    const path = join(place.stateDir, "exec-approvals.json");
    const cases = [
      "{",
      "[]",
      '{"version":2}',
      '{"version":1,"defaults":{"security":"yes"}}',
      '{"version":1,"agents":{"main":{"allowlist":[{"pattern":""}]}}}',
    ];
    for (const text of cases) {
      await Deno.writeTextFile(path, text);
      const { file, problem } = await readExecPolicy(place);
      assertEquals([file.defaults?.security, typeof problem], ["deny", "string"], text);
      for (const use of [() => loadExecPolicy(place), () => changeExecPolicy(place, () => FILE)]) {
        const error = await assertRejects(use, AppError);
        assertEquals(error.code, "EXEC_POLICY_INVALID");
      }
      assertEquals(await Deno.readTextFile(path), text);
    }
  });
});

Deno.test("changeExecPolicy() loses no change of writers side by side", async () => {
  await withPlace(async (place) => {
    const names = ["a", "b", "c"];
    await Promise.all(
      names.map((pattern) =>
        changeExecPolicy(place, (file) => addEntries(file, "main", [{ pattern }]))
      ),
    );
    const { file } = await loadExecPolicy(place);
    assertEquals(file.agents?.main?.allowlist?.map(({ pattern }) => pattern).sort(), names);
    const { hash } = await loadExecPolicy(place);
    const same = await changeExecPolicy(place, (file) => addEntries(file, "main", []));
    assertEquals(same.hash, hash);
  });
});
