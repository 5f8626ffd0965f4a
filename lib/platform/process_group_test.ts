import { assert, assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { isProcessAlive } from "./process.ts";
import { spawnGroup } from "./process_group.ts";

const SH = "/bin/sh";
const ignore = Deno.build.os === "windows";

async function text(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).text();
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert(tries < 500, "the condition did not come true");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test({
  name: "spawnGroup() gives the program its variables, folder and arguments and no others",
  ignore,
  async fn() {
    const group = spawnGroup({
      program: SH,
      args: ["-c", 'echo "$1|$A|$PATH|$(pwd)"; echo bad >&2; exit 3', "sh", "one two"],
      cwd: "/",
      env: { A: "b", PATH: "/nowhere" },
    });
    const [out, err, exit] = await Promise.all([
      text(group.stdout),
      text(group.stderr),
      group.exit,
    ]);
    assertEquals(out, "one two|b|/nowhere|/\n");
    assertEquals(err, "bad\n");
    assertEquals(exit, { code: 3 });
  },
});

Deno.test({
  name: "ProcessGroup.kill() ends what the program has started too",
  ignore,
  async fn() {
    const group = spawnGroup({
      program: SH,
      args: ["-c", "sleep 600 & echo $!; wait"],
      env: { PATH: "/usr/bin:/bin" },
    });
    const reader = group.stdout.getReader();
    const first = await reader.read();
    const grandchild = Number(new TextDecoder().decode(first.value));
    assert(isProcessAlive(grandchild));
    group.kill();
    assertEquals(await group.exit, { signal: "SIGKILL" });
    await until(() => !isProcessAlive(grandchild));
    group.kill();
    await reader.cancel();
    await group.stderr.cancel();
  },
});

Deno.test("spawnGroup() names a program that is not there", () => {
  const error = assertThrows(
    () => spawnGroup({ program: "/nonexistent/program", args: [], env: {} }),
    AppError,
  );
  assertEquals(error.code, "COMMAND_NOT_FOUND");
});

Deno.test({
  name: "ProcessGroup.kill() does not throw for a process of another user",
  ignore,
  async fn() {
    const refuse = () => {
      throw new Deno.errors.PermissionDenied("Operation not permitted");
    };
    const group = spawnGroup({ program: SH, args: ["-c", "exit 0"], env: {} }, "linux", refuse);
    group.kill();
    assertEquals(await group.exit, { code: 0 });
    await Promise.all([group.stdout.cancel(), group.stderr.cancel()]);
  },
});
