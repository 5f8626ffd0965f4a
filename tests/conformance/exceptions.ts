/**
 * Demands of the conformance table that the runtime's server is known not to meet, each by the name
 * of its case.
 *
 * @module
 */

/** A known deviation: the table fails when its outcome changes, for better or worse. */
export interface Exception {
  readonly outcome: string;
  readonly reason: string;
}

/** What is below the gateway: executables may be built on the older runtime, or stand behind the guard. */
export type Runtime = "2.7" | "current" | "guarded";

/** The runtime of a version number. */
export function runtimeOf(version: string): Runtime {
  return version.startsWith("2.7.") ? "2.7" : "current";
}

function runtime(outcome: string, reason: string): Exception {
  return { outcome, reason };
}

const UPGRADED = "101, connect.challenge";
const NO_DEADLINE = "the runtime's server has no deadline for a request's head";
const LATE_LIMIT = "the runtime hands over whole messages only, its own limit is 64 MiB a frame";

/** Known deviations of every runtime, by the name of the case. */
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  "opening: HTTP/1.0": runtime(UPGRADED, "the version of HTTP is not shown to the program"),
  "length: 5 bytes in 16 bits": runtime("open", "the runtime reads lengths in any form"),
  "length: 5 bytes in 64 bits": runtime("open", "the runtime reads lengths in any form"),
  "length: 4 MiB of a frame before hello, never ended": runtime("close 1000", LATE_LIMIT),
  "mask: none": runtime("open", "the runtime reads unmasked frames"),
  "mask: none on a ping": runtime("open", "the runtime reads unmasked frames"),
  "fragments: 4 MiB before hello, never ended": runtime("close 1000", LATE_LIMIT),
  "control: pong of 126 bytes": runtime("open", "the runtime limits pings only"),
  "close: code 1014": runtime("close 1002", "the runtime does not know this registered code"),
  "close: payload of 126 bytes": runtime("close 1000", "the runtime does not limit close frames"),
  "close: the server's own is never answered": runtime(
    "close 1000, TCP open",
    "the runtime cannot end a socket whose peer does not answer a close",
  ),
  "close: a violation carries its code": runtime("cut", "the runtime ends TCP without a close"),
  "close: invalid UTF-8 carries its code": runtime("cut", "the runtime ends TCP without a close"),
  "peer: connects and sends nothing": runtime("open", NO_DEADLINE),
  "peer: half an opening request": runtime("open", NO_DEADLINE),
};

/** Deviations of the current runtime alone. */
const CURRENT_RUNTIME: Readonly<Record<string, Exception>> = {
  "opening: headers of 100 kB": runtime("400", "the runtime refuses that much by itself"),
};

const OLD_RUNTIME: Readonly<Record<string, Exception>> = {
  "opening: HTTP/1.0": runtime("no challenge", "upgraded, and then the connection ends"),
  "opening: two Hosts": runtime("403", "two Hosts arrive as one, which is foreign"),
};

/** Deviations of every runtime that the guard makes up for. */
const MET_BY_GUARD: ReadonlySet<string> = new Set([
  "opening: HTTP/1.0",
  "length: 4 MiB of a frame before hello, never ended",
  "fragments: 4 MiB before hello, never ended",
  "close: the server's own is never answered",
  "peer: connects and sends nothing",
  "peer: half an opening request",
]);

/** The known deviations on a runtime. */
export function exceptionsOn(runtime: Runtime): Readonly<Record<string, Exception>> {
  switch (runtime) {
    case "2.7":
      return { ...EXCEPTIONS, ...OLD_RUNTIME };
    case "current":
      return { ...EXCEPTIONS, ...CURRENT_RUNTIME };
    case "guarded": {
      const left = Object.entries(EXCEPTIONS).filter(([name]) => !MET_BY_GUARD.has(name));
      return Object.fromEntries(left);
    }
  }
}
