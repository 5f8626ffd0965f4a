/**
 * Parameters of the methods about configuration, secrets and the setup wizard.
 *
 * @module
 */
import * as z from "zod/mini";
import { anything, count, deliveryContext, name, none, text, word } from "./fields.ts";

/** Schemas by method. */
export const CONFIG_PARAMS = {
  "config.get": none,
  "config.set": () => z.strictObject({ raw: text(), baseHash: name() }),
  "config.patch": writeParams,
  "config.apply": writeParams,
  "config.schema": none,
  "config.schema.lookup": () => z.strictObject({ path: text() }),
  "config.openFile": none,
  "secrets.reload": none,
  "secrets.resolve": () => z.strictObject({ commandName: text(), targetIds: z.array(text()) }),
  "wizard.start": () =>
    z.strictObject({ mode: z.optional(z.enum(["local", "remote"])), workspace: word() }),
  "wizard.next": () =>
    z.strictObject({
      sessionId: text(),
      answer: z.optional(z.strictObject({ stepId: text(), value: anything() })),
    }),
  "wizard.cancel": bySession,
  "wizard.status": bySession,
};

function writeParams() {
  return z.strictObject({
    raw: text(),
    baseHash: name(),
    sessionKey: word(),
    deliveryContext: deliveryContext(),
    note: word(),
    restartDelayMs: count(),
  });
}

function bySession() {
  return z.strictObject({ sessionId: text() });
}
