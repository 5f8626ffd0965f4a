/**
 * The way from a command to the gateway: who asks, with which scopes, one call.
 *
 * @module
 */
import { AppError, EXIT, VERSION } from "../../base/mod.ts";
import type { GatewayClient, GatewayClientOptions } from "../../protocol/client/mod.ts";
import type { EventFrame } from "../../protocol/mod.ts";
import { withExitCode } from "../errors.ts";
import type { CommandContext } from "../table.ts";
import { routeTo } from "./route.ts";
import { isConfiguredRemote, type Target } from "./target.ts";

/** How the connection presents itself. */
export interface ConnectOptions {
  /** Time until hello, in milliseconds. */
  readonly timeoutMs: number;
  /** `cli` unless given. */
  readonly mode?: "cli" | "probe";
  /** The methods that will be called: the connection asks for their scopes and no more. */
  readonly methods: readonly string[];
  /** Scopes besides those. */
  readonly scopes?: readonly string[];
  readonly onEvent?: (event: EventFrame) => void;
}

/** How a call is made. */
export interface CallOptions {
  /** Time for connecting and the answer together, in milliseconds. */
  readonly timeoutMs: number;
  /** Wait for the second answer of a method that answers twice. */
  readonly expectFinal?: boolean;
}

/**
 * Connects as an operator with the least scopes: on this machine by the shared secret alone, to
 * another one as a device.
 *
 * @returns The caller closes it.
 * @throws {AppError} What the client reports, with the target below the message.
 */
export async function connectTo(
  context: CommandContext,
  target: Target,
  options: ConnectOptions,
): Promise<GatewayClient> {
  const route = routeTo(context, target);
  const clientOptions = {
    ...await describeClient(target, options),
    ...(route === undefined ? {} : { route }),
  };
  const connecting = target.needsDevice
    ? connectToOther(context, target, clientOptions)
    : import("../../protocol/client/mod.ts")
      .then(({ GatewayClient }) => GatewayClient.connect(clientOptions));
  return await connecting.catch(async (error) => {
    const { explainCertificate } = await import("./untrusted.ts");
    throw explainFailure(await explainCertificate(error, target), target, context);
  });
}

async function connectToOther(
  { env, clock, out }: CommandContext,
  target: Target,
  options: GatewayClientOptions,
): Promise<GatewayClient> {
  const { resolvePaths } = await import("../../config/mod.ts");
  const { connectAsDevice } = await import("./device_connect.ts");
  const { stateDir } = resolvePaths(env);
  const isConfigured = isConfiguredRemote(target);
  const warn = (text: string) => out.note(text);
  return await connectAsDevice(options, { stateDir, clock, isConfigured, warn });
}

/** Who asks, for what. */
async function describeClient(
  target: Target,
  options: ConnectOptions,
): Promise<GatewayClientOptions> {
  const [{ requiredScope }, platform] = await Promise.all([
    import("../../protocol/mod.ts"),
    import("../../platform/mod.ts"),
  ]);
  const needed = options.methods.map(requiredScope).filter((scope) => scope !== undefined);
  return {
    url: target.url,
    ...(target.token === undefined ? {} : { token: target.token }),
    ...(target.password === undefined ? {} : { password: target.password }),
    client: {
      id: "cli",
      mode: options.mode ?? "cli",
      version: VERSION,
      platform: platform.osName(),
      deviceFamily: platform.deviceFamily(),
    },
    role: "operator",
    scopes: [...new Set([...needed, ...options.scopes ?? []])],
    handshakeTimeoutMs: options.timeoutMs,
    ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
  };
}

/** Connects, calls one method and closes again. */
export async function callGateway(
  context: CommandContext,
  target: Target,
  call: { method: string; params?: unknown },
  options: CallOptions,
): Promise<unknown> {
  const startedAt = context.clock.monotonic();
  const client = await connectTo(context, target, {
    timeoutMs: options.timeoutMs,
    methods: [call.method],
  });
  try {
    const spent = context.clock.monotonic() - startedAt;
    return await client.request(call.method, call.params ?? {}, {
      timeoutMs: Math.max(1, Math.round(options.timeoutMs - spent)),
      ...(options.expectFinal ? { expectFinal: true } : {}),
    });
  } catch (error) {
    throw explainFailure(error, target, context);
  } finally {
    client.close();
  }
}

