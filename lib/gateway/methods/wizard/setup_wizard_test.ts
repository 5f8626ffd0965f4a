import { assertEquals, assertRejects } from "@std/assert";
import { AppError, envOf } from "../../../base/mod.ts";
import { evaluateConfig, resolvePaths } from "../../../config/mod.ts";
import type { GatewayState } from "../../state.ts";
import { ConfigEditor } from "../config/mod.ts";
import { SetupWizard } from "./setup_wizard.ts";

const IDLE_MS = 30 * 60_000;

Deno.test("SetupWizard gives up a setup that nobody answers for half an hour", async () => {
  const env = envOf({ HOME: "/nowhere" });
  const paths = resolvePaths(env);
  const config = await evaluateConfig({ env, paths, raw: "{}" });
  let now = 1_750_000_000_000;
  const state = {
    clock: { now: () => now, monotonic: () => now },
    paths,
    config: () => config,
  } as unknown as GatewayState;
  const wizard = new SetupWizard(state, new ConfigEditor(state));
  const { sessionId } = await wizard.start({});
  now += IDLE_MS - 1;
  assertEquals(await wizard.status({ sessionId }), { status: "running" });
  now += IDLE_MS - 1;
  await assertRejects(() => wizard.start({}), AppError, "wizard already running");
  now += 1;
  await assertRejects(() => wizard.status({ sessionId }), AppError, "wizard not found");
  const next = await wizard.start({});
  assertEquals([next.done, next.sessionId === sessionId], [false, false]);
});
