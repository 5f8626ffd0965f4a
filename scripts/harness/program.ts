/**
 * The program under test, in a world of its own: temporary home, temporary state, an empty PATH.
 *
 * @module
 */
import { fromFileUrl, join, resolve } from "@std/path";
import { freePort } from "./ports.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const RUN_TIMEOUT_MS = 60_000;

/** What is started, without the arguments of a command. */
export interface Program {
  readonly command: readonly string[];
  /** Variables that only this program needs. */
  readonly env: Readonly<Record<string, string>>;
}

/** The outcome of one command. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A compiled executable as program. */
export function compiledProgram(path: string): Program {
  return { command: [resolve(path)], env: {} };
}

/** The sources of this checkout as program, run by this Deno. */
export async function sourceProgram(): Promise<Program> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string };
  const config = join(ROOT, "deno.json");
  return {
    command: [
      Deno.execPath(),
      "run",
      "-A",
      "--no-check",
      "--config",
      config,
      join(ROOT, "main.ts"),
    ],
    env: { DENO_DIR: denoDir },
  };
}

/** The middle of some figures; the mean of the two middle ones when their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** A temporary world; dispose of it to remove its files. */
export class World implements AsyncDisposable {
  readonly root: string;
  readonly port: number;
  readonly token: string;
  readonly #program: Program;
  readonly #extra: Readonly<Record<string, string>>;

  private constructor(root: string, program: Program, extra: Readonly<Record<string, string>>) {
    this.root = root;
    this.port = freePort();
    this.token = crypto.randomUUID().replaceAll("-", "");
    this.#program = program;
    this.#extra = extra;
  }

  /**
   * Makes the folders of a world.
   *
   * @param program What its commands start.
   * @param extra Variables that win over the world's own.
   */
  static async create(
    program: Program,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<World> {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "openclaw-world-" }));
    for (const name of ["home", "state", "tmp", "bin"]) {
      await Deno.mkdir(join(root, name), { mode: 0o700 });
    }
    return new World(root, program, extra);
  }

  /** The environment of every process of this world. */
  get env(): Record<string, string> {
    const home = join(this.root, "home");
    const tmp = join(this.root, "tmp");
    const system: Record<string, string> = Deno.build.os === "windows"
      ? { SystemRoot: Deno.env.get("SystemRoot") ?? "C:\\Windows", USERPROFILE: home }
      : {};
    return {
      HOME: home,
      PATH: join(this.root, "bin"),
      TMPDIR: tmp,
      TEMP: tmp,
      TMP: tmp,
      NO_COLOR: "1",
      OPENCLAW_STATE_DIR: join(this.root, "state"),
      OPENCLAW_GATEWAY_PORT: String(this.port),
      OPENCLAW_GATEWAY_TOKEN: this.token,
      ...system,
      ...this.#program.env,
      ...this.#extra,
    };
  }

  #command(args: readonly string[], options: Deno.CommandOptions): Deno.Command {
    const [program, ...first] = this.#program.command;
    if (program === undefined) throw new Error("Cannot start: the command is empty");
    return new Deno.Command(program, {
      args: [...first, ...args],
      cwd: join(this.root, "home"),
      env: this.env,
      clearEnv: true,
      stdin: "null",
      ...options,
    });
  }

  /** Runs a command to its end; one that takes longer than a minute is killed. */
  async run(...args: readonly string[]): Promise<Outcome> {
    const startedAt = performance.now();
    const signal = AbortSignal.timeout(RUN_TIMEOUT_MS);
    const { code, stdout, stderr } = await this.#command(args, { signal }).output();
    const text = new TextDecoder();
    const ms = performance.now() - startedAt;
    return { code, stdout: text.decode(stdout), stderr: text.decode(stderr), ms };
  }

  /** Starts a command and leaves it running; the caller drains its standard error and ends it. */
  start(...args: readonly string[]): Deno.ChildProcess {
    return this.#command(args, { stdout: "null", stderr: "piped" }).spawn();
  }

  /** Files below this world whose name matches. */
  async find(pattern: RegExp): Promise<string[]> {
    const found: string[] = [];
    const walk = async (dir: string): Promise<void> => {
      for await (const entry of Deno.readDir(dir)) {
        const path = join(dir, entry.name);
        if (entry.isDirectory) await walk(path);
        else if (pattern.test(entry.name)) found.push(path);
      }
    };
    await walk(this.root);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}
