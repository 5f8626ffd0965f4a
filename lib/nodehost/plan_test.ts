import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../base/mod.ts";
import { checkPlan, preparePlan, resolveRun } from "./plan.ts";

const ignore = Deno.build.os === "windows";

interface Place {
  /** Real path of a folder that is removed afterwards. */
  dir: string;
  path: string;
  folder: string;
}

async function withPlace(test: (place: Place) => Promise<void>): Promise<void> {
  const dir = await Deno.realPath(await Deno.makeTempDir({ prefix: "openclaw-plan-" }));
  try {
    await test({ dir, path: `${dir}:/usr/bin:/bin`, folder: dir });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function wish(argv: string[], cwd?: string) {
  return { argv, cwd, agentId: undefined, sessionKey: undefined };
}

async function program(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o755 });
}

Deno.test({
  name: "preparePlan() makes program and folder definite",
  ignore,
  async fn() {
    await withPlace(async (place) => {
      await Deno.mkdir(join(place.dir, "real"));
      await Deno.symlink(join(place.dir, "real"), join(place.dir, "link"));
      const plan = await preparePlan(
        { argv: ["cat", "a b"], cwd: join(place.dir, "link"), agentId: "main", sessionKey: "s" },
        place,
      );
      assert(/^\/(usr\/)?bin\/cat$/.test(plan.argv[0]!));
      assertEquals(plan, {
        argv: [plan.argv[0]!, "a b"],
        cwd: join(place.dir, "real"),
        commandText: `${plan.argv[0]} "a b"`,
        commandPreview: null,
        agentId: "main",
        sessionKey: "s",
      });
    });
  },
});

Deno.test({
  name: "resolveRun() refuses what does not exist",
  ignore,
  async fn() {
    await withPlace(async (place) => {
      const messageOf = async (argv: string[], cwd?: string) =>
        (await assertRejects(() => resolveRun(wish(argv, cwd), place), AppError)).message;
      assertEquals(
        await messageOf(["no-such-program"]),
        'SYSTEM_RUN_DENIED: approval requires a stable executable path ("no-such-program")',
      );
      await Deno.writeTextFile(join(place.dir, "plain"), "text");
      assert((await messageOf(["plain"])).includes("stable executable path"));
      assert((await messageOf([place.dir])).includes("stable executable path"));
      for (const cwd of ["/nonexistent", "relative", join(place.dir, "plain")]) {
        assertEquals(
          await messageOf(["cat"], cwd),
          `SYSTEM_RUN_DENIED: approval requires an existing canonical cwd ("${cwd}")`,
        );
      }
    });
  },
});

Deno.test({
  name: "checkPlan() refuses another command, another folder and a changed script",
  ignore,
  async fn() {
    await withPlace(async (place) => {
      const script = join(place.dir, "job.sh");
      await Deno.writeTextFile(script, "echo 1\n");
      const argv = ["sh", "-e", "job.sh"];
      const plan = await preparePlan(wish(argv, place.dir), place);
      assertEquals(plan.mutableFileOperand?.argvIndex, 2);
      assertEquals(plan.mutableFileOperand?.path, script);
      const check = async (words: string[], cwd: string | undefined) => {
        const asked = wish(words, cwd);
        await checkPlan(plan, asked, await resolveRun(asked, place));
      };
      await check(argv, place.dir);
      await check(plan.argv, place.dir);
      const refused = async (words: string[], cwd?: string) =>
        (await assertRejects(() => check(words, cwd), AppError)).message;
      const other = "SYSTEM_RUN_DENIED: approval is for another command";
      assertEquals(await refused([...argv, "more"], place.dir), other);
      assertEquals(await refused(["sh", "job.sh"], place.dir), other);
      assertEquals(await refused(argv, undefined), other);
      await Deno.writeTextFile(script, "echo 2\n");
      const changed = "SYSTEM_RUN_DENIED: approval script operand changed before execution";
      assertEquals(await refused(argv, place.dir), changed);
      await Deno.remove(script);
      assertEquals(await refused(argv, place.dir), changed);
    });
  },
});

Deno.test({
  name: "checkPlan() looks at the command itself, whatever the asker made of the plan",
  ignore,
  async fn() {
    await withPlace(async (place) => {
      const file = (name: string) => join(place.dir, name);
      for (const name of ["job.sh", "other.sh"]) await Deno.writeTextFile(file(name), "echo 1\n");
      await Deno.mkdir(file("real"));
      const asked = wish(["sh", "job.sh"], place.dir);
      const plan = await preparePlan(asked, place);
      const refused = async (over: Partial<typeof plan>, by = asked) =>
        (await assertRejects(
          async () => await checkPlan({ ...plan, ...over }, by, await resolveRun(by, place)),
          AppError,
        )).message;
      const missing = "SYSTEM_RUN_DENIED: approval missing script operand binding";
      assertEquals(await refused({ mutableFileOperand: undefined }), missing);
      assertEquals(await refused({ mutableFileOperand: null }), missing);
      const other = { ...plan.mutableFileOperand!, path: file("other.sh") };
      const changed = "SYSTEM_RUN_DENIED: approval script operand changed before execution";
      assertEquals(await refused({ mutableFileOperand: other }), changed);

      const inFolder = wish(["ls"], file("real"));
      const folderPlan = await preparePlan(inFolder, place);
      await Deno.remove(file("real"));
      await Deno.symlink(place.dir, file("real"));
      assertEquals(
        await refused({ ...folderPlan, mutableFileOperand: null }, inFolder),
        "SYSTEM_RUN_DENIED: approval cwd changed before execution",
      );
    });
  },
});

Deno.test({
  name: "preparePlan() finds the script of a command, and none where there is none",
  ignore,
  async fn() {
    await withPlace(async (place) => {
      await program(join(place.dir, "tool"), "#!/bin/sh\necho\n");
      const indexOf = async (...argv: string[]) =>
        (await preparePlan(wish(argv), place)).mutableFileOperand?.argvIndex;
      assertEquals(await indexOf("tool", "x"), 0);
      assertEquals(await indexOf("sh", "tool"), 1);
      assertEquals(await indexOf("sh", "-c", "tool"), undefined);
      assertEquals(await indexOf("cat", "tool"), undefined);
      assertEquals(await indexOf("nice", "-n", "5", "sh", "tool"), 4);
      assertEquals(await indexOf("nice", "./tool"), 1);
      assertEquals(await indexOf("nice", "sh", "-c", "tool"), undefined);
      await program(join(place.dir, "node"), "\x7fELF");
      assertEquals(await indexOf("node", "-r", "tool"), 2);
      assertEquals(await indexOf("node", "-e", "tool"), undefined);
    });
  },
});
