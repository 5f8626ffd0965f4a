/**
 * Parameters of the methods about paired devices and nodes.
 *
 * @module
 */
import * as z from "zod/mini";
import { MAX_NODE_DRAIN_ITEMS, MAX_NODE_ID_CHARS } from "../limits.ts";
import { anything, clearable, count, flag, none, text, word, words } from "./fields.ts";

/** Schemas by method. */
export const DEVICE_PARAMS = {
  "device.pair.list": none,
  // An addition of this gateway: what was seen is what is approved.
  "device.pair.approve": () => z.strictObject({ requestId: text(), seenUpdatedAtMs: count() }),
  "device.pair.reject": byRequest,
  "device.pair.remove": () => z.strictObject({ deviceId: text() }),
  "device.token.rotate": () =>
    z.strictObject({ deviceId: text(), role: text(), scopes: z.optional(z.array(text())) }),
  "device.token.revoke": () => z.strictObject({ deviceId: text(), role: text() }),
  "node.pair.request": () =>
    z.strictObject({
      nodeId: text(MAX_NODE_ID_CHARS),
      displayName: word(),
      platform: word(),
      version: word(),
      coreVersion: word(),
      uiVersion: word(),
      deviceFamily: word(),
      modelIdentifier: word(),
      caps: words(),
      commands: words(),
      remoteIp: word(),
      silent: flag(),
    }),
  "node.pair.list": none,
  "node.pair.approve": byRequest,
  "node.pair.reject": byRequest,
  "node.pair.remove": byNode,
  "node.pair.verify": () => z.strictObject({ nodeId: text(), token: text() }),
  "node.rename": () => z.strictObject({ nodeId: text(), displayName: text() }),
  "node.list": none,
  "node.describe": byNode,
  "node.invoke": () =>
    z.strictObject({
      nodeId: text(),
      command: text(),
      params: anything(),
      timeoutMs: count(),
      idempotencyKey: text(),
    }),
  "node.invoke.result": () =>
    z.strictObject({
      id: text(),
      nodeId: text(),
      ok: z.boolean(),
      payload: anything(),
      payloadJSON: clearable(),
      error: z.optional(z.nullable(z.strictObject({ code: word(), message: word() }))),
    }),
  "node.event": () =>
    z.strictObject({ event: text(), payload: anything(), payloadJSON: clearable() }),
  "node.pending.pull": none,
  "node.pending.ack": () => z.strictObject({ ids: z.array(text()) }),
  "node.pending.drain": () => z.strictObject({ maxItems: count(1, MAX_NODE_DRAIN_ITEMS) }),
  "node.pending.enqueue": () =>
    z.strictObject({
      nodeId: text(),
      type: z.enum(["status.request", "location.request"]),
      priority: word(),
      expiresInMs: count(1),
      wake: flag(),
    }),
  "node.pluginSurface.refresh": () => z.strictObject({ surface: text() }),
  "skills.bins": none,
};

function byRequest() {
  return z.strictObject({ requestId: text() });
}

function byNode() {
  return z.strictObject({ nodeId: text() });
}
