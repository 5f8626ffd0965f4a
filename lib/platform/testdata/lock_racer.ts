/**
 * A process that takes the gateway lock again and again, for `gateway_lock_test.ts`.
 *
 * Arguments: folder, rounds, and `die` to end by SIGKILL while holding the lock. Starts when its
 * standard input closes. Prints `violation` when somebody else was inside at the same time.
 */
import { envOf } from "../../base/mod.ts";
import { systemClock } from "../clock.ts";
import { acquireGatewayLock } from "../gateway_lock.ts";

const [folder = "", rounds = "1", end] = Deno.args;
const marker = `${folder}/inside`;

for await (const _ of Deno.stdin.readable) { /* Waits for the start. */ }

for (let round = 0; round < Number(rounds); round++) {
  const lock = await acquireGatewayLock({
    env: envOf({ TMPDIR: folder, TEMP: folder }),
    clock: systemClock,
    configPath: "/config.json",
    port: 1,
    timeoutMs: 60_000,
    pollMs: 1,
    // Nothing ever listens: a lock is only respected because its owner lives.
    probePort: () => Promise.resolve(false),
  });
  try {
    Deno.writeTextFileSync(marker, String(Deno.pid), { createNew: true });
  } catch {
    console.log("violation");
  }
  await new Promise((resolve) => setTimeout(resolve, round % 3));
  Deno.removeSync(marker);
  if (end === "die" && round === Number(rounds) - 1) Deno.kill(Deno.pid, "SIGKILL");
  lock.release();
}
console.log("done");
