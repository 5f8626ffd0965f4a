/**
 * The gateway that a proof works on: the executable, or the sources with `--source`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl, join } from "@std/path";
import { RunningGateway } from "../harness/gateway.ts";
import { compiledProgram, type Program, sourceProgram, World } from "../harness/program.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** What every proof may be told. */
export interface ProveOptions {
  readonly program: Program;
  readonly label: string;
}

/** Reads `--binary <path>` and `--source`; without them the executable in `dist/` is taken. */
export async function proveOptions(args: readonly string[]): Promise<ProveOptions> {
  const name = Deno.build.os === "windows" ? "openclaw.exe" : "openclaw";
  const options = parseArgs([...args], {
    string: ["binary"],
    boolean: ["source"],
    default: { binary: join(ROOT, "dist", name) },
  });
  if (options["source"] === true) return { program: await sourceProgram(), label: "sources" };
  const binary = String(options["binary"]);
  return { program: compiledProgram(binary), label: binary };
}

/** A started gateway in its own world; dispose of it to end it and remove its files. */
export class ProvenGateway implements AsyncDisposable {
  readonly world: World;
  readonly process: RunningGateway;

  private constructor(world: World, process: RunningGateway) {
    this.world = world;
    this.process = process;
  }

  /**
   * Starts a gateway and waits until it is ready.
   *
   * @param config Written as its `openclaw.json`.
   * @param env Variables that win over the world's own.
   * @param flags Further arguments of `gateway run`.
   */
  static async start(
    program: Program,
    config: Readonly<Record<string, unknown>> = {},
    env: Readonly<Record<string, string>> = {},
    flags: readonly string[] = [],
  ): Promise<ProvenGateway> {
    const world = await World.create(program, env);
    const text = JSON.stringify({ gateway: { mode: "local" }, ...config });
    await Deno.writeTextFile(join(world.root, "state", "openclaw.json"), text);
    const process = new RunningGateway(world, ["gateway", "run", ...flags]);
    const proven = new ProvenGateway(world, process);
    try {
      await process.ready();
      return proven;
    } catch (error) {
      await proven[Symbol.asyncDispose]();
      throw error;
    }
  }

  get port(): number {
    return this.world.port;
  }

  get token(): string {
    return this.world.token;
  }

  /** Resident memory in MB of a million bytes; NaN where it cannot be read. */
  async residentMb(): Promise<number> {
    return (await this.process.residentBytes() ?? NaN) / 1e6;
  }

  /** Open descriptors; NaN where they cannot be counted. */
  async descriptors(): Promise<number> {
    if (Deno.build.os !== "linux") return NaN;
    let count = 0;
    for await (const _entry of Deno.readDir(`/proc/${this.process.pid}/fd`)) count++;
    return count;
  }

  /** CPU seconds used so far, user and system; NaN where they cannot be read. */
  async cpuSeconds(): Promise<number> {
    if (Deno.build.os !== "linux") return NaN;
    const stat = await Deno.readTextFile(`/proc/${this.process.pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await this.world[Symbol.asyncDispose]();
  }
}

/** A percentile of figures, 0 to 100; NaN when there are none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * percent / 100) - 1] ?? sorted[0] ?? NaN;
}

/** Prints one line per check and answers whether all hold. */
export function report(checks: readonly (readonly [what: string, holds: boolean])[]): boolean {
  for (const [what, holds] of checks) console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
  return checks.every(([, holds]) => holds);
}
