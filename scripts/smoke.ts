/**
 * Smoke run: the program in an empty world, without Deno and Node on its PATH.
 *
 * `scripts/smoke.ts <binary>`, or `scripts/smoke.ts --source`. Runs on Linux, macOS and Windows.
 *
 * @module
 */
import { RunningGateway, waitUntil } from "./harness/gateway.ts";
import { compiledProgram, type Outcome, sourceProgram, World } from "./harness/program.ts";
import { RawSocket } from "./harness/socket.ts";

/** What the checks share. */
interface Scene {
  readonly world: World;
  readonly gateway: RunningGateway;
}

function expect(isTrue: boolean, what: string, outcome?: Outcome): asserts isTrue {
  if (isTrue) return;
  const { code, stdout, stderr } = outcome ?? { code: "", stdout: "", stderr: "" };
  throw new Error(outcome ? `${what}; exit ${code}\n${stdout}${stderr}` : what);
}

async function checkVersion(world: World): Promise<void> {
  const outcome = await world.run("--version");
  expect(outcome.code === 0, "exit is not 0", outcome);
  const pattern = /^OpenClaw \d{4}\.\d+\.\d+ \(([0-9a-f]{7}|source)\)$/;
  expect(pattern.test(outcome.stdout.trim()), "version line is malformed", outcome);
}

async function checkHelp(world: World): Promise<void> {
  const outcome = await world.run("--help");
  expect(outcome.code === 0, "exit is not 0", outcome);
  expect(outcome.stdout.includes("gateway"), "help does not name gateway", outcome);
}

async function checkUnknownFlag(world: World): Promise<void> {
  const outcome = await world.run("health", "--jsonn");
  expect(outcome.code === 64, "exit is not 64", outcome);
}

async function checkHealth({ world }: Scene): Promise<void> {
  const outcome = await world.run("health", "--json");
  expect(outcome.code === 0, "exit is not 0", outcome);
  expect(JSON.parse(outcome.stdout).ok === true, "health is not ok", outcome);
}

async function checkHttpTurn({ world, gateway }: Scene): Promise<void> {
  const send = (token: string): Promise<Response> =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "authorization": `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "openclaw", messages: [{ role: "user", content: "hello" }] }),
    });
  const refused = await send("wrong");
  await refused.body?.cancel();
  expect(refused.status === 401, `a wrong token gets ${refused.status}, not 401`);
  const response = await send(world.token);
  const text = await response.text();
  expect(response.status === 200, `status ${response.status}: ${text}`);
  const answer = JSON.parse(text)?.choices?.[0]?.message?.content;
  expect(typeof answer === "string" && answer.length > 0, `no answer in ${text}`);
}

async function checkSocketTurn({ world }: Scene): Promise<void> {
  await using socket = await RawSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
  const final = await socket.request("agent", {
    message: "hello",
    sessionKey: "agent:main:smoke",
    idempotencyKey: crypto.randomUUID(),
  });
  const result = final["result"] as { payloads?: { text?: string }[] } | undefined;
  expect(final["status"] === "ok", `status is not ok: ${JSON.stringify(final)}`);
  expect(Boolean(result?.payloads?.[0]?.text), `no text in ${JSON.stringify(final)}`);
}

/** Twice: what the first write leaves open, such as a lock, shows with the second. */
async function checkConfigWrites({ world }: Scene): Promise<void> {
  await using socket = await RawSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
  for (const color of ["#ff4500", "#00aa00"]) {
    const { hash } = await socket.request("config.get", {});
    const raw = JSON.stringify({ gateway: { mode: "local" }, ui: { seamColor: color } });
    const written = await socket.request("config.patch", {
      raw,
      ...(typeof hash === "string" ? { baseHash: hash } : {}),
    });
    expect(written["ok"] === true, `not written: ${JSON.stringify(written)}`);
  }
}

async function checkAgentCommand({ world }: Scene): Promise<void> {
  const outcome = await world.run("agent", "--message", "hello");
  expect(outcome.code === 0, "exit is not 0", outcome);
  expect(outcome.stdout.trim().length > 0, "no reply was printed", outcome);
}

/** The runtime's own command line opens its debugger on this signal; the executable must not. */
async function checkUserSignal({ world, gateway }: Scene): Promise<void> {
  const uptime = async (): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${world.port}/readyz`);
    return Number((await response.json()).uptimeMs);
  };
  const before = await uptime();
  Deno.kill(gateway.pid, "SIGUSR1");
  await waitUntil("the gateway to restart", async () => {
    return await uptime().then((now) => now < before, () => false);
  });
  const ports = await listeningPorts(gateway.pid);
  const others = ports.filter((port) => port !== world.port);
  expect(others.length === 0, `a debugger may listen on ${others.join(", ")}`);
}

