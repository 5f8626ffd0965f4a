/**
 * The credential of the gateway: is there one, and can it be guessed.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { resolveAuth, type ResolvedAuth } from "../../config/mod.ts";
import { configStep } from "../repair/steps.ts";
import { isUnreadable } from "./config_file.ts";
import type { Check, DoctorFacts, Finding } from "../types.ts";

const ID = "doctor:gateway-auth";
/** Shorter ones can be tried out. */
const MIN_SECRET_CHARS = 24;

/** Missing, placeholder, short, or nothing at all. */
export const gatewayAuth: Check = {
  id: ID,
  title: "Gateway auth",
  run(facts) {
    const { snapshot } = facts;
    if (!snapshot.exists || isUnreadable(snapshot) || snapshot.config.gateway?.mode === "remote") {
      return [];
    }
    try {
      const { config, parsed, env } = snapshot;
      return judge(facts, resolveAuth({ config, parsed, env, newToken: () => "" }));
    } catch (error) {
      return unusable(error);
    }
  },
};

function judge(facts: DoctorFacts, auth: ResolvedAuth): Finding[] {
  if (auth.mode === "none") {
    return [{
      id: `${ID}.none`,
      severity: "warn",
      message: "gateway.auth.mode is none: every program of this machine may use the gateway",
      fix: "openclaw config set gateway.auth.mode token",
    }];
  }
  if (auth.generated) return [missingToken(facts)];
  const name = auth.mode === "password" ? "password" : "token";
  const secret = auth[name];
  if (secret === undefined || secret.length >= MIN_SECRET_CHARS || name === "password") return [];
  return [{
    id: `${ID}.token-short`,
    severity: "warn",
    message: `The gateway token has ${secret.length} characters; ${MIN_SECRET_CHARS} are safe`,
    fix: 'openclaw config set gateway.auth.token "$(openssl rand -hex 24)"',
  }];
}

function missingToken({ newToken, wishes }: DoctorFacts): Finding {
  const step = {
    ...configStep("make a gateway token", []),
    isSafe: wishes.generateToken,
    async edit(raw: string) {
      const { setConfigValue } = await import("../../config/mod.ts");
      return await setConfigValue(raw, "gateway.auth.token", newToken());
    },
  };
  return {
    id: `${ID}.token-missing`,
    severity: "warn",
    message: "No gateway token is configured: the gateway makes one for itself",
    fix: "openclaw doctor --fix --generate-gateway-token",
    repair: [step],
  };
}

function unusable(error: unknown): Finding[] {
  if (!(error instanceof AppError)) throw error;
  // Both credentials without a mode are the business of the check of the config.
  if (error.code === "AUTH_CONFLICT" && error.message.includes("gateway.auth.mode is not")) {
    return [];
  }
  return [{
    id: `${ID}.${error.code.toLowerCase().replace(/^auth_/, "").replaceAll("_", "-")}`,
    severity: "error",
    message: error.message,
    fix: error.hint ?? "openclaw config get gateway.auth",
  }];
}