/** Whether a failure means that no gateway could be asked, rather than that it said no. */
export function isTransportFailure(error: unknown): error is AppError {
  return error instanceof AppError &&
    ["GATEWAY_UNREACHABLE", "GATEWAY_CLOSED", "GATEWAY_TIMEOUT", "GATEWAY_STARTING"]
      .includes(error.code);
}

/** The same failure with the lines that say which gateway was meant, or with the server's code. */
export function explainFailure(error: unknown, target: Target, context: CommandContext): unknown {
  if (isPairingFailure(error)) return explainPairing(error, target);
  if (isForeignRefusal(error, target)) return explainForeignRefusal(error, target);
  if (isWayFailure(error)) return explainWay(error, target);
  if (!isTransportFailure(error)) return withServerCode(error);
  return new AppError(error.code, error.message, {
    hint: error.hint === "openclaw gateway run" && !target.isLocal
      ? context.say("gateway probe")
      : error.hint ?? context.say("gateway status"),
    retryable: error.retryable,
    details: { ...error.details, context: targetLines(target) },
    cause: error.cause,
  });
}

/** Whether the way to the gateway failed: SSH, or the certificate at its end. */
function isWayFailure(error: unknown): error is AppError {
  return error instanceof AppError &&
    ["SSH_TUNNEL_FAILED", "GATEWAY_CERTIFICATE"].includes(error.code);
}

/** The same failure with the target between what was said and what is to be done. */
function explainWay(error: AppError, target: Target): AppError {
  const said = Array.isArray(error.details?.context) ? error.details.context : [];
  return new AppError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    details: { ...error.details, context: [...said, ...targetLines(target)] },
    cause: error.cause,
  });
}

/** Whether the gateway wants a person's approval of this machine first. */
function isPairingFailure(error: unknown): error is AppError {
  return error instanceof AppError && error.code === "GATEWAY_PAIRING_REQUIRED";
}

/** The same failure with the place where its command is to be run; the wait ends by itself then. */
function explainPairing(error: AppError, target: Target): AppError {
  const context = [
    ...targetLines(target),
    "Run the next line on the gateway's machine, then repeat this command.",
  ];
  const explained = new AppError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retryable: true,
    details: { ...error.details, context },
    cause: error.cause,
  });
  return withExitCode(explained, EXIT.TRY_LATER);
}

/** Whether another machine's gateway refused the credential, other than for a time. */
function isForeignRefusal(error: unknown, target: Target): error is AppError {
  return !target.isLocal && error instanceof AppError && error.code === "GATEWAY_AUTH_FAILED" &&
    error.details?.recommendedNextStep !== "wait_then_retry";
}

/** The same refusal with the place that its credential comes from, which is not this config's. */
function explainForeignRefusal(error: AppError, target: Target): AppError {
  const hints: Readonly<Record<string, string>> = {
    "cli --url": "Repeat it with the --token or --password of that gateway",
    "env OPENCLAW_GATEWAY_URL": "Set OPENCLAW_GATEWAY_TOKEN to the token of that gateway",
  };
  return new AppError(error.code, error.message, {
    hint: hints[target.source] ?? "openclaw config set gateway.remote.token <token>",
    retryable: error.retryable,
    details: { ...error.details, context: targetLines(target) },
    cause: error.cause,
  });
}

/** A refused call under the code that the gateway gave, which decides the exit code. */
function withServerCode(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== "RPC_FAILED") return error;
  const code = error.details?.code;
  if (typeof code !== "string" || !/^[A-Z][A-Z_]+$/.test(code)) return error;
  return new AppError(code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retryable: error.retryable,
    ...(error.details === undefined ? {} : { details: error.details }),
    cause: error,
  });
}

/** Which gateway a command talks to, as lines below an error. */
export function targetLines(target: Target): string[] {
  return [
    `Gateway target: ${target.url}`,
    `Source: ${target.source}`,
    `Config: ${target.configPath}`,
    ...(target.ssh === undefined ? [] : [`SSH: ${target.ssh.target}`]),
    ...(target.bind === undefined ? [] : [`Bind: ${target.bind}`]),
  ];
}
