/**
 * One call of a program of the fake Windows, as a program of its own: `<state file> <name> <arguments>`.
 *
 * What a task starts is really started, and lasts.
 *
 * @module
 */
import { FakeWindows, type ProcessHooks, type WindowsState } from "./windows.ts";

const [statePath, program, ...args] = Deno.args;
if (statePath === undefined || program === undefined) {
  throw new Error("state file and name, please");
}

const hooks: ProcessHooks = {
  begin([file, ...rest], variables) {
    const { HOME = "", PATH = "" } = Deno.env.toObject();
    const child = new Deno.Command(file!, {
      args: rest,
      env: { HOME, PATH, ...variables },
      clearEnv: true,
      detached: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    child.unref();
    return child.pid;
  },
  end(pid) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  },
  isAlive(pid) {
    try {
      return !/^\d+ \(.*\) [ZX] /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
    } catch {
      return false;
    }
  },
};

// Several programs look at once; one at a time changes the machine.
using lock = Deno.openSync(`${statePath}.lock`, { create: true, write: true });
lock.lockSync(true);
const state: WindowsState = JSON.parse(Deno.readTextFileSync(statePath));
const result = new FakeWindows(state, hooks).run(program, args);
Deno.writeTextFileSync(statePath, JSON.stringify(state, undefined, 2));
lock.unlockSync();
if (result === "timeout") await new Promise((resolve) => setTimeout(resolve, 60_000));
else {
  const write = (stream: typeof Deno.stdout, text: string) =>
    stream.writeSync(new TextEncoder().encode(text));
  write(Deno.stdout, result.stdout);
  write(Deno.stderr, result.stderr);
  // An exit status of Windows has four bytes; this system keeps the last one.
  Deno.exit(result.code & 0xff);
}
