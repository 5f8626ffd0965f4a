/**
 * What every client is held to, in terms that do not depend on the client.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Backend, LOCK_SECONDS, LOCKING_GUESSES } from "./backends.ts";

/** Input and output tokens as a client counts them. */
export interface Counted {
  readonly input: number | undefined;
  readonly output: number | undefined;
}

/** Checks that both sides were counted. */
export function assertUsage({ input, output }: Counted): void {
  assert(input !== undefined && input > 0, `input tokens: ${input}`);
  assert(output !== undefined && output > 0, `output tokens: ${output}`);
}

/** JSON Schema of the arguments of both tools. */
export const PLACE_SCHEMA = {
  type: "object",
  properties: { city: { type: "string", description: "Name of the city" } },
  required: ["city"],
  additionalProperties: false,
} as const;

/** Tools of a client, and the calls of them. */
export class Toolbox {
  /** `<tool> <city>`, in the order of the calls. */
  readonly calls: string[] = [];
  /** Greatest number of calls that a model asked for at once. */
  mostAtOnce = 0;

  /** What the tools are for. */
  static readonly descriptions = {
    weather: "The weather in a city",
    local_time: "The local time in a city",
  };

  /** Carries a call out. */
  use(name: keyof typeof Toolbox.descriptions, args: { city: string }): string {
    assert(typeof args.city === "string" && args.city !== "", JSON.stringify(args));
    this.calls.push(`${name} ${args.city}`);
    return name === "weather" ? `sunny in ${args.city}` : `12:30 in ${args.city}`;
  }

  /** Carries a call out that came as the JSON text of its arguments. */
  useJson(name: string, json: string): string {
    assert(name in Toolbox.descriptions, name);
    return this.use(name as keyof typeof Toolbox.descriptions, JSON.parse(json));
  }

  /** Notes how many calls came in one answer. */
  sawCalls(count: number): void {
    this.mostAtOnce = Math.max(this.mostAtOnce, count);
  }

  /** Checks that two rounds were gone through, the first with two calls, and that `reply` knows it. */
  assertLooped(reply: string): void {
    const names = this.calls.map((call) => call.split(" ")[0]);
    assertEquals(names.slice(0, 2).toSorted(), ["local_time", "weather"]);
    assertEquals(names.slice(2), ["weather"]);
    assertEquals(this.mostAtOnce, 2);
    const last = this.calls.at(-1)!.split(" ")[1]!;
    assertMatch(reply, new RegExp(`sunny in ${last}`));
  }
}

/** What is asked for as structured output. */
export interface City {
  city: string;
  people: number;
}

/** JSON Schema of {@linkcode City}. */
export const CITY_SCHEMA = {
  type: "object",
  properties: { city: { type: "string" }, people: { type: "integer" } },
  required: ["city", "people"],
  additionalProperties: false,
} as const;

/** Checks that a parsed answer is a city. */
export function assertCity(value: unknown): void {
  const { city, people, ...rest } = value as City;
  assert(typeof city === "string" && city !== "", JSON.stringify(value));
  assert(Number.isInteger(people), JSON.stringify(value));
  assertEquals(rest, {});
}

/** What a client says of a refusal; `retryAfter` as the header has it. */
export interface Refusal {
  readonly status: number | undefined;
  readonly retryAfter: string | null | undefined;
}

/** How a client is made to meet a limit. */
export interface LimitedCalls {
  /** Sends `message` once, without a further attempt, and answers how it was refused. */
  refusal(message: string): Promise<Refusal>;
  /** Guesses a key once. */
  guess(): Promise<unknown>;
  /** Sends `message` with as many attempts as the client likes; absent when it knows no `Retry-After`. */
  patiently?(message: string): Promise<string>;
}

/**
 * Checks what a client makes of 429: with a provider, that of the provider; without one, the lock of the
 * gateway's own door, which is open again when the client has waited as it was told.
 */
export async function assertLimited(backend: Backend, client: LimitedCalls): Promise<void> {
  const { limited, chat } = backend.lines;
  if (limited !== undefined) {
    const { status, retryAfter } = await client.refusal(limited);
    assertEquals(status, 429);
    assert(Number(retryAfter) >= 30, `Retry-After: ${retryAfter}`);
    return;
  }
  for (let guess = 0; guess < LOCKING_GUESSES; guess++) {
    await client.guess().then(() => assert(false, "A wrong key was let in"), () => {});
  }
  const lockedAt = performance.now();
  const { status, retryAfter } = await client.refusal(chat.says);
  assertEquals([status, retryAfter], [429, String(LOCK_SECONDS)]);
  if (client.patiently === undefined) {
    const left = LOCK_SECONDS * 1000 - (performance.now() - lockedAt);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
    return;
  }
  assertMatch(await client.patiently(chat.says), chat.reply);
  assert(performance.now() - lockedAt >= LOCK_SECONDS * 1000 * 0.9);
}

/** What a slow answer is asked for with; no two are the same. */
export function slowMessage({ lines }: Backend): string {
  return `${lines.slow}, ${crypto.randomUUID().slice(0, 8)}`;
}

/** Waits for the first text of a stream. @throws {Error} When there is none. */
export async function firstText(texts: AsyncIterable<string>): Promise<string> {
  for await (const text of texts) if (text !== "") return text;
  throw new Error("The stream ended without a text");
}

/** The error that `call` throws. */
export async function thrownBy(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error("The call did not fail");
}
