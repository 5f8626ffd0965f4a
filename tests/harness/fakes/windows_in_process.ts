/**
 * The fake Windows within a test's own process, with a service manager on it.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, envOf } from "../../../lib/base/mod.ts";
import { inspectPort, type RunCommand } from "../../../lib/platform/mod.ts";
import { buildServiceSpec, serviceNames, type ServiceSpec } from "../../../lib/service/mod.ts";
import { SchtasksManager } from "../../../lib/service/schtasks/manager.ts";
import { FakeWindows, freshWindows, type WindowsState } from "./windows.ts";

/** A machine with a home of its own; dispose of it at the end of the test. */
export interface WindowsBox extends AsyncDisposable {
  readonly windows: FakeWindows;
  readonly state: WindowsState;
  readonly home: string;
  readonly stateDir: string;
  readonly manager: SchtasksManager;
  readonly entry: string;
  spec(over?: { port?: number; secrets?: Record<string, string> }): ServiceSpec;
  /** Whether the gateway's script, a file beside it, or nothing is in the state folder. */
  files(): string[];
}

/** Makes a machine. */
export async function windowsBox(over: Partial<WindowsState> = {}): Promise<WindowsBox> {
  const home = await Deno.makeTempDir({ prefix: "openclaw-windows-" });
  const stateDir = join(home, ".openclaw");
  const state = freshWindows(over);
  const windows = new FakeWindows(state);
  const env = envOf({ USERNAME: "ann", USERDOMAIN: "OFFICE", APPDATA: join(home, "AppData") });
  const names = serviceNames(undefined, env);
  const run = commandsOf(windows);
  const manager = new SchtasksManager({
    runCommand: run,
    env,
    home,
    stateDir,
    task: names.windowsTask,
    port: 18789,
    inspect: (port) => inspectPort(port, { os: "windows", run, testBind: () => "free" }),
    wait: () => Promise.resolve(),
  });
  return {
    windows,
    state,
    home,
    stateDir,
    manager,
    entry: join(
      home,
      "AppData/Microsoft/Windows/Start Menu/Programs/Startup/OpenClaw Gateway.cmd",
    ),
    spec: ({ port = 18789, secrets = {} } = {}) =>
      buildServiceSpec({
        os: "windows",
        names,
        version: "1.2.3",
        program: ["C:\\Program Files\\OpenClaw\\openclaw.exe"],
        port,
        home,
        stateDir,
        env,
        secrets,
        managedKeys: [],
      }),
    files: () => {
      try {
        return [...Deno.readDirSync(stateDir)].map(({ name }) => name).sort();
      } catch {
        return [];
      }
    },
    async [Symbol.asyncDispose]() {
      await Deno.remove(home, { recursive: true });
    },
  };
}

/** The programs of a machine, as a manager runs them. */
export function commandsOf(windows: FakeWindows): RunCommand {
  return (command, args) => {
    const result = windows.run(command, args);
    if (result !== "timeout") return Promise.resolve(result);
    return Promise.reject(
      new AppError("COMMAND_TIMEOUT", `Cannot finish "${command}"`, { hint: "x", retryable: true }),
    );
  };
}
