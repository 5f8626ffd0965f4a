/**
 * `deno task start`: the gateway from source with a development profile of its own.
 *
 * State, home and configuration are in `.cache/dev` of the checkout; nothing else is touched.
 *
 * @module
 */
import { join, relative } from "@std/path";
import { isHealthy } from "./harness/gateway.ts";
import { DEV_PORT, DEV_STATE_DIR, devCommand, ROOT } from "./harness/dev.ts";

const PROBE_INTERVAL_MS = 50;

async function waitForReady(isRunning: () => boolean): Promise<boolean> {
  while (isRunning()) {
    if (await isHealthy(`http://127.0.0.1:${DEV_PORT}/readyz`)) return true;
    await new Promise((resolve) => setTimeout(resolve, PROBE_INTERVAL_MS));
  }
  return false;
}

async function tokenPlace(): Promise<string> {
  const runtime = join(DEV_STATE_DIR, "runtime", "gateway-token");
  const isRuntime = await Deno.stat(runtime).then(() => true, () => false);
  if (isRuntime) return relative(ROOT, runtime);
  return `${relative(ROOT, join(DEV_STATE_DIR, "openclaw.json"))} (gateway.auth.token)`;
}

async function printNextSteps(): Promise<void> {
  console.log(`
  Gateway   http://127.0.0.1:${DEV_PORT}  (WebSocket: ws://127.0.0.1:${DEV_PORT})
  Token     ${await tokenPlace()}
  Next      npx -y deno@${Deno.version.deno} task openclaw agent --message "hello"
            (in another terminal; stop this one with Ctrl-C)
`);
}

async function main(args: readonly string[]): Promise<number> {
  if (await isHealthy(`http://127.0.0.1:${DEV_PORT}/healthz`)) {
    console.error(`Something answers on port ${DEV_PORT} already`);
    console.error("Fix: stop the other gateway (Ctrl-C in its terminal)");
    return 75;
  }
  const child = (await devCommand(["gateway", "run", "--dev", ...args])).spawn();
  let isRunning = true;
  const ended = child.status.finally(() => isRunning = false);
  // A terminal sends Ctrl-C to both processes; this one stays until the gateway is done.
  const forward = (): void => child.kill("SIGTERM");
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", forward);
  if (await waitForReady(() => isRunning)) await printNextSteps();
  return (await ended).code;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
