/**
 * What an update acts through, from a command line: this executable, this state, this service.
 *
 * @module
 */
import { AppError, VERSION } from "../../base/mod.ts";
import type { UpdateHost } from "../../update/mod.ts";
import { type ConfigState, readConfigState } from "../remote/config_state.ts";
import { inServiceScope } from "../service/system_scope.ts";
import type { CommandContext } from "../table.ts";
import { findUpdatedService } from "./service.ts";

/** Every quarter of a download is told. */
const PROGRESS_STEPS = 4;

/** An update's surroundings, and what was noticed about them. */
export interface CliUpdate {
  readonly host: UpdateHost;
  readonly state: ConfigState;
  /** For people, one line each. */
  readonly notes: readonly string[];
}

/**
 * Puts the surroundings of an update together.
 *
 * @throws {AppError} `NOT_SUPPORTED` from the sources, `SERVICE_EXTERNAL` where others install the
 * program.
 */
export async function openUpdate(given: CommandContext): Promise<CliUpdate> {
  const context = inServiceScope(given);
  const { env, clock, out } = context;
  const program = ownExecutable(context);
  const [platform, { probeProgram }, state] = await Promise.all([
    import("../../platform/mod.ts"),
    import("../../update/mod.ts"),
    readConfigState(context, "ignore"),
  ]);
  const { stateDir } = state.paths;
  const { runCommand } = context.host;
  const report = (line: string) => out.note(line);
  const { service, notes } = await findUpdatedService(context, state, program, report);
  const { snapshot } = state;
  const configPath = snapshot.exists && snapshot.valid ? snapshot.path : undefined;
  return {
    state,
    notes,
    host: {
      clock,
      network: platform.systemNetwork,
      runCommand,
      stateDir,
      program,
      version: VERSION,
      ...(service === undefined ? {} : { service }),
      probe: (file, id) =>
        probeProgram({ program: file, id, stateDir, env, clock, runCommand, configPath }),
      report,
      progress: progressTo(report),
    },
  };
}

function ownExecutable({ host: { executable }, env }: CommandContext): string {
  if (executable === undefined) {
    throw new AppError("NOT_SUPPORTED", "Cannot update: this is the source, not the executable", {
      hint: "git pull\nOr make an executable: deno task compile",
    });
  }
  if (env.get("OPENCLAW_NIX_MODE") === "1") {
    throw new AppError("SERVICE_EXTERNAL", "Nix mode detected; updates are disabled", {
      hint: "Choose the version in your Nix configuration",
      details: { exitCode: 1 },
    });
  }
  return executable;
}

function progressTo(report: (line: string) => void) {
  let told = 0;
  return (received: number, total: number | undefined) => {
    if (total === undefined) return;
    const step = Math.floor((received / total) * PROGRESS_STEPS);
    if (step <= told) return;
    told = step;
    report(`${Math.round((received / total) * 100)} %`);
  };
}
