/**
 * Stand-ins for executables and for the service that runs them, small enough to be killed by the
 * hundred. No tests of its own.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError } from "../../base/mod.ts";
import { runCommand, systemClock, systemNetwork } from "../../platform/mod.ts";
import { DATABASE_FILE_NAME, keptCopyPath, storedSchema } from "../../store/mod.ts";
import { sha256OfFile } from "../sha256.ts";
import type { Release, UpdatedService, UpdateHost } from "../types.ts";

/** The schema that a stand-in leaves unless it says otherwise. */
export const SCHEMA = 7;

/** What a stand-in is. */
export interface StandIn {
  readonly version: string;
  /** Whether a gateway of it serves. */
  readonly serves?: boolean;
  /** The schema it brings a database to. */
  readonly schema?: number;
  /** Shell text in place of the answer to `--version`. */
  readonly answer?: string;
}

/** The text of a stand-in: its facts in a comment, its answers behind them. */
export function standIn({ version, serves = true, schema = SCHEMA, answer }: StandIn): string {
  const facts = JSON.stringify({ version, serves, schema });
  const said = answer ?? `echo "OpenClaw ${version} (stand-in)"`;
  return `#!/bin/sh\n#${facts}\n[ "$1" = --version ] && { ${said}; exit $?; }\nexit 1\n`;
}

/** A folder with a program, a state, and a service that runs the one on the other. */
export interface UpdateWorld extends AsyncDisposable {
  readonly dir: string;
  readonly stateDir: string;
  readonly program: string;
  /** Writes a stand-in beside the world's own, as a release. */
  release(facts: StandIn, name?: string): Promise<Release>;
  host(over?: Partial<UpdateHost>): UpdateHost;
}

/** Makes a world whose program has been running; dispose of it. */
export async function createUpdateWorld(facts: StandIn = OLD): Promise<UpdateWorld> {
  const dir = await Deno.makeTempDir({ prefix: "openclaw-update-" });
  for (const name of ["bin", "state", "releases"]) await Deno.mkdir(join(dir, name));
  const world = updateWorldAt(dir);
  await Deno.writeTextFile(world.program, standIn(facts), { mode: 0o755 });
  await serviceOf(dir).restart(facts.version);
  return world;
}

/** What runs first in a world. */
export const OLD: StandIn = { version: "2026.5.12" };

/** The world in a folder that has been made before. */
export function updateWorldAt(dir: string): UpdateWorld {
  const program = join(dir, "bin", "openclaw");
  const stateDir = join(dir, "state");
  return {
    dir,
    stateDir,
    program,
    async release(facts, name = "openclaw") {
      const from = join(dir, "releases", name);
      await Deno.writeTextFile(from, standIn(facts));
      return { from, kind: "file", sha256: await sha256OfFile(from) ?? "" };
    },
    host: (over = {}) => ({
      clock: systemClock,
      network: systemNetwork,
      runCommand,
      stateDir,
      program,
      version: OLD.version,
      service: serviceOf(dir),
      probe: () => Promise.resolve([]),
      report() {},
      ...over,
    }),
    async [Symbol.asyncDispose]() {
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** The version that the service of a world serves; `undefined` when it does not. */
export async function servedVersion(dir: string): Promise<string | undefined> {
  return await Deno.readTextFile(join(dir, "serving")).catch(() => undefined);
}

/** The schema of a world's database. */
export async function schemaOf(stateDir: string): Promise<number> {
  return await storedSchema(stateDir) ?? 0;
}

/** A service that runs what is in place: it migrates the database, and serves or not. */
function serviceOf(dir: string): UpdatedService {
  const serving = join(dir, "serving");
  const stop = async () => await Deno.remove(serving).catch(() => {});
  return {
    stop,
    async restart(expected) {
      await stop();
      const text = await Deno.readTextFile(join(dir, "bin", "openclaw"));
      const { version, serves, schema } = JSON.parse(text.split("\n")[1]!.slice(1));
      await migrate(join(dir, "state"), schema);
      if (!serves) throw notHealthy("it does not answer");
      if (version !== expected) throw notHealthy(`it is ${version}`);
      await Deno.writeTextFile(serving, version);
      return [];
    },
  };
}

/** Does to a database what a version with this schema does, the kept copy included. */
async function migrate(stateDir: string, schema: number): Promise<void> {
  const current = await storedSchema(stateDir) ?? 0;
  if (current > schema) throw new AppError("STORE_TOO_NEW", `schema ${current}, not ${schema}`);
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(join(stateDir, DATABASE_FILE_NAME));
  try {
    database.exec("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS starts (version)");
    database.prepare("INSERT INTO starts VALUES (?)").run(schema);
    if (current === schema) return;
    if (current > 0) {
      const copy = keptCopyPath(stateDir, current);
      await Deno.remove(copy).catch(() => {});
      database.prepare("VACUUM INTO ?").run(copy);
    }
    database.exec(`PRAGMA user_version = ${schema}`);
  } finally {
    database.close();
  }
}

function notHealthy(why: string): AppError {
  return new AppError("SERVICE_NOT_HEALTHY", `The gateway was started, but ${why}`);
}
