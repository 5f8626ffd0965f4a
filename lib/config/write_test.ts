import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { AppError, type Clock, envOf, sha256Hex } from "../base/mod.ts";
import { setConfigValue } from "./edit/mod.ts";
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

Deno.test("writeConfig() keeps every version once, under its hash", async () => {
  const first = '{"gateway":{"mode":"local"}} // one';
  await inPlace(first, async ({ paths, write }) => {
    const second = '{"gateway":{"mode":"local"}} // two';
    const { hash } = await write(second);
    await write(first, { baseHash: hash });
    const folder = `${paths.stateDir}/config-history`;
    for (const text of [first, second]) {
      assertEquals(await Deno.readTextFile(`${folder}/${await sha256Hex(text)}.json5`), text);
    }
    const lines = (await Deno.readTextFile(`${folder}/index.jsonl`)).trim().split("\n");
    assertEquals(lines.map((line) => JSON.parse(line).ts), [CLOCK.now(), CLOCK.now()]);
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
