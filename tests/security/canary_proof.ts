/**
 * The whole proof: secrets are planted, a gateway runs with them, everything that leaves it is
 * searched.
 *
 * @module
 */
import { join } from "@std/path";
import { RunningGateway } from "../../scripts/harness/gateway.ts";
import { type Program, World } from "../../scripts/harness/program.ts";
import {
  askEveryPath,
  callEverything,
  failEveryModel,
  type RunCommandLine,
  runEverything,
} from "./canary_calls.ts";
import { CanarySearch, type Hit } from "./canary_search.ts";
import { EchoProvider, plantCanaries } from "./canary_world.ts";

/** What was looked at, and what was found. */
export interface CanaryReport {
  readonly canaryCount: number;
  /** Secrets that a provider of models was called with: they are in force. */
  readonly usedCount: number;
  readonly callCount: number;
  readonly commandCount: number;
  readonly placeCount: number;
  readonly byteCount: number;
  readonly hits: readonly Hit[];
}

/** How commands are run: as a process of the world unless given. */
export type CommandRunner = (world: World) => RunCommandLine;

/** Plants, runs, calls, and searches. */
export async function searchForCanaries(
  program: Program,
  runner: CommandRunner = (world) => (...args) => world.run(...args),
): Promise<CanaryReport> {
  await using echo = new EchoProvider();
  const dir = await Deno.makeTempDir({ prefix: "openclaw-canaries-" });
  try {
    const planted = await plantCanaries(dir, echo.baseUrl);
    const search = new CanarySearch(planted.canaries);
    await using world = await World.create(program, planted.env);
    const log = join(world.root, "tmp", "gateway.log");
    const logging = { level: "trace", consoleLevel: "trace", file: log };
    const configPath = join(world.root, "state", "openclaw.json");
    const write = (config: unknown) => Deno.writeTextFile(configPath, JSON.stringify(config));
    await write({ ...planted.config, logging });
    const token = planted.env.OPENCLAW_GATEWAY_TOKEN!;
    const url = `ws://127.0.0.1:${world.port}`;
    let callCount = 0;
    let commandCount = 0;
    {
      await using gateway = new RunningGateway(world, ["gateway", "run", "--ws-log", "full"]);
      await gateway.ready();
      await failEveryModel(url, token, planted, search);
      await askEveryPath(url, token, search);
      callCount = await callEverything(url, token, search);
      await write({ ...planted.config, logging });
      commandCount = await runEverything(runner(world), search);
      await gateway.stop();
    }
    await write({ ...planted.config, logging });
    await runWhatFails(world, dir, search);
    await search.folder(world.root);
    const { hits, placeCount, byteCount } = search;
    const canaryCount = planted.canaries.length;
    const usedCount = planted.canaries.filter(({ value }) => echo.heard.includes(value)).length;
    return { canaryCount, usedCount, callCount, commandCount, placeCount, byteCount, hits };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Starts that must fail: no file, one that is no JSON, a program that fails. */
async function runWhatFails(world: World, dir: string, search: CanarySearch): Promise<void> {
  const vault = join(dir, "vault.json");
  const helper = join(dir, "helper");
  const [file, program] = [await Deno.readTextFile(vault), await Deno.readTextFile(helper)];
  const tries: [name: string, act: () => Promise<void>][] = [
    ["a file that is cut off", () => Deno.writeTextFile(vault, file.slice(0, -3))],
    ["a file that others may read", () => Deno.chmod(vault, 0o644)],
    ["a file that is gone", () => Deno.remove(vault)],
    ["a program that fails", () => Deno.writeTextFile(helper, `${program}exit 3\n`)],
  ];
  for (const [name, act] of tries) {
    await act();
    const { code, stdout, stderr } = await world.run("gateway", "run");
    if (code !== 78) throw new Error(`Start with ${name} ended with ${code}: ${stderr}`);
    search.text(`start with ${name}`, stdout + stderr);
    const audit = await world.run("secrets", "audit", "--allow-exec");
    search.text(`audit with ${name}`, audit.stdout + audit.stderr);
  }
}
