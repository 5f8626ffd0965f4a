/**
 * Updates of the executable on a real systemd: there, back, and back by itself.
 *
 * `OPENCLAW_TEST_BINARY` names the executable to begin with, `OPENCLAW_TEST_NEXT_BINARY` one of another
 * version; `deno task prove:update --systemd` compiles both. Without them nothing is tested.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freePort } from "../../scripts/harness/ports.ts";
import { sha256OfFile } from "../../lib/update/mod.ts";
import { type Outcome, SystemdBox, whyNoBox } from "../harness/systemd_box.ts";

const OLD = Deno.env.get("OPENCLAW_TEST_BINARY");
const NEXT = Deno.env.get("OPENCLAW_TEST_NEXT_BINARY");
const UNIT = "openclaw-gateway.service";
const RESTART_MS = 30_000;
const reason = whyNoBox() ?? (OLD && NEXT ? undefined : "two executables are needed");

interface Place {
  readonly box: SystemdBox;
  readonly port: number;
  readonly program: string;
  readonly versions: { readonly old: string; readonly next: string };
  run(...args: string[]): Promise<Outcome>;
  version(): Promise<string>;
  served(): Promise<string>;
  /** A release with its checksum beside it. */
  release(name: string, make: (path: string) => Promise<void>): Promise<string>;
}

/** A home with a copy of the executable, installed as a service that serves. */
async function place(box: SystemdBox): Promise<Place> {
  await Deno.mkdir(`${box.home}/bin`);
  await Deno.mkdir(`${box.home}/releases`);
  const program = `${box.home}/bin/openclaw`;
  await Deno.copyFile(OLD!, program);
  const port = freePort();
  const run = (...args: string[]) => box.run(program, args);
  const version = async (path = program) =>
    /^OpenClaw (\S+)/.exec((await box.run(path, ["--version"])).stdout)?.[1] ?? "none";
  const install = await run("gateway", "install", "--port", String(port));
  assertEquals(install.code, 0, install.stdout + install.stderr);
  return {
    box,
    port,
    program,
    versions: { old: await version(), next: await version(NEXT!) },
    run,
    version: () => version(),
    async served() {
      const { stdout } = await run("gateway", "call", "status", "--json");
      return JSON.parse(stdout || "{}").runtimeVersion ?? "nothing";
    },
    async release(name, make) {
      const path = `${box.home}/releases/${name}`;
      await make(path);
      await Deno.chmod(path, 0o755);
      await Deno.writeTextFile(`${path}.sha256`, `${await sha256OfFile(path)}  ${name}\n`);
      return path;
    },
  };
}

function onSystemd(name: string, fn: (place: Place) => Promise<void>): void {
  Deno.test({
    name,
    ignore: reason !== undefined,
    async fn() {
      await using box = await SystemdBox.start();
      await fn(await place(box));
    },
  });
}

onSystemd(
  "openclaw update restarts the service with the other version, rollback goes back",
  async (at) => {
    const { run, versions } = at;
    const from = await at.release("next", (path) => Deno.copyFile(NEXT!, path));
    const update = await run("update", "--from", from, "--json");
    assertEquals(update.code, 0, update.stdout + update.stderr);
    const said = JSON.parse(update.stdout);
    assertEquals([said.result, said.from, said.to, said.restarted, said.notes], [
      "ok",
      versions.old,
      versions.next,
      true,
      [],
    ]);
    assertEquals([await at.version(), await at.served()], [versions.next, versions.next]);
    const status = JSON.parse((await run("gateway", "status", "--json")).stdout);
    assertEquals(status.service.configAudit.issues, []);
    const shown = JSON.parse((await run("update", "status", "--json")).stdout);
    assertEquals([shown.previous.version, shown.last.status], [versions.old, "ok"]);

    const back = await run("update", "rollback", "--yes");
    assertEquals(back.code, 0, back.stdout + back.stderr);
    assertStringIncludes(
      back.stdout,
      `OpenClaw was updated from ${versions.next} to ${versions.old}.`,
    );
    assertEquals([await at.version(), await at.served()], [versions.old, versions.old]);
  },
);

onSystemd(
  "a version that serves when tried and not as a service is taken back by itself",
  async (at) => {
    const { box, run, versions } = at;
    // Refuses to be the service, and nothing else.
    const from = await at.release("broken", async (path) => {
      await Deno.copyFile(NEXT!, `${box.home}/releases/real`);
      await Deno.chmod(`${box.home}/releases/real`, 0o755);
      await Deno.writeTextFile(
        path,
        `#!/bin/sh\n[ -n "$OPENCLAW_SERVICE_MARKER" ] && exit 3\nexec '${box.home}/releases/real' "$@"\n`,
      );
    });
    const update = await run("update", "--from", from);
    assertEquals(update.code, 1, update.stdout + update.stderr);
    assertMatch(update.stderr, /Version \S+ is back in place/);
    assertEquals([await at.version(), await at.served()], [versions.old, versions.old]);
    const status = JSON.parse((await run("update", "status", "--json")).stdout);
    assertEquals(status.last.status, "rolled-back");
    assertEquals(status.previous, null);
  },
);

