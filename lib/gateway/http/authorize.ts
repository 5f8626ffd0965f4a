/**
 * Who an HTTP request comes from, and what it may do.
 *
 * A credential in a header speaks for itself: whoever sends it knows it, be it a program or a page. Where
 * nothing but the place decides, mode `none` and a proxy's word, any page in a browser at that place
 * could ask as well; there only the gateway's own pages and listed ones are heard.
 *
 * @module
 */
import { headerText } from "../../base/mod.ts";
import type { HttpAuthOptions, HttpAuthResult, Peer } from "../../http/mod.ts";
import { hasScope, OPERATOR_SCOPES } from "../../protocol/mod.ts";
import { resolveIdentity } from "../auth/peer.ts";
import { scopesHeader } from "../auth/trusted_proxy.ts";
import type { AuthVerdict } from "../authenticator.ts";
import type { GatewayState } from "../state.ts";
import { corsOrigins } from "./cors_origins.ts";
import { foreignOrigin } from "./pages.ts";

/** Judges the credential, or the proxy's word; over HTTP no password stands in for a proxy. */
export function authorize(
  state: GatewayState,
  { headers }: Request,
  peer: Peer,
  options: HttpAuthOptions = {},
): HttpAuthResult {
  const { authenticator } = state;
  const credential = credentialOf(headers, options);
  const { mode, proxy } = authenticator;
  const policy = state.origins();
  const listed = [...policy.allowedOrigins, ...corsOrigins(state)];
  const origins = { ...policy, allowedOrigins: listed };
  const identity = resolveIdentity(headers, peer, { proxy, origins, allowsTailscale: false });
  const verdict = authenticator.check({
    token: credential,
    password: credential,
    address: peer.address,
    origin: headers.get("origin") ?? undefined,
    isLocalDirect: peer.isLocalDirect && mode !== "trusted-proxy",
    ...identity,
  });
  if (!verdict.ok) return refusalOf(verdict);
  if (isSecret(verdict.method)) {
    return { ok: true, scopes: OPERATOR_SCOPES, isOwner: true, subject: "secret" };
  }
  const origin = foreignOrigin(headers, listed, verdict.method === "trusted-proxy");
  if (origin !== undefined) return { ok: false, status: 403, origin };
  const user = identity.proxy?.ok ? identity.proxy.user : undefined;
  return grantOf(verdict.method, scopesHeader(headers), user);
}

/** The bearer credential; where the dialect has it and there is no other, that of `x-api-key`. */
function credentialOf(headers: Headers, { takesApiKey }: HttpAuthOptions): string | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.get("authorization") ?? "")?.[1]?.trim();
  const shown = bearer ?? (takesApiKey ? headers.get("x-api-key")?.trim() : undefined);
  return shown === undefined ? undefined : headerText(shown);
}

function refusalOf({ reason, retryAfterMs }: AuthVerdict & { ok: false }): HttpAuthResult {
  return reason === "rate_limited"
    ? { ok: false, status: 429, retryAfterMs: retryAfterMs ?? 1000 }
    : { ok: false, status: 401, reason: reason ?? "required" };
}

/** Holders of the secret are owners, whatever scopes they state. */
function isSecret(method: string): boolean {
  return method === "token" || method === "password";
}

/** All others may state less than all scopes. */
function grantOf(
  method: string,
  stated: readonly string[] | undefined,
  user: string | undefined,
): HttpAuthResult {
  const scopes = stated ?? OPERATOR_SCOPES;
  return {
    ok: true,
    scopes,
    isOwner: hasScope(scopes, "operator.admin"),
    subject: method === "trusted-proxy" ? `user:${user ?? ""}` : method,
    ...(method === "none" ? { isAnonymous: true } : {}),
  };
}
