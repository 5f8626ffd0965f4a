/**
 * What a client sends in answer to the challenge.
 *
 * @module
 */
import { PROTOCOL_VERSION } from "../limits.ts";
import type { ConnectParams } from "../methods/connect.ts";
import type { GatewayClientOptions } from "./types.ts";

/** The parameters of `connect`, signed by the device if there is one. */
export async function buildConnectParams(
  options: GatewayClientOptions,
  nonce: string,
): Promise<ConnectParams> {
  const role = options.role ?? "operator";
  const scopes = [...options.scopes ?? []];
  const params: ConnectParams = {
    minProtocol: PROTOCOL_VERSION,
    maxProtocol: PROTOCOL_VERSION,
    client: { ...options.client },
    role,
    scopes,
    caps: [...options.caps ?? []],
  };
  if (options.commands !== undefined) params.commands = [...options.commands];
  if (options.permissions !== undefined) params.permissions = { ...options.permissions };
  for (const name of ["pathEnv", "locale", "userAgent"] as const) {
    const value = options[name];
    if (value !== undefined) params[name] = value;
  }
  const auth = buildAuth(options);
  if (Object.keys(auth).length > 0) params.auth = auth;
  if (options.device !== undefined) {
    const token = options.token ?? options.deviceToken ?? "";
    params.device = await options.device.sign({
      nonce,
      client: options.client,
      role,
      scopes,
      token,
    });
  }
  return params;
}

function buildAuth(options: GatewayClientOptions): NonNullable<ConnectParams["auth"]> {
  const auth: NonNullable<ConnectParams["auth"]> = {};
  if (options.token !== undefined) auth.token = options.token;
  if (options.deviceToken !== undefined) auth.deviceToken = options.deviceToken;
  if (options.password !== undefined) auth.password = options.password;
  return auth;
}
