import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { ManualClock } from "../_testing.ts";
import type { Supervisor } from "../../platform/mod.ts";
import { runThroughConflicts } from "./conflict.ts";

const held = new AppError("PORT_IN_USE", "taken", { details: { port: 5 } });

function attempt(
  supervisor: Supervisor | undefined,
  { isHealthy, failures = Infinity }: { isHealthy: boolean; failures?: number },
) {
  const clock = new ManualClock();
  const begun = clock.monotonic();
  const notes: string[] = [];
  let runs = 0;
  const status = runThroughConflicts(
    () => ++runs <= failures ? Promise.reject(held) : Promise.resolve(3),
    {
      supervisor,
      clock,
      note: (text) => void notes.push(text),
      isHealthy: (port) => Promise.resolve(port === 5 && isHealthy),
      wait: (ms) => Promise.resolve(void clock.advance(ms)),
    },
  );
  return { status, notes, waited: () => clock.monotonic() - begun, runs: () => runs };
}

Deno.test("runThroughConflicts() leaves a healthy holder in control", async () => {
  for (const supervisor of ["launchd", "schtasks"] as const) {
    const { status, notes } = attempt(supervisor, { isHealthy: true });
    assertEquals(await status, 0);
    assertEquals(notes, ["existing gateway is healthy, leaving it in control"]);
  }
  const { status, runs } = attempt("systemd", { isHealthy: true });
  assertEquals(await assertRejects(() => status), held);
  assertEquals(runs(), 1);
});

Deno.test("runThroughConflicts() waits half a minute for a holder that is silent", async () => {
  const given = attempt("systemd", { isHealthy: false });
  assertEquals(await assertRejects(() => given.status), held);
  assertEquals([given.runs(), given.waited()], [7, 30_000]);
  const freed = attempt("launchd", { isHealthy: false, failures: 2 });
  assertEquals([await freed.status, freed.runs()], [3, 3]);
  assertEquals(freed.notes[0], "taken; trying again in 5s");
});

Deno.test("runThroughConflicts() fails at once without a manager, and for other reasons", async () => {
  const { status, runs } = attempt(undefined, { isHealthy: true });
  assertEquals(await assertRejects(() => status), held);
  assertEquals(runs(), 1);
  const broken = new Error("x");
  const options = { supervisor: "systemd" as const, clock: new ManualClock(), note() {} };
  const failing = () => runThroughConflicts(() => Promise.reject(broken), options);
  assertEquals(await assertRejects(failing), broken);
});
