/**
 * How a command gets to a gateway that cannot be dialled as it is: through SSH, or past a certificate
 * that nobody vouches for but its fingerprint.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { Route, RouteOpener } from "../../protocol/client/mod.ts";
import type { CommandContext } from "../table.ts";
import type { SshTunnel } from "./ssh/tunnel.ts";
import type { Target } from "./target.ts";

/** The way to a gateway; `undefined` for one that is dialled directly. */
export function routeTo(context: CommandContext, target: Target): RouteOpener | undefined {
  const { tlsFingerprint, ssh, url } = target;
  const hasTls = url.startsWith("wss:");
  if (ssh !== undefined) return (timeoutMs) => throughSsh(context, target, timeoutMs);
  if (!hasTls || tlsFingerprint === undefined) return undefined;
  return (timeoutMs) => pinned(new URL(url), tlsFingerprint, timeoutMs);
}

async function pinned(url: URL, fingerprint: string, timeoutMs: number): Promise<Route> {
  const { openPinnedRoute } = await import("../../tls/mod.ts");
  const { authority, ...place } = placeOf(url);
  const route = await openPinnedRoute({
    place: () => Promise.resolve(place),
    authority,
    timeoutMs,
    fingerprint,
  });
  return { ...route, url: withPath(route.url, url) };
}

async function throughSsh(
  { host }: CommandContext,
  { url: text, tlsFingerprint, ssh }: Target,
  timeoutMs: number,
): Promise<Route> {
  const [{ openSshTunnel }, { parseSshPlace }] = await Promise.all([
    import("./ssh/tunnel.ts"),
    import("./ssh/place.ts"),
  ]);
  const url = new URL(text);
  const { port: remotePort, authority } = placeOf(url);
  const open = () =>
    openSshTunnel({
      place: parseSshPlace(ssh!.target),
      identity: ssh!.identity,
      remotePort,
      timeoutMs,
      start: host.startProgram,
    });
  if (url.protocol !== "wss:") {
    const { port, failure, close } = await open();
    return { url: withPath(`ws://127.0.0.1:${port}/`, url), failure, close };
  }
  if (tlsFingerprint === undefined) throw unpinned(text);
  return await pinnedThrough(open, { url, authority, timeoutMs, fingerprint: tlsFingerprint });
}

/** TLS within SSH: each connection has a tunnel of its own. */
async function pinnedThrough(
  open: () => Promise<SshTunnel>,
  { url, ...wish }: { url: URL; authority: string; timeoutMs: number; fingerprint: string },
): Promise<Route> {
  const { openPinnedRoute } = await import("../../tls/mod.ts");
  const tunnels: SshTunnel[] = [];
  const close = () => tunnels.forEach((tunnel) => tunnel.close());
  const failure = () => tunnels.at(-1)?.failure();
  try {
    const route = await openPinnedRoute({
      ...wish,
      async place() {
        const tunnel = await open();
        tunnels.push(tunnel);
        return { host: "127.0.0.1", port: tunnel.port };
      },
    });
    return {
      url: withPath(route.url, url),
      failure,
      close() {
        route.close();
        close();
      },
    };
  } catch (error) {
    const why = failure();
    close();
    throw why ?? error;
  }
}

function placeOf(url: URL): { host: string; port: number; authority: string } {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port) || (url.protocol === "wss:" ? 443 : 80);
  return { host, port, authority: url.host };
}

/** The address on loopback, with the path of the real one. */
function withPath(loopback: string, { pathname, search }: URL): string {
  return new URL(`${pathname}${search}`, loopback).href;
}

function unpinned(url: string): AppError {
  return new AppError(
    "GATEWAY_CERTIFICATE",
    `Cannot use "${url}" through SSH: the fingerprint of its certificate is not configured`,
    {
      hint:
        "openclaw config set gateway.remote.tlsFingerprint <SHA-256>, which the gateway's own " +
        "machine shows: openclaw gateway probe",
    },
  );
}
