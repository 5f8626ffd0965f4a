/**
 * The executable that stands for launchctl: its state is a JSON file, its jobs may be real processes.
 *
 * Run as `deno run launchctl.ts <state file> <arguments of launchctl>`.
 *
 * @module
 */
import { parsePlist } from "../../../lib/service/launchd/plist_reader.ts";
import { callLaunchctl, type FakeJob, type FakeState, type Spawner } from "./launchd.ts";

/** Keeps the exit status of a process that nobody waits for. */
const KEEPER = `
trap : TERM
status="$1"
log="$2"
shift 2
"$@" >>"$log" 2>&1 &
child=$!
while :; do
  code=0
  wait "$child" || code=$?
  kill -0 "$child" 2>/dev/null || break
done
echo "$code" >"$status.$$.part"
mv "$status.$$.part" "$status.$$"
`;

if (import.meta.main) {
  const [stateFile = "", ...args] = Deno.args;
  // Two calls at once are answered one after the other.
  const lock = Deno.openSync(`${stateFile}.lock`, { create: true, write: true });
  lock.lockSync(true);
  const state = JSON.parse(Deno.readTextFileSync(stateFile)) as FakeState;
  const spawner = state.program === "spawns" ? processes(stateFile) : undefined;
  const result = callLaunchctl(state, args, spawner);
  Deno.writeTextFileSync(`${stateFile}.part`, JSON.stringify(state));
  Deno.renameSync(`${stateFile}.part`, stateFile);
  lock.close();
  await Deno.stdout.write(new TextEncoder().encode(result.stdout));
  await Deno.stderr.write(new TextEncoder().encode(result.stderr));
  Deno.exit(result.code);
}

const ROUND_MS = 20;
const MAX_ROUNDS = 1500;

function processes(stateFile: string): Spawner {
  const exitOf = (pid: number): string | undefined => {
    try {
      return Deno.readTextFileSync(`${stateFile}.exit.${pid}`).trim();
    } catch {
      return isAlive(pid) ? undefined : "1";
    }
  };
  return {
    start: ({ path, label, command }: FakeJob) => {
      const plist = parsePlist(Deno.readTextFileSync(path));
      const status = `${stateFile}.exit`;
      const child = new Deno.Command("/bin/sh", {
        args: ["-c", KEEPER, "sh", status, String(plist.StandardOutPath), ...command],
        cwd: String(plist.WorkingDirectory),
        clearEnv: true,
        // As bare as launchd starts things.
        env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", XPC_SERVICE_NAME: label },
        detached: true,
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      child.unref();
      return child.pid;
    },
    exitOf,
    // The process leads a group of its own.
    end: (pid) => Deno.kill(-pid, "SIGTERM"),
    waitFor: (pid) => {
      for (let round = 0; exitOf(pid) === undefined && round < MAX_ROUNDS; round++) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ROUND_MS);
      }
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}
