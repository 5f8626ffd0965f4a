/**
 * Why a gateway that should run does not: its service's last end, and who has its port.
 *
 * @module
 */
import { EXIT } from "../../base/mod.ts";
import { describePort, inspectPort, lookAtGatewayLock } from "../../platform/mod.ts";
import type { Check, DoctorFacts, Finding, ServiceLook } from "../types.ts";

const ID = "doctor:gateway-daemon";

/** Looks only when nothing answers on this machine. */
export const gatewayDaemon: Check = {
  id: ID,
  title: "Gateway process",
  async run(facts) {
    const look = await facts.gateway();
    if (look.isConnected || !look.isLocal) return [];
    const service = await facts.service();
    return [
      ...(service === undefined ? [] : endFindings(service)),
      ...(look.isRefused ? [] : await portFindings(facts)),
    ];
  },
};

function endFindings(service: ServiceLook): Finding[] {
  const { state, lastExitStatus, detail, logHint } = service;
  if (state === "crash_looping") {
    return [{
      id: `${ID}.crash-loop`,
      severity: "error",
      message: "The service is started again and again and ends each time",
      ...(detail === undefined ? {} : { detail: [detail] }),
      fix: logHint,
    }];
  }
  if (state !== "failed") return [];
  const isConfig = lastExitStatus === EXIT.CONFIG;
  return [{
    id: `${ID}.failed`,
    severity: "error",
    message: isConfig
      ? "The service has ended because of its config (exit status 78) and is not started again"
      : "The service has failed and is not started again",
    ...(detail === undefined ? {} : { detail: [detail] }),
    fix: isConfig ? "openclaw config validate" : logHint,
  }];
}

async function portFindings({ port, env, paths }: DoctorFacts): Promise<Finding[]> {
  const usage = await inspectPort(port);
  if (usage.status !== "busy") return await lockFindings({ env, paths });
  return [{
    id: `${ID}.port-taken`,
    severity: "error",
    message: `Port ${port} is taken by something that is no gateway of this config`,
    detail: describePort(usage).slice(1),
    fix: "openclaw config set gateway.port <port>",
  }];
}

async function lockFindings({ env, paths }: Pick<DoctorFacts, "env" | "paths">) {
  const lock = await lookAtGatewayLock({ env, configPath: paths.configPath });
  if (lock.state !== "held") return [];
  const who = lock.pid === undefined ? "A process" : `Process ${lock.pid}`;
  return [{
    id: `${ID}.locked`,
    severity: "warn" as const,
    message: `${who} holds the lock of this config and does not listen on its port`,
    fix: "openclaw gateway status --deep",
  }];
}
