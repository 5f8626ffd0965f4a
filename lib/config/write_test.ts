import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { AppError, type Clock, envOf, sha256Hex } from "../base/mod.ts";
import { setConfigValue } from "./edit/mod.ts";
import {
  BY_HAND,
  findVersion,
  historyFolder,
  listVersions,
  readVersion,
  recordVersion,
} from "./history.ts";
import { REDACTED_VALUE } from "./redact.ts";
import type { ConfigPaths } from "./types.ts";
import { writeConfig, type WriteOptions, type WriteResult } from "./write.ts";

const CLOCK: Clock = { now: () => 1_700_000_000_000, monotonic: () => 0 };

interface Place {
  paths: ConfigPaths;
  write(raw: string, rest?: Partial<WriteOptions>): Promise<WriteResult>;
  read(): Promise<string>;
}

async function inPlace(content: string | undefined, use: (place: Place) => Promise<void>) {
  const dir = await Deno.makeTempDir();
  const paths: ConfigPaths = {
    home: dir,
    stateDir: `${dir}/state`,
    configPath: `${dir}/state/openclaw.json`,
    workspaceDir: `${dir}/workspace`,
  };
  try {
    if (content !== undefined) {
      await Deno.mkdir(paths.stateDir);
      await Deno.writeTextFile(paths.configPath, content);
    }
    const baseHash = content === undefined ? undefined : await sha256Hex(content);
    await use({
      paths,
      write: (raw, rest = {}) =>
        writeConfig({ paths, env: envOf({}), clock: CLOCK, baseHash, raw, ...rest }),
      read: () => Deno.readTextFile(paths.configPath),
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function codeOf(run: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => run, AppError)).code;
}

Deno.test("writeConfig() creates the file for its owner only", async () => {
  await inPlace(undefined, async ({ paths, write, read }) => {
    const result = await write('{"gateway":{"mode":"local"}}');
    assertEquals(await read(), '{"gateway":{"mode":"local"}}');
    assertEquals(result.hash, await sha256Hex(await read()));
    assertEquals(result.snapshot.config.gateway?.mode, "local");
    if (Deno.build.os !== "windows") {
      assertEquals((await Deno.stat(paths.configPath)).mode! & 0o777, 0o600);
    }
  });
});

Deno.test("writeConfig() keeps every version and notes who wrote it", async () => {
  const first = '{"gateway":{"mode":"local"}} // one';
  await inPlace(first, async ({ paths, write }) => {
    const second = '{"gateway":{"mode":"local","port":2}} // two';
    const origin = { by: "cli", action: "config set gateway.port" };
    const { hash } = await write(second, { origin });
    await write(first, { baseHash: hash });
    const folder = historyFolder(paths.stateDir);
    const [one, two] = [await sha256Hex(first), await sha256Hex(second)];
    assertEquals(await listVersions(folder, one), [
      { hash: one, ts: 1.7e12, origin: BY_HAND, bytes: 35, taken: true },
      {
        hash: two,
        ts: 1.7e12,
        parent: one,
        origin,
        paths: ["gateway.port"],
        bytes: 44,
        taken: true,
      },
      {
        hash: one,
        ts: 1.7e12,
        parent: two,
        origin: { by: "program", action: "write" },
        paths: ["gateway.port"],
        bytes: 35,
        taken: true,
      },
    ]);
    for (const text of [first, second]) {
      const content = await readVersion(folder, await sha256Hex(text));
      assertEquals(new TextDecoder().decode(content), text);
    }
  });
});

Deno.test("writeConfig() notes what a hand wrote between two writes", async () => {
  await inPlace("{}", async ({ paths, write }) => {
    await write("{ui:{}}");
    const byHand = "{ui:{},cron:{}} // mine";
    await Deno.writeTextFile(paths.configPath, byHand);
    const { hash } = await write("{ui:{},cron:{enabled:true}}", {
      baseHash: await sha256Hex(byHand),
    });
    const versions = await listVersions(historyFolder(paths.stateDir), hash);
    assertEquals(versions.map(({ origin, taken }) => [origin?.by, taken]), [
      ["outside", true],
      ["program", true],
      ["outside", true],
      ["program", true],
    ]);
    assertEquals(versions[2]?.hash, await sha256Hex(byHand));
  });
});

Deno.test("writeConfig() leaves a file alone that changed while it was written", async () => {
  await inPlace("{}", async ({ paths, write, read }) => {
    const byHand = "{cron:{}} // by hand";
    // The clock is asked after the file was read and before it is replaced.
    const clock: Clock = {
      now: () => (Deno.writeTextFileSync(paths.configPath, byHand), 5),
      monotonic: () => 0,
    };
    assertEquals(await codeOf(write("{ui:{}}", { clock })), "CONFIG_CHANGED");
    assertEquals(await read(), byHand);
    const { hash } = await write("{cron:{},ui:{}}", { baseHash: await sha256Hex(byHand) });
    const versions = await listVersions(historyFolder(paths.stateDir), hash);
    const expected = ["{}", byHand, "{cron:{},ui:{}}"];
    assertEquals(
      versions.map((version) => version.hash),
      await Promise.all(expected.map((text) => sha256Hex(text))),
    );
  });
});

Deno.test("listVersions() tells which write a crash cut short", async () => {
  await inPlace("{}", async ({ paths, write }) => {
    const { hash } = await write("{ui:{}}");
    const folder = historyFolder(paths.stateDir);
    const entry = { hash: "c".repeat(64), ts: 1, parent: hash };
    await recordVersion(folder, { entry, content: new Uint8Array([1]) });
    const before = await listVersions(folder, hash);
    assertEquals(before.map(({ taken }) => taken), [true, true, false]);
    const next = await write("{cron:{},ui:{}}", { baseHash: hash });
    const after = await listVersions(folder, next.hash);
    assertEquals(after.map(({ taken }) => taken), [true, true, false, true]);
  });
});

Deno.test("writeConfig() goes on behind a line that a crash cut off", async () => {
  await inPlace("{}", async ({ paths, write }) => {
    const { hash } = await write("{ui:{}}");
    const folder = historyFolder(paths.stateDir);
    await Deno.writeTextFile(`${folder}/index.jsonl`, '{"hash":"ab', { append: true });
    const next = await write("{ui:{seamColor:'#fff'}}", { baseHash: hash });
    const versions = await listVersions(folder, next.hash);
    assertEquals(versions.map((version) => version.hash).slice(-2), [hash, next.hash]);
  });
});

Deno.test("writeConfig() removes what a killed writer left", async () => {
  await inPlace("{}", async ({ paths, write }) => {
    const dead = `${paths.stateDir}/.openclaw.json.4194305.0123abcd.tmp`;
    const alive = `${paths.stateDir}/.openclaw.json.${Deno.pid}.0123abcd.tmp`;
    for (const file of [dead, alive]) await Deno.writeTextFile(file, "half");
    await write("{ui:{}}");
    const names = [...Deno.readDirSync(paths.stateDir)].map(({ name }) => name).sort();
    assertEquals(names, [
      alive.slice(paths.stateDir.length + 1),
      "config-history",
      "openclaw.json",
    ]);
  });
});

Deno.test("readVersion() refuses a version that was altered or is gone", async () => {
  await inPlace("{}", async ({ paths, write }) => {
    const { hash } = await write("{ui:{}}");
    const folder = historyFolder(paths.stateDir);
    await Deno.writeTextFile(`${folder}/${hash}.json5`, "{}");
    assertEquals(await codeOf(readVersion(folder, hash)), "CONFIG_VERSION_DAMAGED");
    assertEquals(await codeOf(readVersion(folder, "0".repeat(64))), "CONFIG_VERSION_NOT_FOUND");
    const versions = await listVersions(folder, hash);
    assertEquals(findVersion(versions, hash.slice(0, 6)).hash, hash);
    for (const prefix of ["", "zz"]) assertThrows(() => findVersion(versions, prefix), AppError);
  });
});

Deno.test("writeConfig() refuses a text that is based on something else", async () => {
  await inPlace("{}", async ({ write, read }) => {
    assertEquals(await codeOf(write("{ui:{}}", { baseHash: undefined })), "CONFIG_CHANGED");
    const stale = await assertRejects(
      () => write("{ui:{}}", { baseHash: "0".repeat(64) }),
      AppError,
      "config changed since last load; re-run config.get and retry",
    );
    assertEquals([stale.code, stale.retryable], ["CONFIG_CHANGED", true]);
    assertEquals(await read(), "{}");
  });
});

Deno.test("writeConfig() lets only one of two writers with the same base win", async () => {
  await inPlace("{}", async ({ write, read }) => {
    const texts = Array.from({ length: 6 }, (_, i) => `{ui:{assistant:{name:"n${i}"}}}`);
    const results = await Promise.allSettled(texts.map((text) => write(text)));
    assertEquals(results.filter(({ status }) => status === "fulfilled").length, 1);
    assert(texts.includes(await read()));
  });
});

Deno.test("writeConfig() refuses an invalid text", async () => {
  await inPlace("{}", async ({ write, read }) => {
    const error = await assertRejects(() => write('{gateway:{port:"x"}}'), AppError);
    assertEquals(error.code, "CONFIG_INVALID");
    assertMatch(error.message, /^invalid config: gateway\.port: /);
    assertEquals(await codeOf(write("{")), "CONFIG_UNREADABLE");
    assertEquals(
      await codeOf(write(`{gateway:{auth:{token:"${REDACTED_VALUE}"}}}`)),
      "CONFIG_INVALID",
    );
    assertEquals(await read(), "{}");
  });
});

Deno.test("writeConfig() refuses to lose configuration unless forced", async () => {
  const long = `{gateway:{mode:"local",port:1},ui:{},/* ${"x".repeat(600)} */}`;
  const rows: [string, string, RegExp][] = [
    [long, '{gateway:{mode:"local",port:1},ui:{}}', /shrink from \d+ to \d+ bytes/],
    ["{ui:{},cron:{}}", "{ui:{}}", /sections cron would be lost/],
    ['{gateway:{mode:"local",port:1}}', "{gateway:{port:1}}", /gateway\.mode would be lost/],
  ];
  for (const [before, after, reason] of rows) {
    await inPlace(before, async ({ write, read }) => {
      const error = await assertRejects(() => write(after), AppError);
      assertEquals(error.code, "CONFIG_WRITE_DESTRUCTIVE");
      assertMatch(error.message, reason);
      assertEquals(await read(), before);
      await write(after, { force: true });
      assertEquals(await read(), after);
    });
  }
});

Deno.test("writeConfig() lets sections go that were named, and no others", async () => {
  const long = `"${"x".repeat(900)}"`;
  const before = `{gateway:{mode:"local"},ui:{prefs:{a:${long}}},cron:{webhook:${long}}}`;
  const rows: [string, string[], string | undefined][] = [
    ['{gateway:{mode:"local"}}', ["ui"], "the sections cron would be lost"],
    ['{gateway:{mode:"local"}}', ["ui", "cron"], undefined],
    [`{ui:{},cron:{webhook:${long}}}`, ["gateway", "ui"], undefined],
    [`{gateway:{mode:"local"},ui:{},cron:{}}`, ["ui"], "would shrink"],
    [`{gateway:{mode:"local"},ui:{},cron:{webhook:${long}}}`, ["ui"], undefined],
  ];
  for (const [after, replaceSections, refusal] of rows) {
    await inPlace(before, async ({ write }) => {
      const written = write(after, { replaceSections });
      if (refusal === undefined) await written;
      else await assertRejects(() => written, AppError, refusal);
    });
  }
});

Deno.test("writeConfig() does not write under Nix", async () => {
  await inPlace("{}", async ({ write }) => {
    const env = envOf({ OPENCLAW_NIX_MODE: "1" });
    assertEquals(await codeOf(write("{ui:{}}", { env })), "CONFIG_READ_ONLY");
  });
});

Deno.test("writeConfig() with setConfigValue() changes one line of a file", async () => {
  const text = "// mine\n{\n  gateway: {\n    mode: 'local', // here\n    port: 1,\n  },\n}\n";
  await inPlace(text, async ({ write, read }) => {
    await write(await setConfigValue(text, "gateway.port", 2));
    assertEquals(await read(), text.replace("port: 1", "port: 2"));
  });
});
