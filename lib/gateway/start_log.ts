/**
 * The log of a start, and what it says.
 *
 * @module
 */
import { formatDuration, type Logger, VERSION } from "../base/mod.ts";
import { lastGoodPath, resolveLogging } from "../config/mod.ts";
import { createLogging, hostName, isStdoutTty, type Logging } from "../platform/mod.ts";
import type { ServerTls } from "../tls/mod.ts";
import { defaultModel } from "./default_model.ts";
import type { Gateway } from "./gateway.ts";
import { hideSecrets } from "./secrets/gateway_secrets.ts";
import type { StartPlan } from "./start_plan.ts";
import { tokenFilePath } from "./token_file.ts";

/** Opens the log, to which no secret of the configuration gets. */
export function openLogging({ clock, options, config, auth, secrets, paths }: StartPlan): Logging {
  const stdoutIsTty = isStdoutTty();
  const settings = resolveLogging({
    config: config.config,
    env: config.env,
    levelFlag: options.logLevel,
    isTty: stdoutIsTty,
  });
  hideSecrets(config, secrets);
  secrets.add(auth.token);
  secrets.add(auth.password);
  return createLogging({
    clock,
    env: config.env,
    level: settings.level,
    consoleLevel: options.verbose ? "debug" : settings.consoleLevel,
    consoleStyle: settings.consoleStyle,
    ...(settings.file === undefined ? {} : { file: settings.file }),
    maxFileBytes: settings.maxFileBytes,
    redact: (text) => secrets.redact(text),
    stdoutIsTty,
    hostname: hostName(),
    version: VERSION,
    configPath: paths.configPath,
  });
}

/** Says what the start was decided by. */
export function announce(plan: StartPlan, log: Logger): void {
  const { config, rejected, bind, auth, tls, paths, secretWarnings, newerWriter } = plan;
  log.info("loading configuration…");
  if (rejected) {
    log.error(`config "${rejected.path}" is invalid: ${rejected.message}`);
    log.error(
      `serving the last accepted config instead, kept in ${lastGoodPath(paths)}; ` +
        "see what is wrong: openclaw config validate",
    );
  }
  for (const { path, message } of config.warnings) {
    log.warn(`config: ${path}: ${message}`);
  }
  for (const { code, path, message } of secretWarnings) log.warn(`[${code}] ${path}: ${message}`);
  if (newerWriter !== undefined) {
    log.warn(
      `the config was last written by OpenClaw ${newerWriter}, this is the older ${VERSION}; ` +
        "go back to the newer one with: openclaw update",
    );
  }
  log.info("resolving authentication…");
  if (auth.generated) {
    log.warn(`auth token was missing. A generated one is kept in ${tokenFilePath(paths.stateDir)}`);
  }
  if (auth.mode === "none") {
    log.warn("authentication is off: every program of this machine has full access");
  }
  if (bind.mode === "tailnet" && bind.isLoopback) {
    log.warn("this machine is in no tailnet: listening on loopback only (see: tailscale status)");
  }
  if (!bind.isLoopback) {
    log.warn("⚠️  Gateway is binding to a non-loopback address. Keep the credential secret.");
  }
  if (tls) announceTls(tls, log.child("tls"));
  log.info("starting...");
}

function announceTls(
  { certPath, isNew, facts: { fingerprint, validTo }, warnings }: ServerTls,
  log: Logger,
): void {
  if (isNew) log.info(`gateway tls: generated self-signed cert at ${certPath}`);
  const end = new Date(validTo).toISOString().slice(0, 10);
  log.info(`gateway tls: SHA-256 fingerprint ${fingerprint}, valid until ${end}`);
  for (const warning of warnings) log.warn(`gateway tls: ${warning}`);
}

/** Says where the gateway answers. */
export function announceReady(
  { bind, tls }: StartPlan,
  gateway: Gateway,
  log: Logger,
  logging: Logging,
  elapsedMs: number,
): void {
  const model = defaultModel(gateway.state.agents());
  if (model) {
    log.info(`agent model: ${model.provider}/${model.model} (${model.name})`);
  }
  if (gateway.interruptedRuns > 0) {
    log.warn(
      `${gateway.interruptedRuns} run(s) were cut off by the last stop; their messages are kept`,
    );
  }
  const shown = gateway.hosts.map((host) => host.includes(":") ? `[${host}]` : host);
  const urls = shown.map((host) => `${tls ? "https" : "http"}://${host}:${gateway.port}`).join(
    ", ",
  );
  log.info(`http server listening on ${urls} (bind ${bind.mode}; ${formatDuration(elapsedMs)})`);
  if (logging.filePath !== undefined) log.info(`log file: ${logging.filePath}`);
  const { startup } = gateway.state;
  if (startup.pending.length === 0) log.info("ready");
  else {
    log.info(`listening; not ready yet: ${startup.pending.join(", ")}`);
    startup.onReady = () => log.info("ready");
  }
}
