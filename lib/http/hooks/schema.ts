/**
 * The bodies of the two built-in webhooks. Lenient: a field of another type counts as absent, as senders
 * of webhooks cannot be argued with.
 *
 * @module
 */
import * as z from "zod/mini";

/** Body of `/hooks/wake`. */
export function wakeSchema() {
  return z.object({
    /** What the main session is told. */
    text: lenientText(),
    mode: wakeMode(),
  });
}

/** Body of `/hooks/agent`. */
export function agentSchema() {
  return z.object({
    /** What the agent is to do. */
    message: lenientText(),
    name: lenientText(),
    agentId: lenientText(),
    sessionKey: lenientText(),
    wakeMode: wakeMode(),
    deliver: z.catch(z.optional(z.boolean()), undefined),
    /** `last` or the id of a channel. */
    channel: lenientText(),
    /** Receiver in that channel. */
    to: lenientText(),
    model: z.catch(z.optional(z.string().check(z.trim())), ""),
    thinking: lenientText(),
    timeoutSeconds: z.catch(z.optional(z.number().check(z.positive())), undefined),
    idempotencyKey: lenientText(),
  });
}

function lenientText() {
  const text = z.string().check(z.trim(), z.minLength(1));
  return z.catch(z.optional(text), undefined);
}

function wakeMode() {
  return z._default(z.catch(z.enum(["now", "next-heartbeat"]), "now"), "now");
}
