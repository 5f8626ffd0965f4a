/**
 * A tunnel to a gateway for one connection, through the user's own `ssh`.
 *
 * The bytes go through the standard input and output of `ssh -W`: there is no port that stays open for
 * other users of this machine, and when this process ends, whatever ends it, the gateway sees its
 * client hang up and `ssh` ends with the connection.
 *
 * @module
 */
import { AppError } from "../../../base/mod.ts";
import type { StartProgram } from "../../../platform/mod.ts";
import { sshFailure, sshMissing } from "./failures.ts";
import type { SshPlace } from "./place.ts";

/** Silence after which `ssh` asks whether the host is still there, and how often it asks. */
const ALIVE_SECONDS = 15;
const ALIVE_QUESTIONS = 3;

/** What a tunnel leads through. */
export interface SshTunnelOptions {
  readonly place: SshPlace;
  /** Private key file; those that `ssh` knows unless given. */
  readonly identity?: string | undefined;
  /** Port on the host's loopback. */
  readonly remotePort: number;
  /** Time for reaching the host. */
  readonly timeoutMs: number;
  readonly start: StartProgram;
}

/** A tunnel; its one connection goes to the gateway's port. */
export interface SshTunnel {
  /** Port on this machine's loopback; takes one connection. */
  readonly port: number;
  readonly pid: number;
  /** Why it does not lead there, once `ssh` has ended over it. */
  failure(): AppError | undefined;
  close(): void;
}

/** The arguments of `ssh`. */
export function sshArguments(options: Omit<SshTunnelOptions, "start">): string[] {
  const { place, identity, remotePort, timeoutMs } = options;
  const settings = [
    "BatchMode=yes",
    `ConnectTimeout=${Math.max(1, Math.ceil(timeoutMs / 1000))}`,
    "ExitOnForwardFailure=yes",
    `ServerAliveInterval=${ALIVE_SECONDS}`,
    `ServerAliveCountMax=${ALIVE_QUESTIONS}`,
    ...(identity === undefined ? [] : ["IdentitiesOnly=yes"]),
  ];
  return [
    ...settings.flatMap((setting) => ["-o", setting]),
    ...(place.port === undefined ? [] : ["-p", String(place.port)]),
    ...(identity === undefined ? [] : ["-i", identity]),
    ...["-W", `127.0.0.1:${remotePort}`, "--", place.destination],
  ];
}

/**
 * Starts `ssh`; whether it leads anywhere shows with the first bytes.
 *
 * @throws {AppError} `SSH_TUNNEL_FAILED` when there is no `ssh`.
 */
export async function openSshTunnel(options: SshTunnelOptions): Promise<SshTunnel> {
  const { place, remotePort, start } = options;
  const { openLoopbackDoor } = await import("../../../platform/mod.ts");
  const program = startSsh(options, start);
  let failure: AppError | undefined;
  let isClosed = false;
  const ended = program.ended.then(({ code, stderr }) => {
    if (code !== 0 && !isClosed) failure = sshFailure(place, remotePort, stderr);
  });
  const door = openLoopbackDoor(program, { beforeEnd: () => ended });
  return {
    port: door.port,
    pid: program.pid,
    failure: () => failure,
    close() {
      isClosed = true;
      door.close();
      program.stop();
    },
  };
}

function startSsh(options: SshTunnelOptions, start: StartProgram) {
  try {
    return start("ssh", sshArguments(options));
  } catch (error) {
    const isAbsent = error instanceof AppError && error.code === "COMMAND_NOT_FOUND";
    throw isAbsent ? sshMissing(options.place, error) : error;
  }
}
