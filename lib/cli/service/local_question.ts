/**
 * Questions to the probes of the gateway on a port of this machine, with TLS or without.
 *
 * @module
 */
import type { LocalAnswer } from "../../tls/mod.ts";

/** A port with TLS says with this status that it is one. */
const SPEAKS_TLS = 400;

/** Asks for a path; `undefined` when there is no answer in time. */
export async function askLocally(
  port: number,
  path: string,
  timeoutMs: number,
): Promise<LocalAnswer | undefined> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal });
    const text = await response.text();
    if (response.status !== SPEAKS_TLS) return { status: response.status, text };
    const { requestLocally } = await import("../../tls/mod.ts");
    return await requestLocally({ host: "127.0.0.1", port, timeoutMs }, path);
  } catch {
    // Nothing listens, what does is silent, or it speaks something else.
    return undefined;
  }
}
