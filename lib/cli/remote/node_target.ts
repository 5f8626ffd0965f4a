/**
 * Which gateway a node serves: flags, what it served last, environment, config, this machine.
 *
 * @module
 */
import { AppError, layerEnv } from "../../base/mod.ts";
import type { NodeFile } from "../../nodehost/mod.ts";
import type { CommandContext } from "../table.ts";
import type { ConfigState } from "./config_state.ts";
import { resolveTarget, type Target } from "./target.ts";

/** A gateway by parts, as a node remembers it. */
export type NodeGateway = NonNullable<NodeFile["gateway"]>;

/** Where a node connects. */
export interface NodeTarget {
  readonly target: Target;
  /** What to remember; absent when nothing was chosen, so that the config goes on deciding. */
  readonly gateway?: NodeGateway;
}

/**
 * The gateway of a node. A host that is not this machine gets no credential but those of the
 * environment, since the ones in the config are of another gateway.
 *
 * @throws {AppError} As {@linkcode resolveTarget}; `TLS_FINGERPRINT_INVALID`.
 */
export async function nodeTarget(
  context: CommandContext,
  state: ConfigState,
  remembered: NodeGateway | undefined,
): Promise<NodeTarget> {
  const gateway = await chosenGateway(context, remembered);
  if (gateway === undefined) return { target: await resolveTarget(context, state) };
  const { isLoopbackHost } = await import("../../config/mod.ts");
  const url = addressOf(gateway);
  const isLoopback = isLoopbackHost(new URL(url).hostname);
  const { config, env } = state.snapshot;
  const layered = {
    ...state,
    snapshot: {
      ...state.snapshot,
      env: layerEnv({ OPENCLAW_GATEWAY_URL: isLoopback ? "" : url }, env),
      config: isLoopback
        ? { ...config, gateway: { ...config.gateway, mode: "local" as const } }
        : config,
    },
  };
  const target = await resolveTarget(context, layered);
  const source = context.options.has("host") ? "node run --host" : "node.json";
  const { tlsFingerprint } = gateway;
  const pin = tlsFingerprint === undefined ? {} : { tlsFingerprint };
  return { target: { ...target, ...pin, url, source }, gateway };
}

async function chosenGateway(
  context: CommandContext,
  remembered: NodeGateway | undefined,
): Promise<NodeGateway | undefined> {
  const { options } = context;
  const host = options.text("host")?.trim();
  const hasTls = options.flag("tls") || options.has("tls-fingerprint");
  if (!host && remembered === undefined && !hasTls) return undefined;
  const { DEFAULT_GATEWAY_PORT } = await import("../../config/mod.ts");
  const last = host ? undefined : remembered;
  const fingerprint = await chosenFingerprint(context, last);
  return {
    host: host || last?.host || "127.0.0.1",
    port: options.number("port") ?? last?.port ?? DEFAULT_GATEWAY_PORT,
    tls: hasTls || (last?.tls ?? false),
    ...(fingerprint === undefined ? {} : { tlsFingerprint: fingerprint }),
  };
}

/** The flag, in its one spelling, else what is remembered. */
async function chosenFingerprint(
  { options }: CommandContext,
  last: NodeGateway | undefined,
): Promise<string | undefined> {
  const flag = options.text("tls-fingerprint");
  if (flag === undefined) return last?.tlsFingerprint;
  const { parseFingerprint } = await import("../../tls/mod.ts");
  return parseFingerprint(flag);
}

function addressOf({ host, port, tls }: NodeGateway): string {
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const url = `${tls ? "wss" : "ws"}://${name}:${port}`;
  if (URL.canParse(url) && new URL(url).pathname === "/" && !/[/@?#\s]/.test(name)) return url;
  throw new AppError("GATEWAY_URL_INVALID", `Cannot use gateway host "${host}": no host name`, {
    hint: "openclaw node run --host gateway.example --port 443 --tls",
  });
}
