/**
 * `openclaw gateway [run]`: reads the flags and hands over to the gateway.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { GatewayRunOptions } from "../../gateway/mod.ts";
import { withExitCode } from "../errors.ts";
import type { CommandContext } from "../table.ts";

/** Runs the gateway in this process until it ends. */
export async function run(context: CommandContext): Promise<number> {
  const options = gatewayRunOptions(context);
  if (context.options.has("password")) {
    context.out.note(
      "Warning: --password is visible to other users of this machine, use --password-file",
    );
  }
  const [gateway, platform] = await Promise.all([
    import("../../gateway/mod.ts"),
    import("../../platform/mod.ts"),
  ]);
  const { clock, env, out } = context;
  const supervisor = platform.detectSupervisor(env, platform.osName(), platform.currentPid());
  try {
    return await gateway.runThroughConflicts(() => gateway.runGateway(options), {
      supervisor,
      clock,
      note: (text) => out.note(text),
    });
  } catch (error) {
    const exitStatus = gateway.supervisedExitStatus(error, supervisor);
    if (exitStatus !== undefined) throw withExitCode(error as AppError, exitStatus);
    if (!gateway.isHeld(error)) throw error;
    const { explainConflict } = await import("../service/conflict.ts");
    throw await explainConflict(context, error);
  }
}

/** The flags as the gateway takes them. */
export function gatewayRunOptions(context: CommandContext): GatewayRunOptions {
  const { options, root, env, profile } = context;
  if (options.flag("reset") && !options.flag("dev")) {
    throw usage("Cannot use --reset without --dev: it empties only a development state");
  }
  if (options.has("password") && options.has("password-file")) {
    throw usage("Cannot combine --password with --password-file");
  }
  return {
    ...optional("port", options.number("port")),
    ...optional("bind", options.text("bind")),
    ...optional("token", options.text("token")),
    ...optional("password", options.text("password")),
    ...optional("passwordFile", options.text("password-file")),
    ...optional("auth", options.text("auth")),
    ...optional("tailscale", options.text("tailscale")),
    ...(options.flag("tailscale-reset-on-exit") ? { tailscaleResetOnExit: true } : {}),
    ...optional("logLevel", root.logLevel),
    ...(options.flag("strict-config") ? { strictConfig: true } : {}),
    allowUnconfigured: options.flag("allow-unconfigured"),
    verbose: options.flag("verbose"),
    force: options.flag("force"),
    dev: options.flag("dev"),
    reset: options.flag("reset"),
    wsLog: wsLogStyle(context),
    profile,
    env,
  };
}

function wsLogStyle({ options }: CommandContext): "auto" | "full" | "compact" {
  const style = options.text("ws-log");
  if (style === "full" || style === "compact") return style;
  return options.flag("compact") ? "compact" : "auto";
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}

function usage(message: string): AppError {
  return new AppError("USAGE", message, { hint: "openclaw gateway run --help" });
}
