/**
 * What systemctl means when it fails, and what a person does next.
 *
 * @module
 */
import { AppError, type Env } from "../../base/mod.ts";
import type { CommandResult } from "../../platform/mod.ts";

/** Why a user's service manager cannot be used. */
export type UnavailableReason = "no-systemctl" | "no-user-bus" | "no-systemd";

/** What the bus says when a user has no running manager; comes before "no such file". */
const NO_BUS =
  /failed to connect to (?:user scope )?bus|dbus_session_bus_address|xdg_runtime_dir|no medium found|enomedium/i;
const NO_SYSTEMD =
  /not been booted with systemd|systemctl --user unavailable|systemd user services are required|not supported/i;

/** Why a failed call of systemctl says that there is no manager; `undefined` for other failures. */
export function unavailableReason(output: string): UnavailableReason | undefined {
  if (NO_BUS.test(output)) return "no-user-bus";
  return NO_SYSTEMD.test(output) ? "no-systemd" : undefined;
}

/** Whether this is Linux within Windows, where systemd has to be switched on. */
export function isWsl(env: Env, kernelRelease: string): boolean {
  return ["WSL_INTEROP", "WSL_DISTRO_NAME", "WSLENV"].some((name) => env.get(name)) ||
    /microsoft|wsl/i.test(kernelRelease);
}

/** The refusal of a system whose user manager cannot be reached. */
export function unavailable(
  reason: UnavailableReason,
  detail: string,
  facts: { isWsl: boolean; isContainer: boolean },
): AppError {
  return new AppError("SERVICE_MANAGER_UNAVAILABLE", `${WHAT[reason]}${shown(detail)}`, {
    hint: hints(reason, facts).join("\n"),
    details: { reason, kind: kindOf(reason, facts) },
  });
}

const WHAT: Readonly<Record<UnavailableReason, string>> = {
  "no-systemctl": "Cannot use systemd: there is no systemctl on the PATH",
  "no-user-bus": "Cannot reach the systemd of this user: it is not running in this session",
  "no-systemd": "Cannot use systemd: this system was not started with it",
};

function kindOf(reason: UnavailableReason, facts: { isWsl: boolean; isContainer: boolean }) {
  if (facts.isContainer) return "container-foreground";
  if (facts.isWsl) return "wsl-systemd";
  return reason === "no-user-bus" ? "systemd-headless" : "systemd-unavailable";
}

function hints(
  reason: UnavailableReason,
  { isWsl, isContainer }: { isWsl: boolean; isContainer: boolean },
): string[] {
  if (isContainer) return ["Run the gateway in the foreground instead: openclaw gateway run"];
  if (isWsl) {
    return [
      "WSL2 needs systemd: write [boot] and systemd=true into /etc/wsl.conf",
      "Then run in Windows: wsl --shutdown",
      "Verify with: systemctl --user status",
    ];
  }
  if (reason === "no-user-bus") {
    return [
      "Keep the manager running without a login: sudo loginctl enable-linger $(whoami)",
      "Then, in this shell: export XDG_RUNTIME_DIR=/run/user/$(id -u)",
    ];
  }
  return ["Install systemd, or run the gateway under your own supervisor: openclaw gateway run"];
}

function shown(detail: string): string {
  const line = detail.trim().split("\n")[0]?.trim() ?? "";
  return line === "" ? "" : ` (${line})`;
}

/** What systemctl printed about a failure, in one line. */
export function failureText({ code, stderr, stdout }: CommandResult): string {
  const text = (stderr.trim() || stdout.trim()).replace(/\s*\n\s*/g, "; ");
  return text === "" ? `exit status ${code}` : text;
}
