/**
 * Why SSH did not lead to a gateway, told apart by what `ssh` complains about.
 *
 * @module
 */
import { AppError } from "../../../base/mod.ts";
import type { SshPlace } from "./place.ts";

/** What failed, in one word for programs. */
export type SshFailureReason =
  | "no_ssh"
  | "host_key_changed"
  | "host_key_unknown"
  | "auth_failed"
  | "host_unknown"
  | "host_unreachable"
  | "gateway_refused"
  | "forwarding_forbidden"
  | "other";

interface Cause {
  readonly reason: SshFailureReason;
  readonly sign: RegExp;
  why(place: SshPlace, remotePort: number): string;
  fix(place: SshPlace): string;
}

const hostOf = ({ destination }: SshPlace) => destination.replace(/^.*@/, "");
const byHand = ({ destination, port }: SshPlace) =>
  `ssh ${port === undefined ? "" : `-p ${port} `}${destination}`;

/** In the order in which they are looked for: the first complaint hides the ones that follow of it. */
const CAUSES: readonly Cause[] = [
  {
    reason: "host_key_changed",
    sign: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    why: () => "the host has another key than the one that is known",
    fix: (place) => `Find out why; if it is right: ssh-keygen -R ${hostOf(place)}`,
  },
  {
    reason: "host_key_unknown",
    sign: /Host key verification failed|No .* host key is known/,
    why: () => "the key of the host is not known here",
    fix: (place) => `Accept it once by hand: ${byHand(place)}`,
  },
  {
    reason: "auth_failed",
    sign: /Permission denied|Too many authentication failures|no mutual signature/i,
    why: () => "the host does not let this user in by key",
    fix: (place) => `Add --ssh-identity <key file>, or try by hand: ${byHand(place)}`,
  },
  {
    reason: "host_unknown",
    sign: /Could not resolve hostname/,
    why: () => "there is no such host",
    fix: () => "openclaw config set gateway.remote.sshTarget user@host",
  },
  {
    reason: "forwarding_forbidden",
    sign: /administratively prohibited/,
    why: () => "the host forbids forwarding",
    fix: () => "Allow it there: AllowTcpForwarding yes in /etc/ssh/sshd_config",
  },
  {
    reason: "gateway_refused",
    sign: /open failed: connect failed|stdio forwarding failed/,
    why: (_place, remotePort) => `on the host nothing listens on 127.0.0.1:${remotePort}`,
    fix: () => "Run it there: openclaw gateway status",
  },
  {
    reason: "host_unreachable",
    sign: /Connection refused|timed out|No route to host|unreachable|Connection closed|reset by/i,
    why: () => "the host does not answer there",
    fix: (place) => `Try by hand: ${byHand(place)}`,
  },
];

/** The failure behind a complaint of `ssh`. */
export function sshFailure(place: SshPlace, remotePort: number, complaint: string): AppError {
  const cause = CAUSES.find(({ sign }) => sign.test(complaint));
  const lines = complaint.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return new AppError(
    "SSH_TUNNEL_FAILED",
    `Cannot reach the gateway over SSH to "${place.text}": ` +
      (cause?.why(place, remotePort) ?? lines.at(-1) ?? "ssh ended without a word"),
    {
      hint: cause?.fix(place) ?? `Try by hand: ${byHand(place)}`,
      details: { reason: cause?.reason ?? "other", context: lines.slice(-3) },
    },
  );
}

/** The failure of a system without `ssh`. */
export function sshMissing(place: SshPlace, cause: unknown): AppError {
  return new AppError(
    "SSH_TUNNEL_FAILED",
    `Cannot reach the gateway over SSH to "${place.text}": the program ssh is not installed`,
    {
      hint: "Install it, such as: sudo apt install openssh-client",
      details: { reason: "no_ssh" },
      cause,
    },
  );
}
