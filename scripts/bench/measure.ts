/**
 * The figures of one program, each measured in a world of its own.
 *
 * @module
 */
import { RunningGateway } from "../harness/gateway.ts";
import { median, type Program, World } from "../harness/program.ts";
import { RawSocket } from "../harness/socket.ts";

/** Figures by name; a missing one could not be measured. */
export type Figures = Readonly<Record<string, number | undefined>>;

/** What to measure and how often. */
export interface MeasureOptions {
  readonly program: Program;
  /** Variables that the program needs besides those of its world. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs of each figure, > 0. */
  readonly runs: number;
  /** How long the gateway is left alone before its memory is read. */
  readonly idleMs: number;
  /** What is installed: files and folders. */
  readonly installed: string;
}

/** Bytes of a file, or of all files below a folder. */
export async function sizeOnDisk(path: string): Promise<number> {
  const stat = await Deno.lstat(path);
  if (!stat.isDirectory) return stat.size;
  let sum = 0;
  for await (const entry of Deno.readDir(path)) sum += await sizeOnDisk(`${path}/${entry.name}`);
  return sum;
}

function gatewayArgs(world: World): string[] {
  const auth = ["--auth", "token", "--token", world.token];
  return ["gateway", "run", "--allow-unconfigured", "--port", String(world.port), ...auth];
}

/** Waits for the first connection that gets as far as hello-ok. */
async function helloMs(gateway: RunningGateway): Promise<number> {
  const { port, token } = gateway.world;
  return await gateway.wait("hello-ok", async () => {
    try {
      await using _socket = await RawSocket.connect(`ws://127.0.0.1:${port}`, token);
      return true;
    } catch {
      // The gateway answers connections before it accepts clients.
      return false;
    }
  });
}

async function measureStart(options: MeasureOptions): Promise<[number, number]> {
  await using world = await World.create(options.program, options.env);
  await using gateway = new RunningGateway(world, gatewayArgs(world));
  const listening = await gateway.listening();
  const hello = await helloMs(gateway);
  await gateway.stop();
  return [listening, hello];
}

async function medianOf(
  runs: number,
  measure: () => Promise<number | undefined>,
): Promise<number | undefined> {
  const values: number[] = [];
  for (let run = 0; run < runs; run++) {
    const value = await measure();
    if (value === undefined) return undefined;
    values.push(value);
  }
  return median(values);
}

/** Time of a command; `undefined` when it fails, said on standard error. */
async function commandMs(world: World, args: readonly string[]): Promise<number | undefined> {
  const { code, ms, stderr } = await world.run(...args);
  if (code === 0) return ms;
  console.error(`"${args.join(" ")}" exits with ${code}: ${stderr.trim().slice(-300)}`);
  return undefined;
}

/** Measures everything. */
export async function measureAll(options: MeasureOptions): Promise<Figures> {
  const starts: [number, number][] = [];
  for (let run = 0; run < options.runs; run++) starts.push(await measureStart(options));
  await using world = await World.create(options.program, options.env);
  const command = (...args: string[]): Promise<number | undefined> =>
    medianOf(options.runs, () => commandMs(world, args));
  const version = await command("--version");
  const help = await command("--help");
  await using gateway = new RunningGateway(world, gatewayArgs(world));
  await helloMs(gateway);
  await new Promise((resolve) => setTimeout(resolve, options.idleMs));
  const idleBytes = await gateway.residentBytes();
  const status = await command("status");
  const health = await command("health", "--json");
  const gatewayStatus = await command("gateway", "status");
  const doctor = await command("doctor", "--non-interactive");
  await gateway.stop();
  return {
    "start to listening (ms)": median(starts.map(([listening]) => listening)),
    "start to hello-ok (ms)": median(starts.map(([, hello]) => hello)),
    "--version (ms)": version,
    "--help (ms)": help,
    "gateway status (ms)": gatewayStatus,
    "status (ms)": status,
    "doctor (ms)": doctor,
    "health --json (ms)": health,
    "idle memory (MB)": idleBytes === undefined ? undefined : idleBytes / 1e6,
    "size on disk (MB)": await sizeOnDisk(options.installed) / 1e6,
  };
}
