/**
 * Sends one message to one browser through its push service.
 *
 * @see RFC 8030 (generic event delivery using HTTP push)
 * @module
 */
import { type Clock, errorMessage, fromBase64, isPublicAddress } from "../../base/mod.ts";
import type { Network } from "../../platform/mod.ts";
import { encryptPush } from "./encrypt.ts";
import type { PushSubscriptionRecord } from "./subscriptions.ts";
import { vapidAuthorization, type VapidKeys } from "./vapid.ts";

/** How long a push service keeps a message for a browser that is away. */
const MESSAGE_TTL_S = 24 * 3600;
const TIMEOUT_MS = 10_000;
/** Whom a push service may write to about misbehaviour. */
const SUBJECT = "https://openclaw.ai";
/** The browser has ended the subscription. */
const GONE: readonly number[] = [404, 410];

/** What sending needs. */
export interface PushDeps {
  readonly network: Network;
  readonly clock: Clock;
  readonly keys: VapidKeys;
}

/** What became of one message. */
export interface PushResult {
  readonly ok: boolean;
  readonly subscriptionId: string;
  /** Of the push service's answer. */
  readonly statusCode?: number;
  readonly error?: string;
  /** The subscription has ended and is of no further use. */
  readonly isGone: boolean;
}

/** Sends a JSON message; failures are part of the result. */
export async function sendPush(
  { network, clock, keys }: PushDeps,
  { subscriptionId, endpoint, keys: recipient }: PushSubscriptionRecord,
  message: unknown,
): Promise<PushResult> {
  const failed = (error: string) => ({ ok: false, subscriptionId, error, isGone: false });
  try {
    const hidden = await findHiddenAddress(network, endpoint);
    if (hidden) {
      return failed(`${new URL(endpoint).hostname} leads to ${hidden}, which is not public`);
    }
    const body = await encryptPush(new TextEncoder().encode(JSON.stringify(message)), {
      p256dh: fromBase64(recipient.p256dh)!,
      auth: fromBase64(recipient.auth)!,
    });
    const response = await network.fetch(endpoint, {
      method: "POST",
      headers: {
        authorization: await vapidAuthorization(keys, endpoint, SUBJECT, clock.now()),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        ttl: String(MESSAGE_TTL_S),
      },
      body,
      // The address was checked, the one it would lead on to was not.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    const { status: statusCode, ok } = response;
    if (ok) return { ok, subscriptionId, statusCode, isGone: false };
    const error = `the push service answered ${statusCode}`;
    return { ...failed(error), statusCode, isGone: GONE.includes(statusCode) };
  } catch (error) {
    return failed(errorMessage(error));
  }
}

/** An address of the endpoint's host that is inside a network, if there is one. */
async function findHiddenAddress(network: Network, endpoint: string): Promise<string | undefined> {
  const addresses = await network.resolveHost(new URL(endpoint).hostname.replace(/^\[|\]$/g, ""));
  return addresses.find((address) => !isPublicAddress(address));
}
