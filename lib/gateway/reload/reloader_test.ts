import { assertEquals, assertMatch } from "@std/assert";
import { AppError, envOf } from "../../base/mod.ts";
import { type ConfigSnapshot, evaluateConfig, resolvePaths } from "../../config/mod.ts";
import type { RestartResult } from "../../protocol/mod.ts";
import type { RestartRequest } from "../restart/restarter.ts";
import { ManualClock, recordingLogger } from "../_testing.ts";
import { ConfigReloader, type ReloaderDeps } from "./reloader.ts";

const BASE = { gateway: { mode: "local", port: 1 } };

function say(value: unknown): Promise<ConfigSnapshot> {
  const options = { env: envOf({ HOME: "/nowhere" }), folder: "/nowhere" };
  const raw = typeof value === "string" ? value : JSON.stringify(value);
  return evaluateConfig({ ...options, paths: resolvePaths(options.env), raw });
}

/** A reloader of which every effect is noted. */
async function create(over: Partial<ReloaderDeps> = {}, start: unknown = BASE) {
  const { log, lines } = recordingLogger();
  let inForce = await say(start);
  let file = inForce;
  const restarts: RestartRequest[] = [];
  const kept: string[] = [];
  const reloader = new ConfigReloader({
    clock: new ManualClock(),
    log,
    inForce: () => inForce,
    load: () => Promise.resolve(file),
    apply: (snapshot) => Promise.resolve(void (inForce = snapshot)),
    keep: (snapshot) => Promise.resolve(void kept.push(snapshot.raw)),
    restarter: {
      canRestart: true,
      request: (request) => {
        restarts.push(request);
        return {} as RestartResult;
      },
    },
    ...over,
  });
  const edit = async (value: unknown) => {
    file = await say(value);
    await reloader.look();
  };
  return { reloader, lines, restarts, kept, edit, port: () => inForce.config.gateway?.port };
}

/** The base with other settings of `gateway`. */
function gateway(settings: Record<string, unknown>) {
  return { gateway: { ...BASE.gateway, ...settings } };
}

Deno.test("look() puts a live change in force, once, and keeps it", async () => {
  const { edit, lines, restarts, kept, reloader } = await create();
  const next = { ...BASE, agents: { list: [{ id: "x" }] } };
  await edit(next);
  await edit(next);
  await reloader.close();
  assertEquals(lines, ["info: config changed: agents"]);
  assertEquals([restarts, kept], [[], [JSON.stringify(next)]]);
});

Deno.test("look() reports each invalid file once and keeps what is in force", async () => {
  const { edit, lines, reloader, port } = await create();
  for (const text of ["", "", "{ gateway: ", gateway({ port: "x" }), gateway({ port: "x" })]) {
    await edit(text);
    assertEquals(port(), 1);
  }
  assertEquals(lines.length, 3);
  assertEquals(
    lines[0],
    "error: config reload skipped (invalid config): the file is empty, expected an object",
  );
  assertMatch(lines[2]!, /gateway\.port: /);
  assertMatch(reloader.rejected!.message, /gateway\.port/);
  await edit(BASE);
  assertEquals([lines[3], reloader.rejected], [
    "info: config: the file is again what is in force",
    undefined,
  ]);
  await edit("");
  assertEquals(lines.length, 5, "the same mistake made again is told again");
});

Deno.test("look() takes a file that is gone for a mistake", async () => {
  const { edit, reloader, port } = await create({
    load: async () => ({ ...await say("{}"), exists: false, revision: "gone" }),
  });
  await edit("");
  assertEquals([reloader.rejected?.message, port()], ["the file is gone", 1]);
});

