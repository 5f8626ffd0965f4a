/**
 * Reasons of the configuration for which a gateway must not start.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { ConfigIssue, ConfigSnapshot } from "../types.ts";
import type { ResolvedAuth } from "./auth.ts";
import type { ResolvedBind } from "./bind.ts";
import { assertHooksUsable } from "./hooks.ts";
import type { TailscaleMode } from "./tailscale.ts";

/** What a gateway is about to start with. */
export interface StartOptions {
  readonly snapshot: ConfigSnapshot;
  readonly bind: ResolvedBind;
  readonly auth: ResolvedAuth;
  /** How Tailscale is to show the gateway: `--tailscale`, else the config. */
  readonly tailscaleMode?: TailscaleMode | undefined;
  /** Value of `--allow-unconfigured`. */
  readonly allowUnconfigured: boolean;
}

/**
 * Refuses a start that the configuration does not allow; all refusals mean exit status 78.
 *
 * @throws {AppError} `CONFIG_INVALID`, `CONFIG_UNREADABLE`, `CONFIG_MISSING`, `CONFIG_MODE_MISSING`,
 * `CONFIG_MODE_REMOTE`, `TAILSCALE_BIND_INVALID`, `TAILSCALE_FUNNEL_NEEDS_PASSWORD`,
 * `AUTH_REQUIRED_FOR_BIND`, `HOOKS_TOKEN_REUSED` or another `HOOKS_…`
 */
export function assertStartAllowed(options: StartOptions): void {
  assertUsable(options.snapshot);
  if (!options.allowUnconfigured) assertLocalMode(options.snapshot);
  assertTailscale(options);
  assertProtected(options.bind, options.auth);
  assertHooksUsable(options.snapshot.config, options.auth);
}

/** Tailscale forwards to loopback, and what the whole internet reaches takes a password. */
function assertTailscale({ tailscaleMode = "off", bind, auth }: StartOptions): void {
  if (tailscaleMode === "off") return;
  if (!bind.isLoopback) {
    throw new AppError(
      "TAILSCALE_BIND_INVALID",
      "tailscale serve/funnel requires gateway bind=loopback (127.0.0.1)",
      { hint: "openclaw config set gateway.bind loopback" },
    );
  }
  if (tailscaleMode === "funnel" && auth.mode !== "password") {
    throw new AppError(
      "TAILSCALE_FUNNEL_NEEDS_PASSWORD",
      "tailscale funnel requires gateway auth mode=password",
      { hint: "openclaw config set gateway.auth.mode password, and gateway.auth.password" },
    );
  }
}

/**
 * Refuses a configuration that cannot be parsed or has values of the wrong type.
 *
 * @throws {AppError} `CONFIG_UNREADABLE` or `CONFIG_INVALID`
 */
export function assertUsable(snapshot: ConfigSnapshot): void {
  if (snapshot.valid) return;
  const unreadable = snapshot.issues.find((issue) => issue.path === "");
  if (unreadable) {
    throw new AppError(
      "CONFIG_UNREADABLE",
      `Cannot read config "${snapshot.path}": ${unreadable.message}`,
      {
        hint: "openclaw config validate",
      },
    );
  }
  throw new AppError(
    "CONFIG_INVALID",
    `Invalid config at "${snapshot.path}": ${summarize(snapshot.issues)}`,
    { hint: "openclaw config validate", details: { issues: snapshot.issues } },
  );
}

const SHOWN_ISSUES = 3;

/** The first few issues on one line. */
export function summarize(issues: readonly ConfigIssue[]): string {
  const shown = issues.slice(0, SHOWN_ISSUES).map(({ path, message }) =>
    path === "" ? message : `${path}: ${message}`
  );
  const more = issues.length - shown.length;
  return shown.join("; ") + (more > 0 ? ` (+${more} more ${more === 1 ? "issue" : "issues"})` : "");
}

function assertLocalMode({ exists, config }: ConfigSnapshot): void {
  const hint = "openclaw config set gateway.mode local";
  if (!exists) {
    throw new AppError(
      "CONFIG_MISSING",
      "Missing config. Run openclaw setup or set gateway.mode=local (or pass --allow-unconfigured).",
      { hint: "openclaw setup" },
    );
  }
  const mode = config.gateway?.mode;
  if (mode === undefined) {
    throw new AppError(
      "CONFIG_MODE_MISSING",
      // deno-lint-ignore openclaw/error-message -- wording that tools look for
      "Gateway start blocked: existing config is missing gateway.mode. " +
        "Set gateway.mode=local or pass --allow-unconfigured.",
      { hint },
    );
  }
  if (mode !== "local") {
    throw new AppError(
      "CONFIG_MODE_REMOTE",
      // deno-lint-ignore openclaw/error-message -- wording that tools look for
      `Gateway start blocked: set gateway.mode=local (current: ${mode}) or pass ` +
        "--allow-unconfigured.",
      { hint },
    );
  }
}

function assertProtected(bind: ResolvedBind, auth: ResolvedAuth): void {
  const isProtected = auth.token !== undefined || auth.password !== undefined ||
    auth.trustedProxy !== undefined;
  if (bind.isLoopback || isProtected) return;
  throw new AppError(
    "AUTH_REQUIRED_FOR_BIND",
    // deno-lint-ignore openclaw/error-message -- wording that tools look for
    `Refusing to bind gateway to ${bind.mode} without auth.`,
    {
      hint: "openclaw setup, which makes a token; or start with --bind loopback",
      details: { bind: bind.mode, hosts: bind.hosts },
    },
  );
}
