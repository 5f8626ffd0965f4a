/**
 * Tries a program on a port of its own, with a copy of the database, before it takes the place of the
 * running one.
 *
 * The trial has no channels, no jobs and no models: it must not say anything to anybody. Whether the
 * program accepts the real configuration is asked apart.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, delay, ellipsize, type Env, formatBytes, randomHex } from "../base/mod.ts";
import type { Clock } from "../base/mod.ts";
import { ensureDir, ioError, type RunCommand, spawnGroup } from "../platform/mod.ts";
import { copyDatabase, DATABASE_FILE_NAME, storedSchema } from "../store/mod.ts";
import { probeFolder } from "./files.ts";

/** How long a program may take to serve, in milliseconds. */
export const PROBE_BUDGET_MS = 30_000;
const POLL_MS = 50;
const ASK_TIMEOUT_MS = 2000;
const STOP_GRACE_MS = 10_000;
const VALIDATE_TIMEOUT_MS = 20_000;
const SHOWN_CHARS = 600;
/** A larger database is not copied for a trial: it would take minutes and the room of two. */
const MAX_COPIED_BYTES = 4 * 1024 * 1024 * 1024;

/** What a trial is made with. */
export interface ProbeOptions {
  readonly program: string;
  readonly id: string;
  readonly stateDir: string;
  readonly env: Env;
  readonly clock: Clock;
  readonly runCommand: RunCommand;
  /** The configuration that the program has to accept; absent where there is none to check. */
  readonly configPath?: string | undefined;
  readonly budgetMs?: number;
}

/**
 * Starts the program and waits until it serves; ends it again.
 *
 * @returns What there is to know besides, one line each.
 * @throws {AppError} `UPDATE_PROBE_FAILED`, or what copying the database fails with.
 */
export async function probeProgram(options: ProbeOptions): Promise<string[]> {
  const folder = probeFolder(options.stateDir, options.id);
  const notes: string[] = [];
  try {
    await assertConfigAccepted(options);
    await ensureDir(join(folder, "state"));
    notes.push(...await copyState(options.stateDir, join(folder, "state")));
    await tryToServe(options, folder);
    return notes;
  } finally {
    await Deno.remove(folder, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw ioError("remove", folder, error);
    });
  }
}

async function assertConfigAccepted(options: ProbeOptions): Promise<void> {
  const { program, configPath, stateDir, runCommand } = options;
  if (configPath === undefined) return;
  const env = { OPENCLAW_STATE_DIR: stateDir, OPENCLAW_CONFIG_PATH: configPath };
  const result = await runCommand(program, ["config", "validate", "--json"], {
    timeoutMs: VALIDATE_TIMEOUT_MS,
    env,
  });
  if (result.code === 0) return;
  throw failed("it does not accept the configuration", result.stdout || result.stderr);
}

async function copyState(stateDir: string, copy: string): Promise<string[]> {
  if (await storedSchema(stateDir) === undefined) return [];
  const { size } = await Deno.stat(join(stateDir, DATABASE_FILE_NAME));
  if (size > MAX_COPIED_BYTES) {
    return [`the database has ${formatBytes(size)}, the new version was tried without it`];
  }
  await copyDatabase(stateDir, join(copy, DATABASE_FILE_NAME));
  return [];
}

async function tryToServe(options: ProbeOptions, folder: string): Promise<void> {
  const { program, clock, budgetMs = PROBE_BUDGET_MS } = options;
  const port = freePort();
  await Deno.writeTextFile(join(folder, "openclaw.json"), probeConfig(port, folder), {
    mode: 0o600,
  });
  const trial = spawnGroup({
    program,
    args: ["gateway", "run", "--port", String(port), "--bind", "loopback"],
    cwd: folder,
    env: probeEnv(options.env, folder),
  });
  const said = [lastOf(trial.stdout), lastOf(trial.stderr)];
  let hasEnded = false;
  const exit = trial.exit.then((status) => {
    hasEnded = true;
    return status;
  });
  const deadline = clock.monotonic() + budgetMs;
  try {
    while (!await isServing(port)) {
      if (hasEnded) {
        const { code, signal } = await exit;
        trial.kill();
        const output = (await Promise.all(said)).reverse().join("\n").trim();
        throw failed(`it ended with ${signal ?? `exit status ${code}`}`, output);
      }
      if (clock.monotonic() >= deadline) {
        throw failed(`it does not serve after ${Math.round(budgetMs / 1000)} s`, "");
      }
      await delay(POLL_MS);
    }
  } finally {
    await end(trial.pid, exit, trial.kill);
    await Promise.all(said);
  }
}

/** Asks it to end, and makes sure. */
async function end(pid: number, exit: Promise<unknown>, kill: () => void): Promise<void> {
  const timer = setTimeout(kill, STOP_GRACE_MS);
  try {
    Deno.kill(pid, "SIGTERM");
  } catch {
    // It has ended by itself, or this system knows no such signal.
    kill();
  }
  await exit;
  clearTimeout(timer);
  // What it may have started goes with it.
  kill();
}

function probeConfig(port: number, folder: string): string {
  return JSON.stringify({
    gateway: {
      mode: "local",
      port,
      bind: "loopback",
      auth: { mode: "token", token: randomHex(24) },
    },
    cron: { enabled: false },
    logging: { level: "warn", file: join(folder, "probe.log") },
  });
}

function probeEnv(env: Env, folder: string): Record<string, string> {
  const kept = ["PATH", "SystemRoot", "windir", "LANG"];
  const found = kept.flatMap((name) => {
    const value = env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(found),
    HOME: folder,
    USERPROFILE: folder,
    TMPDIR: folder,
    TEMP: folder,
    TMP: folder,
    NO_COLOR: "1",
    OPENCLAW_HOME: folder,
    OPENCLAW_STATE_DIR: join(folder, "state"),
    OPENCLAW_CONFIG_PATH: join(folder, "openclaw.json"),
    OPENCLAW_ALLOW_MULTI_GATEWAY: "1",
  };
}

async function lastOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream() as DecoderPair)) {
    text = (text + chunk).slice(-SHOWN_CHARS);
  }
  return text;
}

type DecoderPair = ReadableWritablePair<string, Uint8Array>;

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

async function isServing(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ASK_TIMEOUT_MS);
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function failed(why: string, output: string): AppError {
  const said = output.trim();
  const shown = said === "" ? "" : `\n${ellipsize(said, SHOWN_CHARS)}`;
  return new AppError("UPDATE_PROBE_FAILED", `Cannot use the new program: ${why}${shown}`, {
    hint: "Nothing was changed; stay on this version, or choose one with: openclaw update --to",
  });
}
