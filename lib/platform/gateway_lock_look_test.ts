import { assertEquals } from "@std/assert";
import { envOf } from "../base/mod.ts";
import { systemClock } from "./clock.ts";
import { acquireGatewayLock } from "./gateway_lock.ts";
import { lookAtGatewayLock } from "./gateway_lock_look.ts";

Deno.test("lookAtGatewayLock() tells a held lock from one that was left, and takes neither", async () => {
  const dir = await Deno.makeTempDir({ prefix: "openclaw-lock-" });
  try {
    const env = envOf({ TMPDIR: dir });
    const configPath = `${dir}/openclaw.json`;
    const look = () => lookAtGatewayLock({ env, configPath });
    assertEquals((await look()).state, "none");
    const lock = await acquireGatewayLock({ env, clock: systemClock, configPath, port: 1 });
    assertEquals([(await look()).state, (await look()).pid], ["held", Deno.pid]);
    lock.release();
    assertEquals((await look()).state, "none");
    const gone = { pid: 4_000_000, createdAt: "2026-01-01T00:00:00Z", configPath, startTime: 1 };
    await Deno.writeTextFile(lock.path, JSON.stringify(gone));
    assertEquals((await look()).state, "left");
    assertEquals(JSON.parse(await Deno.readTextFile(lock.path)), gone);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