/** The TCP ports that a process listens on, from the tables of Linux. */
async function listeningPorts(pid: number): Promise<number[]> {
  const sockets = new Set<string>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    const link = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
    if (inode !== undefined) sockets.add(inode);
  }
  const tables = ["tcp", "tcp6"].map((name) => Deno.readTextFileSync(`/proc/net/${name}`));
  return tables.join("\n").split("\n").map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === "0A" && sockets.has(columns[9] ?? ""))
    .map((columns) => parseInt(columns[1]!.split(":")[1]!, 16));
}

async function checkStop({ world, gateway }: Scene): Promise<void> {
  const { code, ms } = await gateway.stop();
  // Windows has no SIGTERM: the process is ended from outside, there is no code to check.
  if (Deno.build.os !== "windows") {
    expect(code === 0, `exit is ${code}, not 0`);
    const locks = await world.find(/\.lock$/);
    expect(locks.length === 0, `locks are left: ${locks.join(", ")}`);
  }
  expect(ms < 10_000, `stopping took ${Math.round(ms)} ms`);
}

async function checkRestart({ world }: Scene): Promise<void> {
  await using again = new RunningGateway(world, ["gateway", "run", "--allow-unconfigured"]);
  await again.ready();
}

async function main(args: readonly string[]): Promise<number> {
  const [target] = args;
  if (target === undefined) throw new Error("Usage: scripts/smoke.ts <binary> | --source");
  const program = target === "--source" ? await sourceProgram() : compiledProgram(target);
  await using world = await World.create(program);
  let [passed, failed] = [0, 0];
  const check = async (name: string, run: () => Promise<unknown>): Promise<void> => {
    const startedAt = performance.now();
    try {
      await run();
      passed++;
      console.log(`ok   ${name} (${Math.round(performance.now() - startedAt)} ms)`);
    } catch (error) {
      failed++;
      console.error(`FAIL ${name}: ${error instanceof Error ? error.message : error}`);
    }
  };
  await check("--version", () => checkVersion(world));
  await check("--help", () => checkHelp(world));
  await check("unknown flag", () => checkUnknownFlag(world));
  await using gateway = new RunningGateway(world, ["gateway", "run", "--allow-unconfigured"]);
  const scene = { world, gateway };
  await check("gateway run", () => gateway.ready());
  if (failed === 0 || passed > 3) {
    await check("health --json", () => checkHealth(scene));
    await check("turn over HTTP", () => checkHttpTurn(scene));
    await check("turn over WebSocket", () => checkSocketTurn(scene));
    await check("config.patch, twice", () => checkConfigWrites(scene));
    await check("agent --message", () => checkAgentCommand(scene));
    if (Deno.build.os === "linux" && target !== "--source") {
      await check("SIGUSR1 restarts, opens no debugger", () => checkUserSignal(scene));
    }
    await check("clean stop", () => checkStop(scene));
    await check("start again", () => checkRestart(scene));
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) {
  Deno.exitCode = await main(Deno.args).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
}
