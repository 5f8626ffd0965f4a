/**
 * The running gateway: does it answer, is it this version, does it serve the config that is on disk.
 *
 * @module
 */
import { isObject, VERSION } from "../../base/mod.ts";
import type { Check, DoctorFacts, Finding, GatewayLook } from "../types.ts";
import { serviceRepair } from "./gateway_services.ts";

const ID = "doctor:gateway-health";

/** What the gateway says of itself, and whether it says anything. */
export const gatewayHealth: Check = {
  id: ID,
  title: "Gateway health",
  async run(facts) {
    const look = await facts.gateway();
    if (!look.isConnected) return [await unreachable(facts, look)];
    return [
      ...versionFindings(look),
      ...configFindings(look),
      ...loopFindings(look),
      ...channelFindings(look),
    ];
  },
};

async function unreachable(facts: DoctorFacts, look: GatewayLook): Promise<Finding> {
  const message = look.error ?? "the gateway does not answer";
  if (look.isRefused) {
    return {
      id: `${ID}.refused`,
      severity: "error",
      message: `A gateway answers at ${look.url} and refuses this credential: ${message}`,
      fix: look.hint ?? "openclaw config get gateway.auth",
    };
  }
  const service = look.isLocal ? await facts.service() : undefined;
  const isExpected = service?.isInstalled === true || !look.isLocal;
  const isStarted = service?.isInstalled === true && service.isLoaded;
  return {
    id: `${ID}.unreachable`,
    severity: isExpected ? "error" : "info",
    message: isExpected
      ? `The gateway does not answer at ${look.url}: ${message}`
      : `No gateway runs at ${look.url}`,
    fix: isStarted
      ? "openclaw gateway restart"
      : look.isLocal
      ? "openclaw gateway run"
      : "openclaw gateway probe",
    ...(isStarted ? restartRepair(facts) : {}),
  };
}

/** Restarting a service that should serve and does not harms nobody, so nobody has to be asked. */
function restartRepair(facts: DoctorFacts) {
  const { repair } = serviceRepair(facts, "restart", "restart the gateway service", []);
  return repair === undefined ? {} : { repair: repair.map((step) => ({ ...step, isSafe: true })) };
}

function versionFindings({ version }: GatewayLook): Finding[] {
  if (version === undefined || version === VERSION) return [];
  return [{
    id: `${ID}.version-skew`,
    severity: "warn",
    message: `The gateway runs version ${version}, this program is ${VERSION}`,
    fix: "openclaw gateway restart",
  }];
}

function configFindings({ answers }: GatewayLook): Finding[] {
  const rejected = isObject(answers.status) ? answers.status.rejectedConfig : undefined;
  if (!isObject(rejected)) return [];
  return [{
    id: `${ID}.config-rejected`,
    severity: "error",
    message: "The gateway refuses the config file as it is and serves an earlier one: " +
      String(rejected.message ?? "it is invalid"),
    fix: "openclaw config validate",
  }];
}

function loopFindings({ answers }: GatewayLook): Finding[] {
  const loop = isObject(answers.health) ? answers.health.eventLoop : undefined;
  if (!isObject(loop) || loop.degraded !== true) return [];
  const reasons = Array.isArray(loop.reasons) ? ` (${loop.reasons.join(", ")})` : "";
  return [{
    id: `${ID}.event-loop`,
    severity: "warn",
    message: `The gateway is slow to react${reasons}`,
    fix: "openclaw gateway health",
  }];
}

/** Channels that are configured and not well. */
function channelFindings({ answers }: GatewayLook): Finding[] {
  const channels = isObject(answers.health) ? answers.health.channels : undefined;
  if (!isObject(channels)) return [];
  return Object.entries(channels).flatMap(([name, state]): Finding[] => {
    if (!isObject(state) || typeof state.lastError !== "string" || state.lastError === "") {
      return [];
    }
    return [{
      id: `${ID}.channel`,
      severity: "warn",
      message: `Channel ${name}: ${state.lastError}`,
      fix: "openclaw gateway health",
    }];
  });
}
