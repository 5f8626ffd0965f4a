/**
 * Shows the gateway to the tailnet, or to the whole internet, through the program `tailscale`.
 *
 * @module
 */
import {
  AppError,
  errorMessage,
  isObject,
  type Logger,
  parseJsonOrUndefined,
} from "../../base/mod.ts";
import type { ResolvedTailscale } from "../../config/mod.ts";
import type { CommandResult, RunCommand } from "../../platform/mod.ts";
import { runTailscale } from "./program.ts";

const STATUS_TIMEOUT_MS = 5_000;
const CHANGE_TIMEOUT_MS = 10_000;
/** An end waits for this, within the time that it has. */
const RESET_TIMEOUT_MS = 5_000;

/** What is exposed, and how. */
export interface ExposureOptions {
  readonly wish: ResolvedTailscale;
  readonly port: number;
  /** Whether the port speaks TLS; its certificate is then not checked, on loopback. */
  readonly hasTls: boolean;
  readonly run: RunCommand;
  readonly log: Logger;
}

/** A gateway that Tailscale forwards to. */
export interface Exposure {
  /** Where others reach it, such as `https://box.tailnet.example`; absent when Tailscale does not tell. */
  readonly url: string | undefined;
  /** Takes it back, where `resetOnExit` says so. */
  close(): Promise<void>;
}

/**
 * Asks Tailscale to forward to the gateway.
 *
 * @throws {AppError} `TAILSCALE_FAILED` with the command that helps.
 */
export async function expose(options: ExposureOptions): Promise<Exposure> {
  const { wish, log } = options;
  const url = await ownUrl(options);
  if (wish.mode === "serve" && wish.preserveFunnel && await hasFunnel(options)) {
    log.info("tailscale: a funnel leads to this port already and is left alone");
    return { url, close: () => Promise.resolve() };
  }
  const scheme = options.hasTls ? "https+insecure" : "http";
  const target = `${scheme}://127.0.0.1:${options.port}`;
  const result = await call(options, [wish.mode, "--bg", "--yes", target], CHANGE_TIMEOUT_MS);
  if (result.code !== 0) throw refusal(options, result);
  log.info(`tailscale: ${wish.mode} is on${url === undefined ? "" : `, ${url}`}`);
  return { url, close: () => takeBack(options) };
}

async function takeBack(options: ExposureOptions): Promise<void> {
  const { wish, log } = options;
  if (!wish.resetOnExit) return;
  try {
    const result = await call(options, [wish.mode, "reset"], RESET_TIMEOUT_MS);
    if (result.code !== 0) throw refusal(options, result);
    log.info(`tailscale: ${wish.mode} is off`);
  } catch (error) {
    log.warn(`tailscale: the exposure could not be taken back: ${errorMessage(error)}`);
  }
}

/** The name of this machine in its tailnet; proves that Tailscale runs and is logged in. */
async function ownUrl(options: ExposureOptions): Promise<string | undefined> {
  const result = await call(options, ["status", "--json"], STATUS_TIMEOUT_MS);
  const status = parseJsonOrUndefined(result.stdout);
  if (!isObject(status)) throw refusal(options, result);
  const { BackendState: state, Self: self } = status;
  if (state === "NeedsLogin" || state === "NoState") {
    throw failed("this machine is not logged in to a tailnet", "sudo tailscale up");
  }
  if (state === "Stopped") throw failed("Tailscale is switched off", "sudo tailscale up");
  const name = isObject(self) && typeof self.DNSName === "string" ? self.DNSName : "";
  return name === "" ? undefined : `https://${name.replace(/\.$/, "")}`;
}

/** Whether somebody has a funnel lead to this port. */
async function hasFunnel(options: ExposureOptions): Promise<boolean> {
  const { stdout } = await call(options, ["funnel", "status", "--json"], STATUS_TIMEOUT_MS);
  const status = parseJsonOrUndefined(stdout);
  if (!isObject(status) || !isObject(status.AllowFunnel) || !isObject(status.Web)) return false;
  const open = Object.entries(status.AllowFunnel).filter(([, isOpen]) => isOpen === true);
  const web = status.Web;
  return open.some(([host]) => {
    const handlers = isObject(web[host]) ? web[host].Handlers : undefined;
    return isObject(handlers) &&
      Object.values(handlers).some((handler) =>
        isObject(handler) && leadsTo(handler.Proxy, options.port)
      );
  });
}

function leadsTo(proxy: unknown, port: number): boolean {
  if (typeof proxy !== "string") return false;
  const url = URL.parse(proxy.replace("https+insecure:", "https:"));
  return url !== null && url.port === String(port) &&
    ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
}

async function call(
  { run }: ExposureOptions,
  args: readonly string[],
  timeoutMs: number,
): Promise<CommandResult> {
  try {
    return await runTailscale(run, args, timeoutMs);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "COMMAND_NOT_FOUND") {
      throw failed("the program tailscale is not installed", "https://tailscale.com/download");
    }
    if (error.code === "COMMAND_TIMEOUT") {
      throw failed(
        `"tailscale ${args.join(" ")}" did not end; it may wait for a question to be answered`,
        `tailscale ${args.join(" ")}`,
      );
    }
    throw error;
  }
}

/** The reason that Tailscale gave, with what helps against the known ones. */
function refusal({ wish, port }: ExposureOptions, { stdout, stderr, code }: CommandResult) {
  const text = `${stderr}\n${stdout}`.trim();
  const why = text.split("\n").map((line) => line.trim()).find((line) => line !== "") ??
    `tailscale ended with ${code}`;
  if (/access denied|permission denied|operator=|must be root/i.test(text)) {
    return failed(
      "this user may not change what Tailscale serves",
      'sudo tailscale set --operator="$USER"',
    );
  }
  const page = /https:\/\/login\.tailscale\.com\/\S+/.exec(text)?.[0];
  if (page !== undefined || /not (?:enabled|available)/i.test(text)) {
    return failed(
      `${wish.mode} is not enabled for this tailnet: ${why}`,
      page ?? "https://login.tailscale.com/admin/dns",
    );
  }
  if (/logged out|not logged in|needslogin/i.test(text)) {
    return failed("this machine is not logged in to a tailnet", "sudo tailscale up");
  }
  if (/is .*tailscaled.* running|failed to connect to local/i.test(text)) {
    return failed("its service does not run", "sudo systemctl start tailscaled");
  }
  return failed(why, `tailscale ${wish.mode} --bg ${port}`);
}

function failed(why: string, hint: string): AppError {
  return new AppError("TAILSCALE_FAILED", `Tailscale does not forward to the gateway: ${why}`, {
    hint,
  });
}
