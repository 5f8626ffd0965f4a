/**
 * `GET /metrics`: the gateway's figures for Prometheus.
 *
 * @module
 */
import type { RequestContext } from "./context.ts";

/** Answers with the figures of this moment. */
export function answerMetrics({ deps }: RequestContext): Response {
  return new Response(deps.metrics(), {
    headers: {
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
      "cache-control": "no-store",
    },
  });
}
