/**
 * The browsers that asked for push messages, and the keys of the gateway: kept over restarts.
 *
 * @module
 */
import { join } from "@std/path";
import {
  AppError,
  type Clock,
  fromBase64,
  isObject,
  isPublicHost,
  KeyedQueue,
  parseJsonOrUndefined,
  randomId,
} from "../../base/mod.ts";
import { readTextFileIfExists } from "../../platform/mod.ts";
import type { Settings } from "../methods/settings.ts";
import { AUTH_SECRET_BYTES, PUBLIC_KEY_BYTES } from "./encrypt.ts";
import { createVapidKeys, readVapidKeys, type VapidKeys } from "./vapid.ts";

const KEYS_SETTING = "push.web.vapidKeys";
const SUBSCRIPTIONS_SETTING = "push.web.subscriptions";
const QUEUE_KEY = "push";
/** Every one of them costs a request for each message. */
const MAX_SUBSCRIPTIONS = 100;
const MAX_ENDPOINT_CHARS = 2048;

/** One browser. */
export interface PushSubscriptionRecord {
  readonly subscriptionId: string;
  readonly endpoint: string;
  /** As the browser gave them. */
  readonly keys: { readonly p256dh: string; readonly auth: string };
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a browser sends to subscribe. */
export type PushSubscriptionInput = Pick<PushSubscriptionRecord, "endpoint" | "keys">;

/** Keeps subscriptions and keys; one change after another. */
export class PushSubscriptions {
  readonly #settings: Settings;
  readonly #stateDir: string;
  readonly #clock: Clock;
  readonly #queue = new KeyedQueue();

  constructor(settings: Settings, stateDir: string, clock: Clock) {
    this.#settings = settings;
    this.#stateDir = stateDir;
    this.#clock = clock;
  }

  /** The gateway's keys; made at the first call, or taken over from an earlier gateway. */
  keys(): Promise<VapidKeys> {
    return this.#queue.run(QUEUE_KEY, async () => {
      const kept = readVapidKeys(this.#settings.get(KEYS_SETTING));
      if (kept) return kept;
      const earlier = readVapidKeys(await this.#earlierFile("vapid-keys.json"));
      // Browsers are tied to the key they subscribed with: both are taken over, or neither.
      if (earlier) await this.#takeOver();
      const keys = earlier ?? await createVapidKeys();
      await this.#settings.set(KEYS_SETTING, keys);
      return keys;
    });
  }

  /** All of them, oldest first. */
  list(): PushSubscriptionRecord[] {
    const kept = this.#settings.get(SUBSCRIPTIONS_SETTING);
    return Array.isArray(kept) ? kept as PushSubscriptionRecord[] : [];
  }

  /**
   * Adds a browser, or renews the keys of one that is there.
   *
   * @throws {AppError} `INVALID_REQUEST` for an endpoint or keys that cannot be used.
   */
  subscribe(input: PushSubscriptionInput): Promise<PushSubscriptionRecord> {
    assertUsable(input);
    return this.#queue.run(QUEUE_KEY, async () => {
      const now = this.#clock.now();
      const all = this.list();
      const known = all.find(({ endpoint }) => endpoint === input.endpoint);
      if (!known && all.length >= MAX_SUBSCRIPTIONS) throw tooMany();
      const record: PushSubscriptionRecord = {
        subscriptionId: known?.subscriptionId ?? randomId(),
        endpoint: input.endpoint,
        keys: { p256dh: input.keys.p256dh, auth: input.keys.auth },
        createdAtMs: known?.createdAtMs ?? now,
        updatedAtMs: now,
      };
      const rest = all.filter(({ endpoint }) => endpoint !== input.endpoint);
      await this.#settings.set(SUBSCRIPTIONS_SETTING, [...rest, record]);
      return record;
    });
  }

  /** Forgets browsers; answers whether any of them was there. */
  remove(endpoints: ReadonlySet<string>): Promise<boolean> {
    return this.#queue.run(QUEUE_KEY, async () => {
      const all = this.list();
      const rest = all.filter(({ endpoint }) => !endpoints.has(endpoint));
      if (rest.length === all.length) return false;
      await this.#settings.set(SUBSCRIPTIONS_SETTING, rest);
      return true;
    });
  }

  /** Takes the browsers of an earlier gateway over, unless there are others already. */
  async #takeOver(): Promise<void> {
    if (this.#settings.get(SUBSCRIPTIONS_SETTING) !== undefined) return;
    const file = await this.#earlierFile("web-push-subscriptions.json");
    const found = isObject(file) && isObject(file.subscriptionsByEndpointHash)
      ? Object.values(file.subscriptionsByEndpointHash).filter(isRecord)
      : [];
    if (found.length === 0) return;
    await this.#settings.set(SUBSCRIPTIONS_SETTING, found.slice(0, MAX_SUBSCRIPTIONS));
  }

  async #earlierFile(name: string): Promise<unknown> {
    const text = await readTextFileIfExists(join(this.#stateDir, "push", name));
    return text === undefined ? undefined : parseJsonOrUndefined(text);
  }
}

/** Whether a value of a file is a subscription that can be sent to. */
function isRecord(value: unknown): value is PushSubscriptionRecord {
  if (!isObject(value) || !isObject(value.keys)) return false;
  const { subscriptionId, endpoint, keys: { p256dh, auth } } = value;
  const texts = [subscriptionId, endpoint, p256dh, auth];
  return texts.every((text) => typeof text === "string") &&
    problemOf(value as unknown as PushSubscriptionInput) === undefined;
}

function assertUsable(input: PushSubscriptionInput): void {
  const problem = problemOf(input);
  if (problem !== undefined) throw invalid(problem);
}

/** Why a subscription cannot be used. */
function problemOf({ endpoint, keys }: PushSubscriptionInput): string | undefined {
  if (endpoint.length > MAX_ENDPOINT_CHARS || !URL.canParse(endpoint)) {
    return "at /endpoint: must be an address";
  }
  const url = new URL(endpoint);
  if (url.protocol !== "https:" || url.username !== "" || url.password !== "") {
    return 'at /endpoint: must match pattern "^https://"';
  }
  if (!isPublicHost(url)) return "at /endpoint: must be a host of the public internet";
  const point = fromBase64(keys.p256dh);
  if (point?.length !== PUBLIC_KEY_BYTES || point[0] !== 4) {
    return `at /keys/p256dh: must be ${PUBLIC_KEY_BYTES} bytes of an uncompressed point`;
  }
  return fromBase64(keys.auth)?.length === AUTH_SECRET_BYTES
    ? undefined
    : `at /keys/auth: must be ${AUTH_SECRET_BYTES} bytes`;
}

function invalid(problem: string): AppError {
  return new AppError("INVALID_REQUEST", `invalid push.web.subscribe params: ${problem}`, {
    hint: "Send the subscription as the browser's push manager gave it",
  });
}

function tooMany(): AppError {
  return new AppError("UNAVAILABLE", `${MAX_SUBSCRIPTIONS} browsers are subscribed already`, {
    hint: "Remove one with push.web.unsubscribe",
  });
}
