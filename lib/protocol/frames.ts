/**
 * The three frames: requests in, responses and events out.
 *
 * Parsing is written by hand since every message passes here; parameters are checked by the schemas
 * in `methods/`.
 *
 * @module
 */
import { isObject, type JsonObject } from "../base/mod.ts";
import type { ErrorShape } from "./errors.ts";

/** What a client sends. */
export interface RequestFrame {
  type: "req";
  /** Chosen by the client, not empty; a request may get two responses with one id. */
  id: string;
  method: string;
  /** Absent means `{}`. */
  params?: unknown;
}

/** What answers a request. A failed run's final answer has `payload` and `error`. */
export interface ResponseFrame {
  type: "res";
  id: string;
  ok: boolean;
  payload?: unknown;
  error?: ErrorShape;
}

/** Versions of the two snapshots that events carry. */
export interface StateVersion {
  presence: number;
  health: number;
}

/** What the server sends unasked. */
export interface EventFrame {
  type: "event";
  event: string;
  payload?: unknown;
  /** Per connection, from 1, only on broadcast events. */
  seq?: number;
  stateVersion?: StateVersion;
}

/** What became of an inbound text. */
export type ParsedFrame =
  | { kind: "request"; id: string; method: string; params: unknown }
  | { kind: "invalid"; id: string; message: string }
  | { kind: "notJson" };

/** The id of an answer to a frame that has none. */
const UNKNOWN_ID = "invalid";

/**
 * Parses one inbound text frame.
 *
 * @returns A request with `params` filled in; `invalid` with the whole error message and the id to
 * answer under; `notJson` for anything that is no JSON text.
 */
export function parseFrame(text: string): ParsedFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "notJson" };
  }
  if (!isObject(value)) return invalid(UNKNOWN_ID, "must be object");
  const { type, id, method } = value;
  if (
    type !== "req" || typeof id !== "string" || id === "" || typeof method !== "string" ||
    method === "" || hasForeignKey(value)
  ) {
    const answerId = typeof id === "string" && id !== "" ? id : UNKNOWN_ID;
    return invalid(answerId, describeProblems(value).join("; "));
  }
  return { kind: "request", id, method, params: value.params === undefined ? {} : value.params };
}

function invalid(id: string, problem: string): ParsedFrame {
  return { kind: "invalid", id, message: `invalid request frame: ${problem}` };
}

function hasForeignKey(frame: JsonObject): boolean {
  for (const key in frame) {
    if (!isRequestKey(key)) return true;
  }
  return false;
}

function isRequestKey(key: string): boolean {
  return key === "type" || key === "id" || key === "method" || key === "params";
}

function describeProblems(frame: JsonObject): string[] {
  const problems: string[] = [];
  for (const key of ["type", "id", "method"]) {
    const value = Object.hasOwn(frame, key) ? frame[key] : undefined;
    if (value === undefined) problems.push(`must have required property '${key}'`);
    else if (key === "type") {
      if (value !== "req") problems.push("at /type: must be equal to constant");
    } else if (typeof value !== "string") problems.push(`at /${key}: must be string`);
    else if (value === "") problems.push(`at /${key}: must NOT have fewer than 1 characters`);
  }
  for (const key of Object.keys(frame)) {
    if (!isRequestKey(key)) problems.push(`at root: unexpected property '${key}'`);
  }
  return problems;
}

/** A request as sent by a client; absent `params` stay absent. */
export function encodeRequest(id: string, method: string, params?: unknown): string {
  return JSON.stringify({ type: "req", id, method, params });
}

/** A successful answer. */
export function encodeResponse(id: string, payload?: unknown): string {
  return JSON.stringify({ type: "res", id, ok: true, payload });
}

/**
 * A refusal, or the final answer of a failed run.
 *
 * @param payload Only for a failed run.
 */
export function encodeError(id: string, error: ErrorShape, payload?: unknown): string {
  return JSON.stringify({ type: "res", id, ok: false, payload, error });
}

/** Numbers of an event that differ per connection or per state. */
export interface EventNumbers {
  seq?: number;
  stateVersion?: StateVersion;
}

/** One event for one connection. */
export function encodeEvent(event: string, payload: unknown, numbers: EventNumbers = {}): string {
  return prepareEvent(event, payload, numbers.stateVersion)(numbers.seq);
}

/**
 * Encodes an event once for many connections.
 *
 * @returns Writes the frame with a connection's sequence number, or without one; costs a
 * concatenation, whatever the size of the payload.
 */
export function prepareEvent(
  event: string,
  payload: unknown,
  stateVersion?: StateVersion,
): (seq?: number) => string {
  const frame = JSON.stringify({ type: "event", event, payload, stateVersion });
  const open = frame.slice(0, -1);
  return (seq) => seq === undefined ? frame : `${open},"seq":${seq}}`;
}

/**
 * Parses a frame that came from a server.
 *
 * @returns The frame, or `undefined` when it is neither a response nor an event. Unknown properties
 * are let through: a newer server may send more.
 */
export function parseServerFrame(text: string): ResponseFrame | EventFrame | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    // The caller counts what is not understood; there is nothing to add.
    return undefined;
  }
  if (!isObject(frame)) return undefined;
  if (frame.type === "event" && typeof frame.event === "string") {
    return frame as unknown as EventFrame;
  }
  const isResponse = frame.type === "res" && typeof frame.id === "string" &&
    typeof frame.ok === "boolean";
  return isResponse ? frame as unknown as ResponseFrame : undefined;
}