Deno.test("look() asks for a restart as the mode says", async () => {
  const outcome = async (settings: Record<string, unknown>, over: Partial<ReloaderDeps> = {}) => {
    const { edit, restarts, port, lines } = await create(over);
    await edit(gateway({ port: 2, ...settings }));
    const warnings = lines.filter((line) => line.startsWith("warn"));
    return [port(), restarts.map(({ reason, delayMs }) => [reason, delayMs]), warnings];
  };
  const waits = ["warn: config: applies at the next start: gateway.port"];
  assertEquals(await outcome({}), [2, [["config: gateway.port", 0]], []]);
  assertEquals(await outcome({ reload: { mode: "hot" } }), [2, [], waits]);
  assertEquals(await outcome({ reload: { mode: "restart" } }), [
    1,
    [["config: gateway.port", 0]],
    [],
  ]);
  const alone = { restarter: { canRestart: false, request: () => ({}) as RestartResult } };
  assertEquals(await outcome({}, alone), [2, [], waits]);
  assertEquals(await outcome({ reload: { mode: "restart" } }, alone), [2, [], waits]);
});

Deno.test("look() does nothing in mode off, and in mode restart asks once", async () => {
  const off = await create({}, gateway({ reload: { mode: "off" } }));
  await off.edit("{ nonsense");
  await off.edit(gateway({ port: 2, reload: { mode: "off" } }));
  assertEquals([off.port(), off.lines], [1, []]);

  const { edit, restarts, lines, port, reloader } = await create();
  const next = { ...gateway({ reload: { mode: "restart" } }), agents: { list: [{ id: "x" }] } };
  await edit(next);
  await edit(next);
  assertEquals([restarts.length, port(), lines], [1, 1, []]);
  await edit("{");
  assertMatch(reloader.rejected!.message, /end of file/);
});

Deno.test("look() in mode off takes over the file that ends it, with all that waited", async () => {
  const { edit, restarts, port, lines } = await create({}, gateway({ reload: { mode: "off" } }));
  await edit(gateway({ port: 2, reload: { mode: "off" } }));
  await edit(gateway({ port: "x", reload: { mode: "hybrid" } }));
  assertEquals([port(), lines], [1, []]);
  await edit(gateway({ port: 2, reload: { mode: "hybrid" } }));
  assertEquals([port(), restarts.map(({ reason }) => reason)], [2, ["config: gateway.port"]]);
  await edit(gateway({ port: 3 }));
  assertEquals(port(), 3);
});

Deno.test("look() refuses what the gateway would not start with, or cannot apply", async () => {
  const refuse = () => {
    throw new AppError("CONFIG_MODE_MISSING", "mode is missing", { hint: "openclaw setup" });
  };
  const refuseLater = () => Promise.resolve().then(refuse);
  for (const over of [{ assertStartable: refuse }, { apply: refuseLater }]) {
    const { edit, reloader, restarts, port, lines } = await create(over);
    await edit(gateway({ port: 2 }));
    assertEquals([port(), restarts, reloader.rejected?.message], [1, [], "mode is missing"]);
    assertEquals(lines, ["error: config reload skipped (invalid config): mode is missing"]);
  }
});

Deno.test("acceptWrite() restarts after a while where a value needs it, whatever the mode", async () => {
  for (const mode of ["hybrid", "hot", "off", "restart"]) {
    const { reloader, restarts, port, edit } = await create({}, gateway({ reload: { mode } }));
    const written = await say(gateway({ port: 2, reload: { mode } }));
    const { plan } = await reloader.exclusive(() => reloader.acceptWrite(written));
    assertEquals([port(), plan.restartPaths], [2, ["gateway.port"]]);
    assertEquals(restarts, [{ reason: "config: gateway.port", delayMs: 2000 }], mode);
    // The watch finds the file that was written and has nothing to do.
    await edit(gateway({ port: 2, reload: { mode } }));
    assertEquals(restarts.length, 1);
  }
});

Deno.test("look() waits for a write under way, and then sees what it wrote", async () => {
  const { reloader, edit, lines } = await create();
  const gate = Promise.withResolvers<void>();
  const written = await say(gateway({ port: 1, auth: { token: "t" } }));
  const write = reloader.exclusive(async () => {
    await gate.promise;
    await reloader.acceptWrite(written);
  });
  const look = edit(gateway({ port: 1, auth: { token: "t" } }));
  gate.resolve();
  await Promise.all([write, look]);
  assertEquals(lines, ["info: config changed: gateway.auth"]);
});
