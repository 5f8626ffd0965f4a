/**
 * What the tests of the handshake share: a connect of any kind, and what a refusal has to be like.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../lib/cli/commands.ts";
import type { TestDevice } from "../harness/device.ts";
import { type TestGateway, TOKEN } from "../harness/gateway.ts";
import { connectParams, type Frame, TestSocket } from "../harness/socket.ts";

/** Headers of a client that comes through a proxy nobody trusts, which makes it remote. */
export const REMOTE = { "x-forwarded-for": "192.0.2.9" };

/** A connect. */
export interface Knock {
  /** Headers of the upgrade. */
  headers?: Record<string, string>;
  /** Replaces parameters of a CLI that shows the right token and asks for everything. */
  params?: Frame;
  device?: TestDevice;
  version?: "v2" | "v3";
  signedAt?: number;
  /** Changes the device after it was signed. */
  tamper?: (device: Frame) => Frame;
}

/** What came back. */
export interface Answer extends AsyncDisposable {
  socket: TestSocket;
  response: Frame;
}

/** A refusal, with how its socket was closed. */
export interface Refusal {
  error: Frame;
  closed: { code: number; reason: string };
}

/** What a refusal has to be. */
export interface ExpectedRefusal {
  code: string;
  message: RegExp;
  /** All of `error.details`; a pattern stands for a text that differs each time. */
  details: Frame;
  closeCode?: number;
  /** The beginning of the message unless given. */
  closeReason?: string;
}

/** The Control UI as it describes itself. */
export const CONTROL_UI = {
  client: { id: "openclaw-control-ui", version: "1", platform: "web", mode: "webchat" },
};
/** A helper of the program itself. */
export const BACKEND = {
  client: { id: "gateway-client", version: "1", platform: "linux", mode: "backend" },
};
/** The terminal interface. */
export const TUI = {
  client: { id: "openclaw-tui", version: "1", platform: "linux", mode: "ui" },
};

/** Connects; the answer is disposed of by the caller. */
export async function knock(gateway: TestGateway, how: Knock = {}): Promise<Answer> {
  const { headers = {}, device, version = "v3", tamper = (signed: Frame) => signed } = how;
  const socket = await TestSocket.open(gateway.wsUrl, headers);
  const params = connectParams({ auth: { token: TOKEN }, ...how.params });
  if (device !== undefined) {
    const { nonce } = socket.frames[0]!.payload;
    const signedAt = how.signedAt ?? Date.now();
    params.device = tamper(await device.sign(params, { nonce, signedAt, version }));
  }
  const response = await socket.call("connect", params);
  return { socket, response, [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose]() };
}

/** Connects and answers hello; a refusal fails the test. The connection ends at once. */
export async function hello(gateway: TestGateway, how: Knock = {}): Promise<Frame> {
  await using answer = await knock(gateway, how);
  assert(answer.response.ok, JSON.stringify(answer.response.error));
  return answer.response.payload;
}

/** Connects, which must be refused. */
export async function refused(gateway: TestGateway, how: Knock = {}): Promise<Refusal> {
  await using answer = await knock(gateway, how);
  assertEquals(answer.response.ok, false, "it was let in");
  return { error: answer.response.error, closed: await answer.socket.ended() };
}

/** Checks everything a refusal consists of, and that the commands it names exist. */
export function assertRefusal({ error, closed }: Refusal, expected: ExpectedRefusal): void {
  assertEquals(error.code, expected.code);
  assert(expected.message.test(error.message), error.message);
  assertDetails(error.details, expected.details);
  assertEquals(closed.code, expected.closeCode ?? 1008);
  if (expected.closeReason !== undefined) assertEquals(closed.reason, expected.closeReason);
  else {
    assert(closed.reason.length > 0 && error.message.startsWith(closed.reason), closed.reason);
    assert(new TextEncoder().encode(closed.reason).length <= 120);
  }
  for (const command of commandsIn(error.message)) assertKnown(command);
  const { remediationHint } = error.details ?? {};
  if (remediationHint !== undefined) assertKnown(commandsIn(remediationHint)[0]!);
}

function assertDetails(details: Frame, expected: Frame): void {
  assertEquals(Object.keys(details ?? {}).sort(), Object.keys(expected).sort());
  for (const [key, value] of Object.entries(expected)) {
    if (value instanceof RegExp) assert(value.test(details[key]), `${key}: ${details[key]}`);
    else assertEquals(details[key], value, key);
  }
}

/** What follows `openclaw` in a text, as words. */
function commandsIn(text: string): string[][] {
  return [...text.matchAll(/openclaw ((?:[a-z-]+ ?)+)/g)].map(([, words]) =>
    words!.trim().split(" ")
  );
}

function assertKnown(words: readonly string[]): void {
  const isKnown = COMMANDS.some(({ path, load }) =>
    path.length > 0 && load !== undefined && path.every((word, index) => word === words[index])
  );
  assert(isKnown, `no such command: openclaw ${words.join(" ")}`);
}
