/**
 * What an operator should know about the gateways that were tried.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { type ProbedTarget, selfOf } from "./probe_targets.ts";

/** Something the operator should know. */
export interface ProbeWarning {
  readonly code: string;
  readonly message: string;
  readonly targetIds?: readonly string[];
}

/** The warnings, the ones about the whole first. */
export function probeWarnings(
  results: readonly ProbedTarget[],
  reachable: readonly ProbedTarget[],
): ProbeWarning[] {
  const warnings: ProbeWarning[] = [];
  const add = (code: string, message: string, of: readonly ProbedTarget[]) => {
    if (of.length > 0) warnings.push({ code, message, targetIds: of.map(({ id }) => id) });
  };
  const refused = results.filter(({ probe }) => probe.isRefused);
  if (reachable.length === 0 && refused.length > 0) {
    add("gateway_refused", "A gateway answers, and refuses to be probed", refused);
  } else if (reachable.length === 0) {
    add("no_gateway_reachable", "No gateway answered on any known address", results);
  }
  const distinct = withoutSame(reachable);
  if (distinct.length > 1) {
    add("multiple_gateways", "More than one gateway answers; name one with --url", distinct);
  }
  const lost = results.filter(({ target, probe }) => target.ssh && !probe.isConnected);
  const why = lost.map(({ probe }) => probe.error).join("; ");
  add("ssh_tunnel_failed", `The way through SSH failed: ${why}`, lost);
  add(
    "local_tls_runtime_unavailable",
    "The certificate of this machine's gateway cannot be read, so that it cannot be compared",
    results.filter(hasUnreadableCertificate),
  );
  const limited = reachable.filter(isLimited);
  add("probe_scope_limited", "The credential does not allow reading", limited);
  const failed = reachable.filter((result) =>
    !limited.includes(result) && Object.keys(result.probe.failures).length > 0
  );
  add("probe_detail_failed", "Some details could not be read", failed);
  const unresolved = results.filter(({ target }) => target.warnings.length > 0);
  const texts = unresolved.flatMap(({ target }) => target.warnings);
  add("auth_secretref_unresolved", texts.join("; "), unresolved);
  return warnings;
}

function isLimited({ probe }: ProbedTarget): boolean {
  return Object.values(probe.failures).some((text) => text.startsWith("missing scope"));
}

function hasUnreadableCertificate({ kind, target }: ProbedTarget): boolean {
  return kind === "localLoopback" && target.url.startsWith("wss:") &&
    target.tlsFingerprint === undefined;
}

/** One of those that are the same gateway, which may be reached in several ways. */
function withoutSame(reachable: readonly ProbedTarget[]): ProbedTarget[] {
  const seen = new Set<string>();
  return reachable.filter((result) => {
    const config = result.probe.answers["config.get"];
    const self = selfOf(result);
    const facts = [self?.host, self?.ip, isObject(config) ? config.path : undefined];
    const key = self === null ? result.id : JSON.stringify(facts);
    return !seen.has(key) && seen.add(key);
  });
}
