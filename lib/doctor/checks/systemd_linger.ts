/**
 * Whether the service outlives the login.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { isLingering, lingerWarning } from "../../service/mod.ts";
import type { Check } from "../types.ts";

const ID = "doctor:systemd-linger";
const ENABLE_TIMEOUT_MS = 30_000;

/** Linux only, and only where a service of the user is installed. */
export const systemdLinger: Check = {
  id: ID,
  title: "Systemd lingering",
  async run(facts) {
    const { os, userName, uid, runCommand } = facts;
    if (os !== "linux" || userName === undefined || uid === 0) return [];
    const service = await facts.service();
    if (service === undefined || !service.isInstalled || service.isOfSystem) return [];
    if (await isLingering(runCommand, userName) !== false) return [];
    return [{
      id: `${ID}.off`,
      severity: "warn",
      message: lingerWarning(userName).split(" Run: ")[0]!,
      fix: `sudo loginctl enable-linger ${userName}`,
      repair: [{
        kind: "act",
        title: `loginctl enable-linger ${userName}`,
        isSafe: false,
        touches: [],
        async run() {
          const args = ["enable-linger", userName];
          const { code, stderr } = await runCommand("loginctl", args, {
            timeoutMs: ENABLE_TIMEOUT_MS,
          });
          if (code === 0) return [`Enabled systemd lingering for ${userName}.`];
          const why = stderr.trim().split("\n")[0] || `exit status ${code}`;
          throw new AppError("SERVICE_CHECK_FAILED", `Cannot enable lingering: ${why}`, {
            hint: `sudo loginctl enable-linger ${userName}`,
          });
        },
      }],
    }];
  },
};
