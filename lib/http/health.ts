/**
 * The probes: `/health` and `/healthz` say that the process answers, `/ready` and `/readyz` that it
 * can do its work.
 *
 * @module
 */
import type { RequestContext } from "./context.ts";
import { JSON_TYPE } from "./errors.ts";
import type { Readiness } from "./types.ts";

/** Answers the live probe; depends on nothing. */
export function answerLive(): Response {
  return probe(200, LIVE);
}

/** Answers the ready probe, with details for those who may see them. */
export function answerReady(context: RequestContext): Response {
  const readiness = readReadiness(context);
  const status = readiness.ready ? 200 : 503;
  const body = maySeeDetails(context) ? readiness : { ready: readiness.ready };
  return probe(status, JSON.stringify(body));
}

const LIVE = '{"ok":true,"status":"live"}';

function probe(status: number, body: string): Response {
  return new Response(body, {
    status,
    headers: { "content-type": JSON_TYPE, "cache-control": "no-store" },
  });
}

function readReadiness({ deps }: RequestContext): Readiness {
  try {
    return deps.readiness();
  } catch (error) {
    deps.reportError("readiness", error);
    return { ready: false, failing: ["internal"], uptimeMs: 0 };
  }
}

/** A probe without a credential must not count as a failed authentication, so it is not checked. */
function maySeeDetails({ request, peer, deps }: RequestContext): boolean {
  if (peer.isLocalDirect) return true;
  if (!request.headers.has("authorization")) return false;
  const result = deps.authorize(request, peer);
  return result.ok && result.isAnonymous !== true;
}
