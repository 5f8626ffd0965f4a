/**
 * Starts the updater: this same executable, as a process that outlives the gateway it restarts.
 *
 * A unit of systemd is ended with everything it has started, so there the updater becomes a unit of its
 * own.
 *
 * @module
 */
import { AppError, randomHex } from "../../base/mod.ts";
import type { ConfigSnapshot } from "../../config/mod.ts";
import {
  currentPid,
  detectSupervisor,
  executablePath,
  isCompiled,
  osName,
  type RunCommand,
  spawnDetached,
} from "../../platform/mod.ts";

/** Variables that decide which state, config and profile a command means. */
const PLACES = [
  "HOME",
  "PATH",
  "XDG_RUNTIME_DIR",
  "DBUS_SESSION_BUS_ADDRESS",
  "OPENCLAW_HOME",
  "OPENCLAW_STATE_DIR",
  "OPENCLAW_CONFIG_PATH",
  "OPENCLAW_PROFILE",
  "OPENCLAW_UPDATE_URL",
] as const;

/** Starts `openclaw update` with these arguments, and forgets it. */
export type LaunchUpdater = (args: readonly string[]) => Promise<void>;

/**
 * The real one.
 *
 * @throws {AppError} `NOT_SUPPORTED` from the sources, or what starting a program fails with.
 */
export function updaterLauncher(
  config: () => ConfigSnapshot,
  runCommand: RunCommand,
): LaunchUpdater {
  return async (args) => {
    if (!isCompiled()) throw fromSource();
    const env = config().processEnv;
    const command = [executablePath(), "update", "--yes", ...args] as const;
    if (detectSupervisor(env, osName(), currentPid()) !== "systemd") {
      // Its own environment would make it look like the service.
      return spawnDetached({ command, env: { OPENCLAW_SERVICE_MARKER: "" } });
    }
    const places = PLACES.flatMap((name) => {
      const value = env.get(name);
      return value ? [`--setenv=${name}=${value}`] : [];
    });
    const scope = env.get("XDG_RUNTIME_DIR") ? ["--user"] : [];
    const unit = `--unit=openclaw-update-${randomHex(4)}`;
    const asked = [...scope, "--quiet", "--collect", unit, ...places, "--", ...command];
    const { code, stderr } = await runCommand("systemd-run", asked);
    if (code === 0) return;
    throw new AppError("COMMAND_FAILED", `Cannot start the updater: ${stderr.trim()}`, {
      hint: "Update in a shell of the machine: openclaw update",
    });
  };
}

function fromSource(): AppError {
  return new AppError("NOT_SUPPORTED", "Cannot update: this is the source, not the executable", {
    hint: "git pull, then restart the gateway",
  });
}
