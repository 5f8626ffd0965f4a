/**
 * Who gets in over HTTP and who watches: the part of the HTTP room's dependencies that every request
 * passes, whatever it asks for.
 *
 * @module
 */
import type { HttpDeps, RequestObserver } from "../../http/mod.ts";
import { isHostAllowed } from "../auth/host.ts";
import type { GatewayState } from "../state.ts";
import { logRequest } from "./access_log.ts";
import { authorize } from "./authorize.ts";
import { corsOrigins } from "./cors_origins.ts";
import { GatewayMetrics } from "./metrics/gateway_metrics.ts";
import { ProxyRefusals } from "./proxy_refusals.ts";

/** What requests pass on their way in and out. */
export type HttpAccess = Pick<
  HttpDeps,
  | "authorize"
  | "corsOrigins"
  | "isHostAllowed"
  | "metrics"
  | "monotonic"
  | "observer"
  | "traffic"
>;

/** Puts it together; the configuration is read at each use. */
export function createAccess(state: GatewayState): HttpAccess {
  const watch = new Watch(state);
  const refusals = new ProxyRefusals(state.clock, state.log.child("http"));
  return {
    authorize: (request, peer, options) =>
      refusals.noted(authorize(state, request, peer, options), peer),
    corsOrigins: () => corsOrigins(state),
    isHostAllowed: (request, peer) => isHostAllowed(state, request, peer),
    metrics: () => watch.metrics()?.render() ?? "",
    monotonic: () => state.clock.monotonic(),
    observer: () => watch.observer(),
    traffic: state.traffic,
  };
}

/** The access log and the figures, each as long as it is switched on. */
class Watch {
  readonly #state: GatewayState;
  #metrics: GatewayMetrics | undefined;

  constructor(state: GatewayState) {
    this.#state = state;
    // Runs that nobody asked for over HTTP count from the start as well.
    this.metrics();
  }

  metrics(): GatewayMetrics | undefined {
    const isOn = this.#http()?.endpoints?.metrics?.enabled === true;
    if (isOn) return this.#metrics ??= new GatewayMetrics(this.#state);
    this.#metrics?.stop();
    return this.#metrics = undefined;
  }

  observer(): RequestObserver | undefined {
    const level = this.#http()?.accessLog ?? "off";
    const metrics = this.metrics();
    if (level === "off" && metrics === undefined) return undefined;
    return {
      countsBytes: level !== "off",
      answered: (request) => {
        metrics?.countRequest(request);
        if (level !== "off") logRequest(this.#state.log.child("http"), level, request);
      },
    };
  }

  #http() {
    return this.#state.config().config.gateway?.http;
  }
}
