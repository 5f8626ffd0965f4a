/**
 * Sends malformed bodies, and breaks streams off.
 *
 * @module
 */
import type { Dice } from "../conformance/fuzz.ts";
import { faultOf, HOOK_TOKEN, malformedBody, type Target, TARGETS } from "./http_bodies.ts";

/** The gateway that is stormed. */
export interface Stormed {
  readonly url: string;
  readonly token: string;
}

/** What came back. */
export interface StormAnswers {
  /** How many had each status. */
  readonly statuses: Record<string, number>;
  /** Answers that are none of the documented ones, with what led to them; at most ten. */
  readonly faults: string[];
}

/** What a gateway that is to be stormed has to have in its configuration. */
export const STORM_CONFIG = {
  hooks: { enabled: true, token: HOOK_TOKEN },
  gateway: { mode: "local", http: { endpoints: { metrics: { enabled: true } } } },
} as const;

/** Requests under way at the same time. */
const PARALLEL = 8;
const MAX_FAULTS = 10;

/** Sends `count` bodies, each endpoint in turn, and reads every answer to its end. */
export async function sendBodies(
  gateway: Stormed,
  dice: Dice,
  count: number,
): Promise<StormAnswers> {
  const answers: StormAnswers = { statuses: {}, faults: [] };
  let sent = 0;
  const send = async () => {
    while (sent < count && answers.faults.length < MAX_FAULTS) {
      const number = sent++;
      const target = TARGETS[number % TARGETS.length] ?? TARGETS[0];
      await sendBody(gateway, target, malformedBody(dice, target), answers);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, send));
  return answers;
}

async function sendBody(
  { url, token }: Stormed,
  target: Target,
  body: Uint8Array<ArrayBuffer>,
  { statuses, faults }: StormAnswers,
): Promise<void> {
  const secret = target.family === "hooks" ? HOOK_TOKEN : token;
  const response = await fetch(url + target.path, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body,
  });
  const text = await response.text();
  statuses[response.status] = (statuses[response.status] ?? 0) + 1;
  const fault = faultOf(target, response, text);
  if (fault === undefined) return;
  const sent = new TextDecoder().decode(body).slice(0, 500);
  faults.push(`${target.path}: ${fault}: ${response.status} ${text.slice(0, 300)} for ${sent}`);
}

/**
 * Opens streams at the same time and leaves each after a random number of pieces, some before the
 * first. Nobody reads on behind that.
 */
export async function breakStreams(
  { url, token }: Stormed,
  dice: Dice,
  count: number,
): Promise<void> {
  await Promise.all(Array.from({ length: count }, async (_, number) => {
    const pieces = dice.below(6);
    const client = new AbortController();
    if (pieces === 0) setTimeout(() => client.abort(), dice.below(30));
    try {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({
          stream: true,
          messages: [{ role: "user", content: `stream ${number}` }],
        }),
        signal: client.signal,
      });
      const reader = response.body!.getReader();
      for (let i = 0; i < pieces; i++) await reader.read();
      client.abort();
      await reader.cancel();
    } catch (error) {
      if (!client.signal.aborted) throw error;
    }
  }));
}
