/**
 * A folder with a `launchctl` in it that stands for the real one, and the way to run it.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { type RunCommand, runCommand } from "../../lib/platform/mod.ts";
import { type FakeState, freshState } from "./fakes/launchd.ts";

const PROGRAM = fromFileUrl(new URL("fakes/launchctl.ts", import.meta.url));
const CONFIG = fromFileUrl(new URL("../deno.json", import.meta.url));

/** A machine with a launchctl of its own. */
export class LaunchctlBox implements AsyncDisposable {
  readonly folder: string;
  readonly #stateFile: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#stateFile = join(folder, "launchd.json");
  }

  static async create(over: Partial<FakeState> = {}): Promise<LaunchctlBox> {
    const box = new LaunchctlBox(await Deno.makeTempDir({ prefix: "openclaw-launchctl-" }));
    box.state = freshState(over);
    const flags = `run -A --quiet --no-check --no-lock --cached-only --config '${CONFIG}'`;
    await Deno.writeTextFile(
      join(box.folder, "launchctl"),
      `#!/bin/sh\nexec '${Deno.execPath()}' ${flags} '${PROGRAM}' '${box.#stateFile}' "$@"\n`,
      { mode: 0o755 },
    );
    return box;
  }

  /** What launchd knows now. */
  get state(): FakeState {
    return JSON.parse(Deno.readTextFileSync(this.#stateFile)) as FakeState;
  }

  set state(state: FakeState) {
    Deno.writeTextFileSync(this.#stateFile, JSON.stringify(state));
  }

  /** Changes what launchd knows and does. */
  change(edit: (state: FakeState) => void): void {
    const { state } = this;
    edit(state);
    this.state = state;
  }

  /** Runs programs with this launchctl first on the PATH. */
  get runCommand(): RunCommand {
    const PATH = `${this.folder}:${Deno.env.get("PATH") ?? ""}`;
    return (command, args, options = {}) =>
      runCommand(command, args, { ...options, env: { ...options.env, PATH } });
  }

  /** The verbs of all calls so far, in order. */
  get verbs(): string[] {
    return this.state.calls.map(([verb = "", flag]) => flag === "-k" ? `${verb} -k` : verb);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid } of Object.values(this.state.jobs)) {
      if (this.state.program === "spawns" && pid !== undefined) endGroup(pid);
    }
    await Deno.remove(this.folder, { recursive: true });
  }
}

function endGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
