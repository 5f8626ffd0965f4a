/**
 * Updates where the machine is in the way: a full disk, a folder of somebody else, programs that end,
 * hang or do not stop when they are tried.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { AppError, envOf } from "../../lib/base/mod.ts";
import { runCommand, systemClock } from "../../lib/platform/mod.ts";
import { createUpdateWorld, OLD, servedVersion } from "../../lib/update/testing/world_test.ts";
import { askVersion, probeProgram, readJournal, readOutcome } from "../../lib/update/mod.ts";
import type { Job } from "./_update_child.ts";

const CHILD = fromFileUrl(new URL("./_update_child.ts", import.meta.url));
const CHILD_ARGS = ["run", "-A", "--no-check", CHILD];
const NEW = "2026.6.1";

async function succeeds(program: string, args: string[]): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    return (await new Deno.Command(program, { args, stderr: "null" }).output()).success;
  } catch {
    // There is no such program on this machine.
    return false;
  }
}

async function said(program: string, args: string[]): Promise<Record<string, string>> {
  const { stdout, stderr, success } = await new Deno.Command(program, { args }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test({
  name: "an update on a full disk names it and changes nothing",
  ignore: !await succeeds("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]),
  async fn() {
    await using world = await createUpdateWorld();
    const release = await world.release({ version: NEW });
    // Larger than the disk of the program; what it is does not matter, it never gets to run.
    await Deno.writeFile(release.from, new Uint8Array(3_000_000).fill(10));
    const text = await Deno.readFile(release.from);
    const digest = await crypto.subtle.digest("SHA-256", text);
    const sha256 = [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
    const job: Job = { kind: "update", version: OLD.version, release: { ...release, sha256 } };
    const bin = join(world.dir, "bin");
    const script = 'cp -a "$0" "$0.copy" && mount -t tmpfs -o size=1m tmpfs "$0" && ' +
      'cp -a "$0.copy/." "$0" && "$@" && ls -A "$0" >&2 && "$0/openclaw" --version >&2';
    const { stdout, stderr } = await new Deno.Command("unshare", {
      args: [
        ...["-rm", "sh", "-c", script, bin],
        ...[Deno.execPath(), ...CHILD_ARGS, world.dir, JSON.stringify(job)],
      ],
    }).output();
    const outcome = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(outcome.code, "DISK_FULL", JSON.stringify(outcome));
    const left = new TextDecoder().decode(stderr);
    assertStringIncludes(left, `openclaw\nOpenClaw ${OLD.version} (stand-in)`);
    assertEquals((await readOutcome(world.stateDir))?.status, "failed");
    assertEquals(await readJournal(world.stateDir), undefined);
    assertEquals(await servedVersion(world.dir), OLD.version);
  },
});

/** Takes from root the power to ignore permissions. */
const WITHOUT_POWER = ["--bounding-set=-dac_override,-dac_read_search"];

Deno.test({
  name: "an update in a folder of somebody else names the command that may",
  ignore: !await succeeds("setpriv", [...WITHOUT_POWER, "true"]),
  async fn() {
    await using world = await createUpdateWorld();
    const release = await world.release({ version: NEW });
    await Deno.chmod(join(world.dir, "bin"), 0o555);
    try {
      const job: Job = { kind: "update", version: OLD.version, release };
      const outcome = await said("setpriv", [
        ...WITHOUT_POWER,
        Deno.execPath(),
        ...CHILD_ARGS,
        world.dir,
        JSON.stringify(job),
      ]);
      assertEquals(outcome.code, "UPDATE_NOT_WRITABLE");
      assertStringIncludes(outcome.message ?? "", "this user may not write there");
      assertStringIncludes(
        outcome.hint ?? "",
        `sudo ${world.program} update --no-restart --from ${release.from} --sha256 `,
      );
      assertEquals(await askVersion(world.program, runCommand), OLD.version);
      assertEquals(await readOutcome(world.stateDir), undefined);
    } finally {
      await Deno.chmod(join(world.dir, "bin"), 0o755);
    }
  },
});

/** Writes a program that does `gateway` in place of serving. */
async function tried(world: { dir: string; stateDir: string }, gateway: string, budgetMs: number) {
  const program = join(world.dir, "tried");
  const text = `#!/bin/sh\n[ "$1" = config ] && exit 0\n${gateway}\n`;
  await Deno.writeTextFile(program, text, { mode: 0o755 });
  return await probeProgram({
    program,
    id: "0a0b0c0d",
    stateDir: world.stateDir,
    env: envOf({ PATH: Deno.env.get("PATH") ?? "" }),
    clock: systemClock,
    runCommand,
    configPath: join(world.dir, "openclaw.json"),
    budgetMs,
  });
}

const SERVER = `const port = Number(Deno.args[Deno.args.indexOf("--port") + 1]);
const state = Deno.env.get("OPENCLAW_STATE_DIR");
const config = JSON.parse(Deno.readTextFileSync(Deno.env.get("OPENCLAW_CONFIG_PATH")));
if (!Deno.statSync(state + "/openclaw.sqlite").isFile) throw new Error("no copy");
if (config.cron.enabled !== false || config.channels) throw new Error("it would act");
if (Deno.args[0] === "deaf") Deno.addSignalListener("SIGTERM", () => {});
Deno.serve({ port, hostname: "127.0.0.1" }, () => new Response("ok"));`;

Deno.test("a trial serves with a copy of the state, and leaves nothing behind", async () => {
  await using world = await createUpdateWorld();
  const server = join(world.dir, "server.js");
  await Deno.writeTextFile(server, SERVER);
  const serve = `exec '${Deno.execPath()}' run -A --no-config ${server} ready "$@"`;
  assertEquals(await tried(world, serve, 30_000), []);
  const left = [...Deno.readDirSync(join(world.stateDir, "update"))].map(({ name }) => name);
  assertEquals(left, []);
});

Deno.test("a trial tells what a program said that ends, and does not wait for one that hangs", async () => {
  await using world = await createUpdateWorld();
  const ends = await assertRejects(() => tried(world, "echo no way >&2; exit 9", 5000), AppError);
  assertEquals(ends.code, "UPDATE_PROBE_FAILED");
  assertStringIncludes(ends.message, "it ended with exit status 9\nno way");
  const hangs = await assertRejects(() => tried(world, "exec sleep 60", 300), AppError);
  assertStringIncludes(hangs.message, "it does not serve after 0 s");
});
