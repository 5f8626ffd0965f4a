/**
 * What a port of this machine does, found out without asking any program.
 *
 * @module
 */
import { systemCode } from "./io_error.ts";

const PROBE_TIMEOUT_MS = 1000;
/** Both wildcards and both loopback addresses: a listener on any of them is in the gateway's way. */
const BIND_ADDRESSES = ["127.0.0.1", "0.0.0.0", "::1", "::"];

/**
 * Whether something accepts connections on `127.0.0.1:port`.
 *
 * @returns `true` also when nothing answered in time: a full backlog is a listener too.
 */
export async function isPortAccepting(port: number): Promise<boolean> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PROBE_TIMEOUT_MS);
  try {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port, signal: abort.signal });
    connection.close();
    return true;
  } catch {
    // Refused means no listener; running into the time limit means a silent one.
    return abort.signal.aborted;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Tries to listen on a port, on every address a gateway may use.
 *
 * @returns `unknown` when the system refused for another reason than a listener.
 */
export function testBind(port: number): "free" | "busy" | "unknown" {
  const results = BIND_ADDRESSES.map((hostname) => tryBind(hostname, port));
  if (results.includes("busy")) return "busy";
  return results.includes("free") ? "free" : "unknown";
}

function tryBind(hostname: string, port: number): "free" | "busy" | "unavailable" {
  try {
    Deno.listen({ hostname, port }).close();
    return "free";
  } catch (error) {
    const isBusy = error instanceof Deno.errors.AddrInUse || systemCode(error) === "EADDRINUSE";
    return isBusy ? "busy" : "unavailable";
  }
}
