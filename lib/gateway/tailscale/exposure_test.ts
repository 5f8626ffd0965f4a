import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { AppError, type Logger, silentLogger } from "../../base/mod.ts";
import type { CommandResult } from "../../platform/mod.ts";
import { expose } from "./exposure.ts";

const RUNNING = JSON.stringify({
  BackendState: "Running",
  Self: { DNSName: "box.tailnet.example." },
});
const OK = { code: 0, stdout: "", stderr: "" };

type Answers = Readonly<Record<string, Partial<CommandResult> | AppError>>;

/** A `tailscale` that answers by the beginning of its arguments. */
function tailscale(answers: Answers) {
  const calls: string[] = [];
  const run = (command: string, args: readonly string[]): Promise<CommandResult> => {
    const line = args.join(" ");
    calls.push(`${command} ${line}`);
    const key = Object.keys(answers).find((start) => line.startsWith(start));
    const answer = key === undefined ? OK : answers[key];
    if (answer instanceof AppError) return Promise.reject(answer);
    return Promise.resolve({ ...OK, ...answer });
  };
  return { run, calls };
}

const WISH = { mode: "serve", resetOnExit: false, preserveFunnel: false } as const;

function options(run: ReturnType<typeof tailscale>["run"], over = {}, log: Logger = silentLogger) {
  return { wish: { ...WISH, ...over }, port: 18789, hasTls: false, run, log };
}

async function refusal(answers: Answers): Promise<[string, string | undefined]> {
  const { run } = tailscale(answers);
  const error = await assertRejects(() => expose(options(run)), AppError);
  assertEquals(error.code, "TAILSCALE_FAILED");
  return [error.message.replace("Tailscale does not forward to the gateway: ", ""), error.hint];
}

Deno.test("expose() asks for a forward and takes it back only where that is wanted", async () => {
  const kept = tailscale({ "status": { stdout: RUNNING } });
  const exposure = await expose(options(kept.run));
  assertEquals(exposure.url, "https://box.tailnet.example");
  await exposure.close();
  assertEquals(kept.calls, [
    "tailscale status --json",
    "tailscale serve --bg --yes http://127.0.0.1:18789",
  ]);
  const reset = tailscale({ "status": { stdout: RUNNING } });
  const wish = { mode: "funnel", resetOnExit: true };
  const open = await expose({ ...options(reset.run, wish), hasTls: true });
  await open.close();
  assertEquals(reset.calls.slice(1), [
    "tailscale funnel --bg --yes https+insecure://127.0.0.1:18789",
    "tailscale funnel reset",
  ]);
});

Deno.test("expose() leaves a funnel to this port alone where that is wanted", async () => {
  const funnel = (proxy: string) => ({
    stdout: JSON.stringify({
      AllowFunnel: { "box.tailnet.example:443": true },
      Web: { "box.tailnet.example:443": { Handlers: { "/": { Proxy: proxy } } } },
    }),
  });
  const answers = (proxy: string) => ({
    "status": { stdout: RUNNING },
    "funnel status": funnel(proxy),
  });
  const own = tailscale(answers("http://127.0.0.1:18789"));
  await expose(options(own.run, { preserveFunnel: true }));
  assertEquals(own.calls.length, 2);
  const other = tailscale(answers("http://127.0.0.1:3000"));
  await expose(options(other.run, { preserveFunnel: true }));
  assertEquals(other.calls.at(-1), "tailscale serve --bg --yes http://127.0.0.1:18789");
});

Deno.test("expose() tells the reasons of a refusal apart", async () => {
  const running = { "status": { stdout: RUNNING } };
  const absent = new AppError("COMMAND_NOT_FOUND", "no");
  assertEquals(await refusal({ "status": absent }), [
    "the program tailscale is not installed",
    "https://tailscale.com/download",
  ]);
  const states: [string, string][] = [
    ["NeedsLogin", "this machine is not logged in to a tailnet"],
    ["Stopped", "Tailscale is switched off"],
  ];
  for (const [state, why] of states) {
    const stdout = JSON.stringify({ BackendState: state });
    assertEquals(await refusal({ "status": { stdout } }), [why, "sudo tailscale up"]);
  }
  const down = "failed to connect to local tailscaled; it doesn't appear to be running";
  assertEquals(await refusal({ "status": { code: 1, stderr: down } }), [
    "its service does not run",
    "sudo systemctl start tailscaled",
  ]);
  const denied = "Access denied: serve config denied\nUse 'sudo tailscale serve', or set operator";
  assertEquals(await refusal({ ...running, "serve": { code: 1, stderr: denied } }), [
    "this user may not change what Tailscale serves",
    'sudo tailscale set --operator="$USER"',
  ]);
  const page = "https://login.tailscale.com/f/serve?node=x1";
  const closed = `Serve is not enabled on your tailnet.\nTo enable, visit:\n  ${page}`;
  const [why, fix] = await refusal({ ...running, "serve": { code: 1, stderr: closed } });
  assertStringIncludes(why, "serve is not enabled for this tailnet");
  assertEquals(fix, page);
  const slow = new AppError("COMMAND_TIMEOUT", "slow");
  assertStringIncludes((await refusal({ ...running, "serve": slow }))[0], "did not end");
  assertEquals((await refusal({ ...running, "serve": { code: 7 } }))[0], "tailscale ended with 7");
});
