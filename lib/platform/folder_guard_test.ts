import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { systemClock } from "./clock.ts";
import { guardFolder } from "./folder_guard.ts";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "guard-test-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("guardFolder() lets one in at a time and names the owner", () =>
  withFolder(async (folder) => {
    const first = await guardFolder(folder, systemClock);
    const error = await assertRejects(() => guardFolder(folder, systemClock, 0), AppError);
    assertEquals([error.code, error.details], ["GATEWAY_LOCKED", { pid: Deno.pid }]);
    assertStringIncludes(error.message, `gateway pid ${Deno.pid} runs on it`);
    first.release();
    first.release();
    (await guardFolder(folder, systemClock, 0)).release();
  }));

Deno.test("guardFolder() waits for an owner that leaves", () =>
  withFolder(async (folder) => {
    const first = await guardFolder(folder, systemClock);
    const second = guardFolder(folder, systemClock);
    first.release();
    (await second).release();
  }));

Deno.test("guardFolder() is free again when its owner was killed", () =>
  withFolder(async (folder) => {
    const script = `
      import { guardFolder } from ${
      JSON.stringify(new URL("folder_guard.ts", import.meta.url).href)
    };
      import { systemClock } from ${JSON.stringify(new URL("clock.ts", import.meta.url).href)};
      await guardFolder(Deno.args[0], systemClock);
      console.log("held");
      setInterval(() => {}, 1000);`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--ext=ts", "-", folder],
      stdin: "piped",
      stdout: "piped",
      cwd: new URL("../..", import.meta.url),
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(script));
    await writer.close();
    const reader = child.stdout.getReader();
    await reader.read();
    await assertRejects(() => guardFolder(folder, systemClock, 0), AppError);
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    (await guardFolder(folder, systemClock)).release();
  }));
