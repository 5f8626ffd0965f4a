/**
 * The lock of the gateway: left behind, or in a folder that it cannot be made in.
 *
 * @module
 */
import { dirname } from "@std/path";
import { lookAtGatewayLock } from "../../platform/mod.ts";
import type { Check, Finding } from "../types.ts";

const ID = "doctor:session-locks";
const OTHERS_MAY_WRITE = 0o022;

/** One gateway per config. */
export const gatewayLock: Check = {
  id: ID,
  title: "Locks",
  async run({ env, paths, uid }) {
    const look = await lookAtGatewayLock({ env, configPath: paths.configPath });
    const findings: Finding[] = [];
    const folder = dirname(look.path);
    const info = await Deno.lstat(folder).catch(() => undefined);
    const isForeign = info !== undefined && uid !== undefined && info.uid !== uid;
    if (info !== undefined && (isForeign || ((info.mode ?? 0) & OTHERS_MAY_WRITE) !== 0)) {
      findings.push({
        id: `${ID}.folder`,
        severity: "error",
        message: `The folder of the lock, ${folder}, is somebody else's or open to others: ` +
          "the gateway refuses to start",
        fix: isForeign ? `sudo chown "$(id -un)" ${folder}` : `chmod 700 ${folder}`,
        ...(isForeign ? {} : {
          repair: [{
            kind: "mode" as const,
            path: folder,
            mode: 0o700,
            title: `chmod 700 ${folder}`,
            isSafe: true,
          }],
        }),
      });
    }
    if (look.state === "left") {
      findings.push({
        id: `${ID}.left`,
        severity: "info",
        message: `The lock of a gateway that is gone was left at ${look.path}; ` +
          "the next start takes it away",
      });
    }
    return findings;
  },
};