onSystemd("a corrupt file, a damaged one and one that ends at once change nothing", async (at) => {
  const { run, versions, box } = at;
  const { MainPID } = await box.show(UNIT);
  const cut = await at.release("cut", (path) => Deno.copyFile(NEXT!, path));
  await Deno.truncate(cut, 50_000_000);
  const ends = await at.release("ends", (path) =>
    Deno.writeTextFile(
      path,
      '#!/bin/sh\n[ "$1" = --version ] && { echo "OpenClaw 2027.1.1 (x)"; exit; }\n' +
        '[ "$1" = config ] && exit 0\necho "no way" >&2\nexit 9\n',
    ));
  const cases: [from: string, code: string][] = [
    [cut, "UPDATE_CHECKSUM_MISMATCH"],
    [ends, "UPDATE_PROBE_FAILED"],
  ];
  for (const [from, code] of cases) {
    const { code: exit, stdout } = await run("update", "--from", from, "--json");
    assertEquals([exit, JSON.parse(stdout).error.code], [1, code], stdout);
  }
  assertEquals([await at.version(), await at.served()], [versions.old, versions.old]);
  assertEquals((await box.show(UNIT)).MainPID, MainPID);
});

onSystemd(
  "an updater that is killed while the service restarts leaves a version that serves",
  async (at) => {
    const { box, run, versions } = at;
    const from = await at.release("next", (path) => Deno.copyFile(NEXT!, path));
    const journal = `${box.home}/.openclaw/update/journal.json`;
    const updating = box.run("sh", [
      "-c",
      `'${at.program}' update --from '${from}' & echo $!; wait`,
    ]);
    await box.until(
      async () => (await Deno.readTextFile(journal).catch(() => "")).includes('"restarting"'),
      "the files are exchanged",
      RESTART_MS,
    );
    await box.run("pkill", ["-KILL", "-f", "openclaw update --from"]);
    await updating;
    await box.until(
      async () => ["active", "activating"].includes((await box.show(UNIT)).ActiveState ?? ""),
      "the service is there",
      RESTART_MS,
    );
    const again = await run("update", "--from", from);
    assertEquals(again.code, 0, again.stdout + again.stderr);
    await box.until(async () => await at.served() === versions.next, "it serves", RESTART_MS);
    assertEquals(await at.version(), versions.next);
    assertEquals(await Deno.stat(journal).catch(() => "gone"), "gone");
  },
);

onSystemd(
  "update.run updates through the gateway, and the session that asked is told",
  async (at) => {
    const { box, run, port, versions, program } = at;
    const from = await at.release("next", (path) => Deno.copyFile(NEXT!, path));
    const size = (await Deno.stat(from)).size;
    const index = {
      version: versions.next,
      channel: "stable",
      assets: [{ target: "linux-x64", url: "next", sha256: await sha256OfFile(from), size }],
    };
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) =>
        request.url.endsWith(".json")
          ? Response.json(index)
          : new Response((await Deno.open(from)).readable),
    );
    const url = `http://127.0.0.1:${server.addr.port}/index.json`;
    assertEquals((await run("config", "set", "update.url", url)).code, 0);
    const check = JSON.parse((await run("update", "--check", "--json")).stdout);
    assertEquals([check.current, check.available, check.isNewer], [
      versions.old,
      versions.next,
      true,
    ]);
    await box.until(async () => await at.served() === versions.old, "it serves", RESTART_MS);
    const params = JSON.stringify({ sessionKey: "main", note: "asked for in a test" });
    let asked: Outcome | undefined;
    await box.until(
      async () => {
        asked = await run("gateway", "call", "update.run", "--params", params, "--json");
        return asked.code === 0;
      },
      `the updater starts: ${asked?.stderr}`,
      RESTART_MS,
    );
    await box.until(async () => await at.served() === versions.next, "it is updated", 60_000);
    assertEquals(await at.version(), versions.next);
    await box.until(
      async () => {
        const { stdout } = await run("gateway", "call", "update.status", "--json");
        return JSON.parse(stdout || "{}").sentinel?.status === "ok";
      },
      "its end is told",
      RESTART_MS,
    );
    const params2 = JSON.stringify({ sessionKey: "main", limit: 10 });
    await box.until(
      async () => {
        const { stdout } = await run(
          "gateway",
          "call",
          "chat.history",
          "--params",
          params2,
          "--json",
        );
        return stdout.includes("asked for in a test");
      },
      "the session is told",
      RESTART_MS,
    );
    assert(port > 0 && program !== "");
  },
);
