/**
 * The body of `POST /tools/invoke`.
 *
 * @module
 */
import * as z from "zod/mini";

/** Builds the schema: what is of another type counts as not given, unknown fields are ignored. */
export function toolsInvokeSchema() {
  const text = (about: string) =>
    z.catch(z.optional(z.string().check(z.trim(), z.describe(about))), undefined);
  return z.object({
    tool: text("Name of the tool"),
    name: text("The same, where tool is not given"),
    action: text("Argument of that name, where the tool has one and args does not"),
    args: z.catch(
      z.optional(z.looseObject({}).check(z.describe("Arguments of the tool"))),
      undefined,
    ),
    sessionKey: text("Session the call belongs to; the main one when absent"),
    agentId: text("Agent the call belongs to; that of the session when absent"),
    idempotencyKey: text("Part of the id of the call"),
    dryRun: z.catch(
      z.optional(z.boolean().check(z.describe("Check everything and do nothing"))),
      undefined,
    ),
  });
}
