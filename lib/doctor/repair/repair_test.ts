import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { AppError, envOf } from "../../base/mod.ts";
import { type ConfigPaths, loadConfig } from "../../config/mod.ts";
import { osName, systemClock, userId } from "../../platform/mod.ts";
import { applyRepairs } from "./apply.ts";
import type { RepairContext } from "./context.ts";
import { listRecords, readRecord, repairFolder, repairsFolder } from "./record.ts";
import { configStep, modeStep, orderSteps, type RepairStep } from "./steps.ts";
import { undoRepair } from "./undo.ts";

const CONFIG = '// mine\n{\n  gateway: { mode: "local" }, // kept\n}\n';

interface World {
  readonly stateDir: string;
  context(): Promise<RepairContext>;
  undo(id: string, isForced?: boolean): ReturnType<typeof undoRepair>;
  at(name: string): string;
}

async function withWorld(test: (world: World) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "openclaw-repair-" });
  const stateDir = join(home, ".openclaw");
  const configPath = join(stateDir, "openclaw.json");
  const paths: ConfigPaths = { home, stateDir, configPath, workspaceDir: join(home, "workspace") };
  const env = envOf({ HOME: home });
  try {
    await Deno.mkdir(stateDir, { mode: 0o755 });
    await Deno.writeTextFile(configPath, CONFIG);
    await Deno.chmod(configPath, 0o644);
    await test({
      stateDir,
      at: (name) => join(stateDir, name),
      context: async () => ({
        paths,
        env,
        clock: systemClock,
        snapshot: await loadConfig({ env, paths, folder: stateDir }),
        uid: userId(),
        command: "doctor --fix",
      }),
      undo: (id, isForced = false) => undoRepair({ stateDir, id, clock: systemClock, isForced }),
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/** Every file and folder of the state with its mode and content, what repairs keep left out. */
async function picture(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const walk = async (at: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(at)) {
      const path = join(at, name);
      if (at === folder && ["doctor", "config-history"].includes(name)) continue;
      const mode = ((await Deno.stat(path)).mode ?? 0) & 0o777;
      found[path] = `${mode.toString(8)} ${isDirectory ? "" : await Deno.readTextFile(path)}`;
      if (isDirectory) await walk(path);
    }
  };
  found[folder] = String(((await Deno.stat(folder)).mode ?? 0) & 0o777);
  await walk(folder);
  return found;
}

function allKinds({ at, stateDir }: World): RepairStep[] {
  return [
    configStep("set the port", [["gateway.port", 18800]]),
    modeStep({ path: stateDir, wantedMode: 0o700 }),
    modeStep({ path: at("notes.txt"), wantedMode: 0o600 }),
    { kind: "folder", path: at("credentials"), mode: 0o700, title: "mkdir", isSafe: true },
    { kind: "remove", path: at(".x.1.0123abcd.tmp"), title: "rm", isSafe: true },
    {
      kind: "act",
      title: "rewrite a unit",
      isSafe: false,
      touches: [at("unit"), at("unit.bak")],
      afterUndo: "openclaw gateway restart",
      run: async () => {
        await Deno.writeTextFile(at("unit.bak"), await Deno.readTextFile(at("unit")));
        await Deno.writeTextFile(at("unit"), "new");
        return ["Rewritten."];
      },
    },
  ];
}

async function prepare({ at }: World): Promise<void> {
  await Deno.writeTextFile(at("notes.txt"), "notes");
  await Deno.chmod(at("notes.txt"), 0o666);
  await Deno.writeTextFile(at(".x.1.0123abcd.tmp"), "half");
  await Deno.writeTextFile(at("unit"), "old\r\n\u0000bytes");
}

Deno.test("applyRepairs() and undoRepair() are a round trip, byte for byte and mode for mode", async () => {
  await withWorld(async (world) => {
    await prepare(world);
    const before = await picture(world.stateDir);
    const outcome = await applyRepairs(await world.context(), allKinds(world));
    assertEquals(outcome.steps.map(({ state }) => state), Array(6).fill("done"));
    assertEquals(outcome.lines, ["Rewritten."]);
    const text = await Deno.readTextFile(world.at("openclaw.json"));
    assertStringIncludes(text, "port: 18800");
    assertStringIncludes(text, "// kept");
    const after = await picture(world.stateDir);
    assertEquals(after[world.at(".x.1.0123abcd.tmp")], undefined);
    if (osName() !== "windows") {
      assertEquals(after[world.at("notes.txt")], "600 notes");
      const { mode } = await Deno.stat(repairFolder(world.stateDir, outcome.id));
      assertEquals(mode! & 0o777, 0o700);
    }
    const undone = await world.undo(outcome.id);
    assertEquals([undone.left, undone.next], [[], ["openclaw gateway restart"]]);
    assertEquals(await picture(world.stateDir), before);
    assertEquals((await world.undo(outcome.id)).isChanged, false);
    assertEquals((await readRecord(world.stateDir, outcome.id)).state, "undone");
  });
});

Deno.test("undoRepair() writes over nobody's later change, unless it is told to, and keeps it then", async () => {
  await withWorld(async (world) => {
    const steps = [configStep("set the port", [["gateway.port", 18800]])];
    const { id } = await applyRepairs(await world.context(), steps);
    const path = world.at("openclaw.json");
    await Deno.writeTextFile(path, "{ mine: true }");
    const error = await assertRejects(() => world.undo(id), AppError);
    assertEquals(error.code, "DOCTOR_UNDO_CONFLICT");
    assertEquals(await Deno.readTextFile(path), "{ mine: true }");
    assertEquals((await world.undo(id, true)).restored, [path]);
    assertEquals(await Deno.readTextFile(path), CONFIG);
    const kept = [...Deno.readDirSync(join(repairFolder(world.stateDir, id), "replaced"))];
    const copy = join(repairFolder(world.stateDir, id), "replaced", kept[0]!.name);
    assertEquals(await Deno.readTextFile(copy), "{ mine: true }");
  });
});

Deno.test("undoRepair() leaves the content of a file whose mode alone was changed", async () => {
  await withWorld(async (world) => {
    const path = world.at("notes.txt");
    await prepare(world);
    const { id } = await applyRepairs(await world.context(), [
      modeStep({ path, wantedMode: 0o600 }),
    ]);
    await Deno.writeTextFile(path, "later notes");
    await world.undo(id);
    assertEquals(await Deno.readTextFile(path), "later notes");
    if (osName() !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o666);
  });
});

Deno.test("undoRepair() refuses a copy that was altered, and touches nothing", async () => {
  await withWorld(async (world) => {
    const steps = [configStep("set the port", [["gateway.port", 18800]])];
    const { id, folder } = await applyRepairs(await world.context(), steps);
    const path = world.at("openclaw.json");
    const repaired = await Deno.readTextFile(path);
    await Deno.writeTextFile(join(folder, "0000.copy"), "{}");
    const error = await assertRejects(() => world.undo(id), AppError);
    assertEquals(error.code, "DOCTOR_COPY_DAMAGED");
    assertEquals(await Deno.readTextFile(path), repaired);
  });
});

Deno.test("applyRepairs() goes on after a step that failed, and says which one", async () => {
  await withWorld(async (world) => {
    await prepare(world);
    const fails: RepairStep = {
      kind: "act",
      title: "fails",
      isSafe: false,
      touches: [],
      run: () => Promise.reject(new Error("no manager")),
    };
    const missing = modeStep({ path: world.at("gone"), wantedMode: 0o600 });
    const good = modeStep({ path: world.at("notes.txt"), wantedMode: 0o600 });
    const { steps } = await applyRepairs(await world.context(), [fails, missing, good]);
    assertEquals(steps.map(({ state }) => state), ["failed", "done", "failed"]);
    assertStringIncludes(steps[0]!.error!, "gone");
    assertEquals(steps[2]!.error, "no manager");
  });
});

Deno.test("applyRepairs() refuses a config that changed after it was looked at", async () => {
  await withWorld(async (world) => {
    const context = await world.context();
    await Deno.writeTextFile(world.at("openclaw.json"), "{ gateway: { port: 1 } }");
    const { steps } = await applyRepairs(context, [
      configStep("set the port", [["gateway.port", 18800]]),
    ]);
    assertEquals(steps[0]!.state, "failed");
    const text = await Deno.readTextFile(world.at("openclaw.json"));
    assertEquals(text, "{ gateway: { port: 1 } }");
  });
});

Deno.test("applyRepairs() does nothing in a state folder of another user", async () => {
  await withWorld(async (world) => {
    const context = { ...await world.context(), uid: (userId() ?? 0) + 1 };
    if (userId() === undefined) return;
    const steps = [modeStep({ path: world.stateDir, wantedMode: 0o700 })];
    const error = await assertRejects(() => applyRepairs(context, steps), AppError);
    assertEquals(error.code, "PERMISSION_DENIED");
    assertEquals(await listRecords(world.stateDir), []);
  });
});

Deno.test("applyRepairs() clears away what a repair left that had not begun, and all but the newest", async () => {
  await withWorld(async (world) => {
    const stray = repairFolder(world.stateDir, "20200101-000000-0000");
    await Deno.mkdir(stray, { recursive: true });
    let now = Date.UTC(2026, 0, 1);
    const clock = { ...systemClock, now: () => now += 1000 };
    for (let round = 0; round < 22; round++) {
      const context = { ...await world.context(), clock };
      const wantedMode = round % 2 === 0 ? 0o700 : 0o755;
      await applyRepairs(context, [modeStep({ path: world.stateDir, wantedMode })]);
    }
    const names = [...Deno.readDirSync(repairsFolder(world.stateDir))].map(({ name }) => name);
    assertEquals(names.filter((name) => name !== "lock").length, 20);
    assert(!names.includes("20200101-000000-0000"));
  });
});

Deno.test("readRecord() finds a repair by the start of its id, and names what it cannot find", async () => {
  await withWorld(async (world) => {
    const { id } = await applyRepairs(await world.context(), [
      modeStep({ path: world.stateDir, wantedMode: 0o700 }),
    ]);
    assertEquals((await readRecord(world.stateDir, id.slice(0, 12))).id, id);
    for (const wrong of ["", "1999", "../../etc"]) {
      const error = await assertRejects(() => readRecord(world.stateDir, wrong), AppError);
      assertEquals(error.code, "DOCTOR_REPAIR_NOT_FOUND");
    }
  });
});

Deno.test("orderSteps() does folders first, the service last, and each change once", () => {
  const act: RepairStep = {
    kind: "act",
    title: "restart",
    isSafe: true,
    touches: [],
    run: () => Promise.resolve([]),
  };
  const mode = modeStep({ path: "/a", wantedMode: 0o600 });
  const folder: RepairStep = { kind: "folder", path: "/b", mode: 0o700, title: "b", isSafe: true };
  const kinds = orderSteps([act, mode, folder, act, mode]).map(({ kind }) => kind);
  assertEquals(kinds, ["folder", "mode", "act"]);
});
