import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../../base/mod.ts";
import { runTransform, type TransformPlace } from "./transforms.ts";

/** Runs `test` with a folder of scripts; `run` answers what a script returns. */
async function withScripts(
  scripts: Record<string, string>,
  test: (
    run: (module: string, name?: string, over?: Partial<TransformPlace>) => Promise<unknown>,
    folder: string,
    configDir: string,
  ) => Promise<void>,
): Promise<void> {
  const configDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const folder = join(configDir, "hooks", "transforms");
  await Deno.mkdir(join(folder, "below"), { recursive: true });
  for (const [name, text] of Object.entries(scripts)) {
    await Deno.writeTextFile(join(folder, name), text);
  }
  const scope = { payload: { secret: "word" }, headers: {}, path: "x" };
  try {
    await test(
      (module, name, over) =>
        runTransform(
          { configDir, transformsDir: undefined, ...over },
          { module, export: name },
          scope,
        ),
      folder,
      configDir,
    );
  } finally {
    await Deno.remove(configDir, { recursive: true });
  }
}

/** The reason for the log; every failure has the same message. */
async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error = await assertRejects(() => work, AppError);
  assertEquals([error.code, error.message], ["HOOK_MAPPING_FAILED", "hook mapping failed"]);
  return (error.details as { reason: string }).reason;
}

Deno.test("runTransform() calls the named function, else default, else transform", async () => {
  await withScripts({
    "all.mjs": `export default () => "default";
      export const transform = () => "transform";
      export const named = async ({ payload }) => ({ message: payload.secret });`,
    "one.js": `export function transform() { return null; }`,
    "below/deep.mjs": `export default () => "deep";`,
  }, async (run) => {
    assertEquals(await run("all.mjs"), "default");
    assertEquals(await run("all.mjs", "named"), { message: "word" });
    assertEquals(await run("one.js"), null);
    assertEquals(await run("below/deep.mjs"), "deep");
    assertEquals(await run("deep.mjs", undefined, { transformsDir: "below" }), "deep");
  });
});

Deno.test("runTransform() takes a changed script over", async () => {
  await withScripts({ "x.mjs": `export default () => 1;` }, async (run, folder) => {
    assertEquals(await run("x.mjs"), 1);
    await Deno.writeTextFile(join(folder, "x.mjs"), `export default () => 2;`);
    await Deno.utime(join(folder, "x.mjs"), 1, 1);
    assertEquals(await run("x.mjs"), 2);
  });
});

Deno.test("runTransform() stays within its folder, links followed", async () => {
  await withScripts({ "in.mjs": `export default () => 1;` }, async (run, folder, configDir) => {
    const outside = join(configDir, "outside.mjs");
    await Deno.writeTextFile(outside, `export default () => "outside";`);
    await Deno.symlink(outside, join(folder, "link.mjs"));
    await Deno.symlink(configDir, join(folder, "out"));
    await Deno.symlink(join(folder, "in.mjs"), join(folder, "fine.mjs"));
    const names = ["../../outside.mjs", "link.mjs", "out/outside.mjs", outside];
    for (const name of names) assertMatch(await reasonOf(run(name)), /is outside/);
    const dirs = ["..", "out", configDir];
    for (const transformsDir of dirs) {
      assertMatch(
        await reasonOf(run("outside.mjs", undefined, { transformsDir })),
        /outside|found/,
      );
    }
    assertEquals(await run("fine.mjs"), 1);
  });
});

Deno.test("runTransform() says what is wrong with a script, and nothing of the request", async () => {
  await withScripts({
    "types.ts": `export default () => 1;`,
    "broken.mjs": `export default (`,
    "none.mjs": `export const other = 1;`,
    "throws.mjs": `export default ({ payload }) => {\n  throw new TypeError(payload.secret);\n};`,
    "rejects.mjs": `export default async ({ payload }) => { throw payload.secret; };`,
    "hangs.mjs": `export default () => new Promise(() => {});`,
  }, async (run) => {
    assertMatch(await reasonOf(run("missing.mjs")), /"missing\.mjs" cannot be found/);
    assertMatch(await reasonOf(run("types.ts")), /is no \.mjs or \.js file/);
    assertMatch(await reasonOf(run("broken.mjs")), /"broken\.mjs" cannot be loaded/);
    assertMatch(await reasonOf(run("none.mjs")), /exports no function "default" or "transform"/);
    assertMatch(await reasonOf(run("none.mjs", "other")), /exports no function other/);
    assertEquals(await reasonOf(run("throws.mjs")), "its script threw TypeError at throws.mjs:2");
    assertEquals(await reasonOf(run("rejects.mjs")), "its script threw string");
    const reason = await reasonOf(run("hangs.mjs", undefined, { timeoutMs: 20 }));
    assertEquals(reason, "its script took longer than 20 ms");
  });
});
