/**
 * Parameters of the methods about the gateway itself.
 *
 * @module
 */
import * as z from "zod/mini";
import { MAX_LOG_BYTES, MAX_LOG_LINES } from "../limits.ts";
import { integer, none, text } from "./fields.ts";

const flag = () => z.optional(z.boolean());
const word = () => z.optional(z.string());

/** Schemas by method. */
export const SYSTEM_PARAMS = {
  "health": () => z.looseObject({ probe: flag() }),
  "status": () => z.strictObject({ includeChannelSummary: flag() }),
  "system-presence": none,
  "last-heartbeat": none,
  "set-heartbeats": () => z.strictObject({ enabled: z.boolean() }),
  "wake": () =>
    z.looseObject({
      mode: z.enum(["now", "next-heartbeat"]),
      text: text(),
      sessionKey: word(),
    }),
  "system-event": () =>
    z.looseObject({
      text: text(),
      deviceId: word(),
      instanceId: word(),
      host: word(),
      ip: word(),
      mode: word(),
      version: word(),
      platform: word(),
      deviceFamily: word(),
      modelIdentifier: word(),
      lastInputSeconds: z.optional(z.number()),
      reason: word(),
      roles: z.optional(z.array(z.string())),
      scopes: z.optional(z.array(z.string())),
      tags: z.optional(z.array(z.string())),
    }),
  "gateway.identity.get": none,
  "gateway.restart.preflight": none,
  "logs.tail": () =>
    z.strictObject({
      cursor: z.optional(integer(0)),
      limit: z.optional(integer(1, MAX_LOG_LINES)),
      maxBytes: z.optional(integer(1, MAX_LOG_BYTES)),
    }),
  "config.get": none,
  "channels.status": () =>
    z.strictObject({
      probe: flag(),
      timeoutMs: z.optional(integer(0)),
      channel: z.optional(text()),
    }),
};
