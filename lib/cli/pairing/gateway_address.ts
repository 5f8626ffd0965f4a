/**
 * The address that a new device is told to find the gateway at.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";

/** An address, and where it came from. */
export interface GatewayAddress {
  readonly url: string;
  readonly source: "cli --url" | "gateway.bind";
}

/**
 * The address that was given, else the one that `gateway.bind` leads to.
 *
 * @throws {AppError} `GATEWAY_URL_INVALID`, `CONFIG_MODE_REMOTE`, or `BIND_INVALID` when other
 * machines cannot reach the gateway.
 */
export async function gatewayAddress(
  { snapshot }: ConfigState,
  wanted: string | undefined,
): Promise<GatewayAddress> {
  const { config } = snapshot;
  if (config.gateway?.mode === "remote") {
    throw new AppError(
      "CONFIG_MODE_REMOTE",
      "Cannot make a setup code here: gateway.mode is remote, the gateway is on another machine",
      { hint: "Run it there: openclaw qr" },
    );
  }
  if (wanted !== undefined) return { url: checkedUrl(wanted), source: "cli --url" };
  const host = await reachableHost(snapshot);
  const { resolveGatewayPort } = await import("../../config/mod.ts");
  const { port } = resolveGatewayPort({ env: snapshot.env, config });
  const scheme = config.gateway?.tls?.enabled ? "wss" : "ws";
  return { url: `${scheme}://${host}:${port}`, source: "gateway.bind" };
}

/** Credentials in an address would end up on a screen. */
function checkedUrl(text: string): string {
  const url = URL.parse(text.trim());
  const isUsable = url !== null && /^wss?:$/.test(url.protocol) && url.username === "" &&
    url.password === "";
  if (isUsable) return text.trim();
  throw new AppError(
    "GATEWAY_URL_INVALID",
    "Cannot use the address of --url: expected ws://host:port or wss://host:port",
    { hint: "openclaw qr --url wss://gateway.example" },
  );
}

async function reachableHost({ config, env, parsed }: ConfigState["snapshot"]): Promise<string> {
  const [{ hasChosenCredential, isLoopbackHost, resolveBind }, platform] = await Promise.all([
    import("../../config/mod.ts"),
    import("../../platform/mod.ts"),
  ]);
  const bind = resolveBind({
    config,
    isContainer: platform.isContainer(env),
    hasCredential: hasChosenCredential({ env, config, parsed }),
  });
  const [first] = bind.hosts;
  const host = first === "0.0.0.0" ? platform.primaryAddress() : first;
  if (host !== undefined && !isLoopbackHost(host)) return host;
  throw new AppError(
    "BIND_INVALID",
    `Cannot tell a device where the gateway is: with gateway.bind "${bind.mode}" no other machine ` +
      "reaches it",
    {
      hint: bind.isLoopback
        ? "openclaw config set gateway.bind lan, or name a proxy: openclaw qr --url wss://gateway.example"
        : "Name the address: openclaw qr --url ws://192.168.1.10:18789",
    },
  );
}
