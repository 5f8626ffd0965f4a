/**
 * Wrong tokens over WebSocket, from any address this machine has.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { encodeFrame, openingRequest } from "../harness/raw_websocket.ts";
import { connectParams } from "../harness/socket.ts";

/** Where a guess goes, where it comes from, and what it claims. */
export interface Guesser {
  readonly hostname: string;
  readonly port: number;
  /** Address of this machine to speak from. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer to a guess: `welcome`, the code of the refusal, or what else ended it. */
export type GuessOutcome = string;

/** Answers that are the same for a while are counted under their name. */
export type Tally = Record<GuessOutcome, number>;

const TIMEOUT_MS = 10_000;

/** Tries one token, waits for the verdict and hangs up. */
export function guess(
  { hostname, port, from, headers }: Guesser,
  token: string,
): Promise<GuessOutcome> {
  const params = connectParams({ auth: { token } });
  const hello = encodeFrame(JSON.stringify({ type: "req", id: "g", method: "connect", params }));
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const opening = openingRequest(port, { headers: { Host: `${host}:${port}`, ...headers } });
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname,
      port,
      ...(from === undefined ? {} : { localAddress: from }),
    });
    let text = "";
    const end = (outcome: GuessOutcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(TIMEOUT_MS, () => end("timeout"));
    socket.on("connect", () => socket.write(Buffer.concat([opening, hello])));
    socket.on("data", (data: Buffer) => {
      const verdict = verdictOf(text += data.toString("latin1"));
      if (verdict !== undefined) end(verdict);
    });
    socket.on("error", (error: Error) => end(`error: ${error.message}`));
    socket.on("close", () => end("closed"));
  });
}

function verdictOf(text: string): GuessOutcome | undefined {
  if (text.includes('"hello-ok"')) return "welcome";
  const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
  if (status !== undefined && status !== "101") return `HTTP ${status}`;
  return /"code":"(AUTH_[A-Z_]+)"/.exec(text)?.[1];
}

/** Tries wrong tokens from one place, one after another. */
export async function guessOften(guesser: Guesser, count: number): Promise<Tally> {
  const tally: Tally = {};
  for (let i = 0; i < count; i++) {
    const outcome = await guess(guesser, `wrong-${i}`);
    tally[outcome] = (tally[outcome] ?? 0) + 1;
  }
  return tally;
}
