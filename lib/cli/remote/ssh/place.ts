/**
 * Whom to ask for a tunnel: `user@host`, with or without a port.
 *
 * @module
 */
import { AppError } from "../../../base/mod.ts";

/** A machine that is reached by SSH. */
export interface SshPlace {
  /** As given, for people. */
  readonly text: string;
  /** What `ssh` is told: `user@host` or a name of its own configuration. */
  readonly destination: string;
  readonly port?: number;
}

/**
 * Reads `host`, `user@host`, `user@host:2222` or `ssh://user@host:2222`.
 *
 * @throws {AppError} `SSH_TARGET_INVALID`
 */
export function parseSshPlace(text: string): SshPlace {
  const bare = text.trim().replace(/^ssh:\/\//, "").replace(/\/$/, "").replace(/^ssh\s+/, "");
  const parts = /^(?:([^@\s]+)@)?(\[[0-9a-fA-F:]+\]|[^@:\s/]+)(?::(\d{1,5}))?$/.exec(bare);
  const [, user, host = "", port] = parts ?? [];
  const isUsable = parts !== null && !bare.startsWith("-") && !host.startsWith("-") &&
    (port === undefined || (Number(port) >= 1 && Number(port) <= 65535));
  if (!isUsable) {
    throw new AppError(
      "SSH_TARGET_INVALID",
      `Cannot use SSH target "${text}": expected user@host or user@host:port`,
      { hint: "openclaw gateway probe --ssh user@gateway.example" },
    );
  }
  const name = host.replace(/^\[|\]$/g, "");
  return {
    text: bare,
    destination: user === undefined ? name : `${user}@${name}`,
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}
