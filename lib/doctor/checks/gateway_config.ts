/**
 * What keeps a gateway from starting with a config that is valid in itself.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { resolveBind, resolveGatewayPort } from "../../config/mod.ts";
import { configStep } from "../repair/steps.ts";
import { isUnreadable } from "./config_file.ts";
import type { Check, DoctorFacts, Finding } from "../types.ts";

const ID = "doctor:gateway-config";

/** Mode, address and the choice between token and password. */
export const gatewayConfig: Check = {
  id: ID,
  title: "Gateway config",
  run(facts) {
    if (!facts.snapshot.exists || isUnreadable(facts.snapshot)) return [];
    return [...modeFindings(facts), ...ambiguousAuth(facts), ...addressFindings(facts)];
  },
};

function modeFindings({ snapshot: { config, valid } }: DoctorFacts): Finding[] {
  const mode = config.gateway?.mode;
  if (mode === undefined) {
    if (!valid) return [];
    return [{
      id: `${ID}.mode-missing`,
      severity: "error",
      message: "gateway.mode is not set: the gateway refuses to start (exit status 78)",
      fix: "openclaw config set gateway.mode local",
      repair: [configStep("set gateway.mode to local", [["gateway.mode", "local"]])],
    }];
  }
  if (mode === "remote" && !config.gateway?.remote?.url) {
    return [{
      id: `${ID}.remote-url-missing`,
      severity: "error",
      message: "gateway.mode is remote and gateway.remote.url is not set",
      fix: "openclaw config set gateway.remote.url wss://<host>:<port>",
    }];
  }
  return [];
}

function ambiguousAuth({ snapshot }: DoctorFacts): Finding[] {
  const auth = snapshot.config.gateway?.auth;
  if (auth?.mode !== undefined || auth?.token === undefined || auth.password === undefined) {
    return [];
  }
  return [{
    id: `${ID}.auth-ambiguous`,
    severity: "error",
    message: "Token and password are both set and gateway.auth.mode is not: no start is possible",
    fix: "openclaw config set gateway.auth.mode token",
    repair: [configStep("set gateway.auth.mode to token", [["gateway.auth.mode", "token"]])],
  }];
}

function addressFindings({ snapshot: { config, env }, isContainer }: DoctorFacts): Finding[] {
  return [
    ...refusal("bind", () => resolveBind({ config, isContainer, hasCredential: false })),
    ...refusal("port", () => resolveGatewayPort({ config, env })),
  ];
}

function refusal(name: string, resolve: () => unknown): Finding[] {
  try {
    resolve();
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fix = error.hint ?? `openclaw config get gateway.${name}`;
    return [{ id: `${ID}.${name}`, severity: "error", message: error.message, fix }];
  }
}
