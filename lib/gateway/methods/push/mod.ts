/**
 * Methods of push messages to browsers.
 *
 * @module
 */
import type { PushSubscriptions } from "../../push/subscriptions.ts";
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";
import type { Settings } from "../settings.ts";

const DEFAULT_TITLE = "OpenClaw";
const DEFAULT_BODY = "Push messages from this gateway arrive here.";

/** `push.web.*`; what they need is loaded at the first call. */
export function pushMethods(state: GatewayState, settings: Settings): Handlers {
  let loading: Promise<PushSubscriptions> | undefined;
  const subscriptions = () =>
    loading ??= import("../../push/subscriptions.ts").then(({ PushSubscriptions }) =>
      new PushSubscriptions(settings, state.paths.stateDir, state.clock)
    );
  return {
    "push.web.vapidPublicKey": async () => {
      const { publicKey } = await (await subscriptions()).keys();
      return { vapidPublicKey: publicKey };
    },
    "push.web.subscribe": async ({ params }) => {
      const { subscriptionId } = await (await subscriptions()).subscribe(params);
      return { subscriptionId };
    },
    "push.web.unsubscribe": async ({ params }) => {
      const removed = await (await subscriptions()).remove(new Set([params.endpoint]));
      return { removed };
    },
    "push.web.test": async ({ params }) => {
      const message = { title: params.title || DEFAULT_TITLE, body: params.body || DEFAULT_BODY };
      return { results: await sendToAll(state, await subscriptions(), message) };
    },
  };
}

/** Sends to every browser, and forgets those that have ended their subscription. */
async function sendToAll(
  { network, clock, log }: GatewayState,
  subscriptions: PushSubscriptions,
  message: { title: string; body: string },
) {
  const { sendPush } = await import("../../push/send.ts");
  const keys = await subscriptions.keys();
  const all = subscriptions.list();
  const outcomes = await Promise.all(
    all.map((each) => sendPush({ network, clock, keys }, each, message)),
  );
  const gone = all.filter((_, index) => outcomes[index]!.isGone);
  if (gone.length > 0) {
    await subscriptions.remove(new Set(gone.map(({ endpoint }) => endpoint)));
    log.child("push").info(`forgot ${gone.length} browsers that ended their subscription`);
  }
  return outcomes.map(({ isGone, ...result }) => isGone ? { ...result, removed: true } : result);
}
