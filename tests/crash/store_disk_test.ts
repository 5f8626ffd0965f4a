/**
 * The session store on a full disk and in a folder that cannot be written.
 *
 * Both run in a process of their own: the one needs a small file system, the other must not be root.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { systemClock as clock } from "../../lib/platform/mod.ts";
import { SessionStore } from "../../lib/sessions/mod.ts";
import { DATABASE_FILE_NAME } from "../../lib/store/mod.ts";
import type { Line } from "./_store_child.ts";

const CHILD = fromFileUrl(new URL("./_store_child.ts", import.meta.url));
const CHILD_ARGS = ["run", "-A", "--no-check", CHILD];
const MOUNT_SMALL_DISK = 'mount -t tmpfs -o size=3m tmpfs "$0" && exec "$@"';

async function canMount(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    const args = ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"];
    return (await new Deno.Command("unshare", { args, stderr: "null" })
      .output()).success;
  } catch {
    // No unshare on this machine.
    return false;
  }
}

async function withFolder(test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "store-disk-" });
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function lines(command: Deno.Command): Promise<Line[]> {
  const { stdout, stderr, success } = await command.output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test({
  name: "SessionStore refuses writes on a full disk and goes on when there is room",
  ignore: !await canMount(),
  fn: () =>
    withFolder(async (folder) => {
      const inside = [folder, Deno.execPath(), ...CHILD_ARGS, "fill", folder];
      const args = ["-rm", "sh", "-c", MOUNT_SMALL_DISK, ...inside];
      const [failed, done] = await lines(new Deno.Command("unshare", { args }));
      assert(failed?.kind === "failed" && done?.kind === "done", JSON.stringify([failed, done]));
      assertEquals(failed.code, "STORE_WRITE_FAILED");
      assertStringIncludes(failed.message, "the disk is full");
      assert(done.messages > 20, `${done.messages}`);
    }),
});

/** Takes from root the power to ignore permissions; they then hold for it as for its files' owner. */
const WITHOUT_POWER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];

/** A command that permissions stop, whoever runs the tests. */
function stoppable(command: string[]): Deno.Command {
  const [program = "", ...args] = Deno.uid() === 0 ? [...WITHOUT_POWER, ...command] : command;
  return new Deno.Command(program, { args });
}

async function canBeStopped(): Promise<boolean> {
  if (Deno.build.os === "windows") return false;
  try {
    return (await stoppable(["true"]).output()).success;
  } catch {
    // No setpriv on this machine.
    return false;
  }
}

Deno.test({
  name: "SessionStore.open() names a folder that cannot be written",
  ignore: !await canBeStopped(),
  fn: () =>
    withFolder(async (folder) => {
      const stateDir = join(folder, "state");
      await Deno.mkdir(stateDir);
      await Deno.chmod(stateDir, 0o555);
      for (const prepared of ["empty", "filled", "readable"]) {
        if (prepared === "filled") {
          await Deno.chmod(stateDir, 0o755);
          (await SessionStore.open({ stateDir, clock })).close();
          await Deno.chmod(stateDir, 0o555);
        }
        if (prepared === "readable") {
          await Deno.chmod(join(stateDir, DATABASE_FILE_NAME), 0o444);
        }
        const [line] = await lines(stoppable([Deno.execPath(), ...CHILD_ARGS, "open", stateDir]));
        assert(line?.kind === "failed", `${prepared}: ${JSON.stringify(line)}`);
        assertEquals(line.code, "PERMISSION_DENIED", prepared);
        assertStringIncludes(line.message, join(stateDir, DATABASE_FILE_NAME));
        assert(line.hint !== undefined);
      }
      await Deno.chmod(stateDir, 0o755);
    }),
});
