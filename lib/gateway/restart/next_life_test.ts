import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { AppError, type Logger, silentLogger } from "../../base/mod.ts";
import { type NextLife, startNextLife } from "./next_life.ts";

const TAKEN = new AppError("PORT_IN_USE", "the port is taken", { hint: "openclaw gateway status" });

interface World {
  life: NextLife<string, string, string>;
  tried: string[];
  waits: number[];
  errors: string[];
}

/** A process whose plans start, or fail, as `fates` says: one error or none for each attempt. */
function world(
  fates: Record<string, (AppError | undefined)[]>,
  options: Partial<NextLife<string, string, string>> = {},
): World {
  const tried: string[] = [];
  const waits: number[] = [];
  const errors: string[] = [];
  const log: Logger = { ...silentLogger, error: (text) => void errors.push(String(text)) };
  const life: NextLife<string, string, string> = {
    plan: "new",
    before: "old",
    isSupervised: false,
    log,
    start: (plan) => {
      tried.push(plan);
      const error = fates[plan]?.shift();
      return error === undefined ? Promise.resolve(`serves ${plan}`) : Promise.reject(error);
    },
    planAgain: (plan) => Promise.resolve(plan),
    asBefore: (before, refused) => `${before} instead of ${refused}`,
    isSameObstacle: () => true,
    end: new Promise<string>(() => {}),
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    ...options,
  };
  return { life, tried, waits, errors };
}

Deno.test("startNextLife() keeps trying where nobody else starts the process again", async () => {
  const { life, tried, waits, errors } = world({
    new: [TAKEN, TAKEN, TAKEN, TAKEN, TAKEN, TAKEN, TAKEN],
  });
  assertEquals(await startNextLife(life), { plan: "new", started: "serves new" });
  assertEquals(tried.length, 8);
  assertEquals(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  assertMatch(
    errors[0]!,
    /^gateway startup failed: the port is taken \(openclaw gateway status\)\. Process will stay alive and tries again in 1s/,
  );
});

Deno.test("startNextLife() plans each attempt anew, so that what was mended counts", async () => {
  const { life, tried } = world({ new: [TAKEN] }, { planAgain: () => Promise.resolve("mended") });
  assertEquals(await startNextLife(life), { plan: "mended", started: "serves mended" });
  assertEquals(tried, ["new", "mended"]);
});

Deno.test("startNextLife() serves as before what cannot start as planned, supervised or not", async () => {
  for (const isSupervised of [false, true]) {
    const { life, errors } = world({ new: [TAKEN] }, { isSupervised, isSameObstacle: () => false });
    const plan = "old instead of new";
    assertEquals(await startNextLife(life), { plan, started: `serves ${plan}` });
    assertMatch(errors[0]!, /Serving with the configuration of before$/);
  }
});

Deno.test("startNextLife() leaves a failure to the service manager, if there is one", async () => {
  const { life, tried } = world({ new: [TAKEN] }, { isSupervised: true });
  assertEquals(await assertRejects(() => startNextLife(life)), TAKEN);
  assertEquals(tried, ["new"]);
  const both = world(
    { new: [TAKEN], "old instead of new": [new AppError("BIND_FAILED", "no such address")] },
    { isSupervised: true, isSameObstacle: () => false },
  );
  assertEquals(await assertRejects(() => startNextLife(both.life)), TAKEN);
});

Deno.test("startNextLife() ends at once when it is told to while it waits", async () => {
  const { life, tried } = world({ new: [TAKEN] }, {
    end: Promise.resolve("SIGTERM"),
    wait: (_ms, signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  });
  assertEquals(await startNextLife(life), { end: "SIGTERM" });
  assertEquals(tried, ["new"]);
});
