import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { VERSION } from "../../base/mod.ts";
import { runCommand } from "../../platform/mod.ts";
import { sha256OfFile } from "../../update/mod.ts";
import { createHome, type TestHome } from "../testing/run_test.ts";

/** A program that tells its version and can do nothing else. */
function standIn({ version }: { version: string }): string {
  return `#!/bin/sh\n[ "$1" = --version ] && { echo "OpenClaw ${version} (x)"; exit; }\nexit 1\n`;
}

/** A home whose program is a stand-in of this version, and which has no service manager. */
async function withProgram(
  test: (home: TestHome, program: string) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "openclaw-program-" });
  try {
    const program = join(dir, "openclaw");
    await Deno.writeTextFile(program, standIn({ version: VERSION }), { mode: 0o755 });
    await using home = await createHome({ executable: program, runCommand, env });
    await test(home, program);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** A program that answers to everything an update asks before it takes over. */
async function release(home: TestHome, version: string): Promise<string> {
  const path = join(home.dir, `openclaw-${version}`);
  await Deno.writeTextFile(path, standIn({ version }));
  await Deno.writeTextFile(`${path}.sha256`, `${await sha256OfFile(path)}  openclaw\n`);
  return path;
}

/** Serves texts by path until the end of `test`. */
async function withServer(
  answers: Record<string, string>,
  test: (url: string) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const text = answers[new URL(request.url).pathname];
    return new Response(text ?? "", { status: text === undefined ? 404 : 200 });
  });
  await test(`http://127.0.0.1:${server.addr.port}`);
}

Deno.test("update from the source is refused with what to do instead", async () => {
  await using home = await createHome();
  const { code, err } = await home.run("update", "--from", "/x");
  assertEquals(code, 1);
  assertMatch(err, /this is the source, not the executable[\s\S]*git pull/);
});

Deno.test("update without a source says how to name one, and asks nobody", async () => {
  await withProgram(async (home) => {
    for (const args of [["update"], ["update", "--check"], ["--update"]]) {
      const { code, err } = await home.run(...args);
      assertEquals(code, 78, args.join(" "));
      assertStringIncludes(err, "openclaw config set update.url https://");
    }
  });
});

Deno.test("update --check compares with the index of update.url", async () => {
  await withProgram(async (home) => {
    const asset = (target: string) => ({ target, url: "x", sha256: "a".repeat(64), size: 1 });
    const targets = ["linux-x64", "linux-arm64", "macos-x64", "macos-arm64", "windows-x64"];
    const index = (version: string) =>
      JSON.stringify({ version, channel: "stable", assets: targets.map(asset) });
    const answers = { "/stable/latest.json": index("2099.1.1"), "/old.json": index("2020.1.1") };
    await withServer(answers, async (url) => {
      const template = `${url}/{channel}/{version}.json`;
      assertEquals((await home.run("config", "set", "update.url", template)).code, 0);
      const newer = await home.run("update", "--check");
      assertEquals(newer.code, 0, newer.err);
      assertStringIncludes(newer.out, `OpenClaw 2099.1.1 is available, this is ${VERSION}.`);
      const older = await home.run("update", "--check", "--from", `${url}/old.json`, "--json");
      assertEquals(JSON.parse(older.out).isNewer, false);
      const nothing = await home.run("update", "--from", `${url}/gone.json`);
      assertEquals(nothing.code, 69);
      assertStringIncludes(nothing.err, "it answered 404");
    });
  });
});

Deno.test("update --from takes nothing without a checksum, and nothing older without a yes", async () => {
  await withProgram(async (home, program) => {
    const bare = join(home.dir, "bare");
    await Deno.writeTextFile(bare, "x");
    const unverified = await home.run("update", "--from", bare);
    assertEquals(unverified.code, 64);
    assertStringIncludes(unverified.err, `Cannot verify "${bare}": there is no ${bare}.sha256`);

    const older = await release(home, "2020.1.1");
    const args = ["update", "--from", older, "--to", "2020.1.1"];
    assertEquals((await home.run(...args)).code, 1);
    const no = await home.answer(["n"], ...args);
    assertStringIncludes(no.out, `Replace ${VERSION} by the older 2020.1.1? [y/N]`);
    assertEquals(no.code, 1);
    assertEquals(await Deno.readTextFile(program), standIn({ version: VERSION }));
  });
});

Deno.test("a failed trial is told, kept as the last update, and changes nothing", async () => {
  await withProgram(async (home, program) => {
    const from = await release(home, "2099.1.1");
    const { code, err } = await home.run("update", "--from", from, "--no-restart");
    // The stand-in has no command that would check a config.
    assertEquals(code, 1);
    assertStringIncludes(err, "it does not accept the configuration");
    assertEquals(await Deno.readTextFile(program), standIn({ version: VERSION }));
    const status = await home.run("update", "status", "--json");
    const { last, previous, underWay } = JSON.parse(status.out);
    assertEquals([last.status, previous, underWay], ["failed", null, null]);
    assertMatch((await home.run("update", "status")).out, /Last update\s+failed, /);
  });
});

Deno.test("update rollback without an earlier version says what to do", async () => {
  await withProgram(async (home) => {
    const { code, err } = await home.run("update", "rollback", "--yes");
    assertEquals(code, 1);
    assertMatch(err, /Cannot go back: there is no ".*openclaw.previous"[\s\S]*update --from/);
  });
});

Deno.test("update refuses options that make no sense, before anything is done", async () => {
  await withProgram(async (home) => {
    for (const args of [["--to", "newest"], ["--sha256", "ab"]]) {
      assertEquals((await home.run("update", ...args)).code, 64, args.join(" "));
    }
    const plain = await home.run("update", "--from", "http://releases.example.org/openclaw");
    assertEquals(plain.code, 64);
    assertStringIncludes(plain.err, "HTTPS is required");
  });
});

Deno.test("an older program does not touch the service of a newer config", async () => {
  const config = JSON.stringify({
    gateway: { mode: "local", auth: { token: "t" } },
    meta: { lastTouchedVersion: "2099.1.1" },
  });
  const ran: string[] = [];
  await using home = await createHome({
    config,
    runCommand: (command) => {
      ran.push(command);
      return Promise.resolve({ code: 0, stdout: "", stderr: "" });
    },
  });
  for (const verb of ["install", "start", "stop", "restart", "uninstall"]) {
    const { code, err } = await home.run("gateway", verb);
    assertEquals(code, 1, verb);
    assertStringIncludes(
      err,
      `Refusing to ${verb} the gateway service because this OpenClaw binary (${VERSION}) is older ` +
        "than the config last written by OpenClaw 2099.1.1",
    );
  }
  assertEquals(ran, []);
});
