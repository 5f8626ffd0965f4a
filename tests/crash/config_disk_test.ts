/**
 * Writes of the configuration on a full disk, in a folder that cannot be written and on a disk that
 * fails: the error has a name, the file stays as it is, and a gateway keeps serving.
 *
 * The gateways run in processes of their own: one needs a small file system, one must not be root,
 * and one is told by strace that its disk fails.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { RunningGateway } from "../../scripts/harness/gateway.ts";
import { type Program, sourceProgram, World } from "../../scripts/harness/program.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const CONFIG = '// mine\n{\n  gateway: { mode: "local" },\n}\n';
const UNSHARE = "/usr/bin/unshare";
const SETPRIV = "/usr/bin/setpriv";
const STRACE = "/usr/bin/strace";
/** `$0` is the folder that the small disk is put on, `$1` its first file. */
const ON_SMALL_DISK =
  '/usr/bin/mount -t tmpfs -o size=64k tmpfs "$0" && /usr/bin/cp "$1" "$0/openclaw.json" && shift && exec "$@"';

async function works(program: string, args: string[]): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    // Not installed on this machine.
    return false;
  }
}

/** The program behind other words, with its config in a folder of its own. */
async function inFolder(wrap: (folder: string) => string[]): Promise<{
  world: World;
  folder: string;
}> {
  const folder = await Deno.makeTempDir({ prefix: "config-disk-" });
  const { command, env } = await sourceProgram();
  const program: Program = { command: [...wrap(folder), ...command], env };
  const world = await World.create(program, {
    OPENCLAW_CONFIG_PATH: join(folder, "openclaw.json"),
  });
  return { world, folder };
}

async function patch(socket: TestSocket, patch: Frame): Promise<Frame> {
  const { payload } = await socket.call("config.get");
  const params = { raw: JSON.stringify(patch), baseHash: payload.hash };
  return await socket.call("config.patch", params);
}

async function seamColor(socket: TestSocket): Promise<unknown> {
  const { payload } = await socket.call("config.get");
  return payload.runtimeConfig.ui?.seamColor;
}

async function withGateway(
  world: World,
  test: (socket: TestSocket) => Promise<void>,
): Promise<void> {
  await using gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
  await gateway.ready();
  await using socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
  await test(socket);
}

Deno.test({
  name: "gateway: a config write on a full disk is refused by name, and it goes on",
  ignore: !await works(UNSHARE, ["-rm", "/usr/bin/mount", "-t", "tmpfs", "tmpfs", "/mnt"]),
  fn: async () => {
    const first = await Deno.makeTempFile();
    await Deno.writeTextFile(first, CONFIG);
    const { world, folder } = await inFolder((
      path,
    ) => [UNSHARE, "-rm", "/bin/sh", "-c", ON_SMALL_DISK, path, first]);
    try {
      await using _world = world;
      await withGateway(world, async (socket) => {
        const { payload: before } = await socket.call("config.get");
        const { error } = await patch(socket, { env: { vars: { BIG: "x".repeat(200_000) } } });
        assertEquals([error.code, error.details.code], ["UNAVAILABLE", "DISK_FULL"]);
        assertStringIncludes(error.message, "no space is left");
        const { payload: after } = await socket.call("config.get");
        assertEquals([after.hash, after.raw], [before.hash, CONFIG]);
        const small = await patch(socket, { ui: { seamColor: "#ff4500" } });
        assert(small.ok, JSON.stringify(small.error));
        assertEquals(await seamColor(socket), "#ff4500");
      });
    } finally {
      await Deno.remove(first);
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "gateway: a config folder that cannot be written is named, and it goes on",
  ignore: !await works(SETPRIV, ["--bounding-set=-dac_override,-dac_read_search", "/bin/true"]),
  fn: async () => {
    const { world, folder } = await inFolder(() => [
      SETPRIV,
      "--bounding-set=-dac_override,-dac_read_search",
    ]);
    const file = join(folder, "openclaw.json");
    try {
      await using _world = world;
      await Deno.writeTextFile(file, CONFIG);
      await Deno.chmod(folder, 0o555);
      await withGateway(world, async (socket) => {
        const { error } = await patch(socket, { ui: { seamColor: "#ff4500" } });
        assertEquals([error.code, error.details.code], ["UNAVAILABLE", "PERMISSION_DENIED"]);
        assertStringIncludes(error.message, file);
        assertEquals(await Deno.readTextFile(file), CONFIG);
        await Deno.chmod(folder, 0o755);
        const again = await patch(socket, { ui: { seamColor: "#ff4500" } });
        assert(again.ok, JSON.stringify(again.error));
        assertEquals(await seamColor(socket), "#ff4500");
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Which syncs fail, as options of strace, and whether the file is the new one nevertheless. */
const FAILING: readonly [what: string, paths: (state: string) => string[], isNew: boolean][] = [
  ["every sync", () => [], false],
  ["the sync of the index", (state) => ["-P", `${state}/config-history/index.jsonl`], false],
  ["the sync after the rename", (state) => ["-P", state], true],
];

for (const [what, only, isNew] of FAILING) {
  Deno.test({
    name: `config set: the error has a name and the history is true when ${what} fails`,
    ignore: !await works(STRACE, ["-o", "/dev/null", "/bin/true"]),
    fn: async () => {
      const { command, env } = await sourceProgram();
      await using world = await World.create({ command, env });
      const state = join(world.root, "state");
      const file = join(state, "openclaw.json");
      await Deno.writeTextFile(file, CONFIG);
      const strace = [STRACE, "-f", "-qq", "-o", "/dev/null", ...only(state)];
      const inject = ["-e", "trace=fsync", "-e", "inject=fsync:error=EIO"];
      await using broken = await World.create(
        { command: [...strace, ...inject, ...command], env },
        { OPENCLAW_STATE_DIR: state },
      );
      const failed = await broken.run("config", "set", "ui.seamColor", "#ff4500", "--json");
      assertEquals(failed.code, 1, failed.stdout + failed.stderr);
      assertStringIncludes(failed.stdout + failed.stderr, "IO_ERROR");
      assertEquals(await Deno.readTextFile(file) !== CONFIG, isNew);

      const done = await world.run("config", "set", "logging.level", "debug");
      assertEquals(done.code, 0, done.stderr);
      const { stdout } = await world.run("config", "history", "--json");
      const rows: Frame[] = JSON.parse(stdout).versions;
      assertEquals(rows.map(({ action, taken }) => [action, taken]), [
        ["config set logging.level", true],
        ...(isNew ? [["config set ui.seamColor", true]] : []),
        ["edited outside", true],
      ]);
    },
  });
}
