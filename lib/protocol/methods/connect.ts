/**
 * The parameters of `connect`.
 *
 * The role and the protocol range are checked by the handshake, which has closes of its own for
 * them.
 *
 * @module
 */
import * as z from "zod/mini";
import { CLIENT_IDS, CLIENT_MODES } from "../connect.ts";
import { describeIssues } from "../issues.ts";
import { integer, once, text } from "./fields.ts";

/** The schema of `connect`'s parameters; built at the first call. */
export const connectParamsSchema = once(() =>
  z.strictObject({
    minProtocol: integer(1),
    maxProtocol: integer(1),
    client: clientSchema(),
    role: z.optional(text()),
    scopes: z.optional(z.array(text())),
    caps: z.optional(z.array(text())),
    commands: z.optional(z.array(text())),
    permissions: z.optional(z.record(text(), z.boolean())),
    pathEnv: z.optional(z.string()),
    auth: z.optional(z.strictObject({
      token: z.optional(z.string()),
      bootstrapToken: z.optional(z.string()),
      deviceToken: z.optional(z.string()),
      password: z.optional(z.string()),
    })),
    device: z.optional(z.strictObject({
      id: text(),
      publicKey: text(),
      signature: text(),
      signedAt: integer(0),
      nonce: z.string(),
    })),
    locale: z.optional(z.string()),
    userAgent: z.optional(z.string()),
  })
);

function clientSchema() {
  return z.strictObject({
    id: z.enum(CLIENT_IDS),
    mode: z.enum(CLIENT_MODES),
    version: text(),
    platform: text(),
    displayName: z.optional(text()),
    deviceFamily: z.optional(text()),
    modelIdentifier: z.optional(text()),
    instanceId: z.optional(text()),
  });
}

/** What a client says about itself when it connects. */
export type ConnectParams = z.infer<ReturnType<typeof connectParamsSchema>>;

/**
 * Checks the parameters of `connect`.
 *
 * @returns The parameters, or the message of the refusal, which is also the reason of the close.
 */
export function parseConnectParams(
  params: unknown,
): { ok: true; params: ConnectParams } | { ok: false; message: string } {
  const result = z.safeParse(connectParamsSchema(), params);
  if (result.success) return { ok: true, params: result.data };
  const issues = describeIssues(result.error.issues, params);
  return { ok: false, message: `invalid connect params: ${issues}` };
}
