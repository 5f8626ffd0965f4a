/**
 * What `devices rotate` and `devices revoke` have in common: one device, one role, and the end of a
 * token.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { PairedDeviceRow } from "../../protocol/mod.ts";
import type { Target } from "../remote/target.ts";
import type { CommandContext } from "../table.ts";
import type { Call } from "../remote/ask.ts";
import { listDevices } from "./ask.ts";
import { findDevice, tokenRole } from "./find.ts";
import { isCutOff, ownDeviceId, replaceOwnToken } from "./own_device.ts";

/** Whose token a command is about. */
export interface TokenOwner {
  readonly device: PairedDeviceRow;
  readonly role: string;
}

/** What a gateway answers when a token has ended, as far as it is used here. */
interface Ended {
  readonly deviceId: string;
  readonly token?: string;
  readonly scopes?: string[];
}

/**
 * The device and the role that the command line names.
 *
 * @throws {AppError} `USAGE` or `DEVICE_NOT_FOUND`
 */
export async function findTokenOwner(context: CommandContext, call: Call): Promise<TokenOwner> {
  const { args, options } = context;
  const wanted = args[0] ?? options.text("device");
  if (wanted === undefined) {
    throw new AppError("USAGE", "Missing <device>: name the device whose token is meant", {
      hint: "openclaw devices list",
    });
  }
  const device = findDevice(await listDevices(call), wanted);
  return { device, role: tokenRole(device, options.text("role")) };
}

/**
 * Calls a method that ends a token. When it is the one of this connection, the answer may be lost
 * with the connection, and what this machine has stored is put right.
 *
 * @returns The answer, unless it was lost.
 */
export async function endToken<T extends Ended>(
  context: CommandContext,
  { target, call, owner }: { target: Target; call: Call; owner: TokenOwner },
  method: string,
  params: Record<string, unknown> = {},
): Promise<T | undefined> {
  const { device: { deviceId }, role } = owner;
  const isOwn = role === "operator" && deviceId === await ownDeviceId(context, target);
  const answer = await call<T>(method, { deviceId, role, ...params }).catch((error) => {
    if (!isOwn || !isCutOff(error)) throw error;
  });
  if (isOwn) {
    const { token, scopes = [] }: Partial<Ended> = answer ?? {};
    await replaceOwnToken(
      context,
      target,
      deviceId,
      token === undefined ? undefined : { token, scopes },
    );
  }
  return answer ?? undefined;
}
