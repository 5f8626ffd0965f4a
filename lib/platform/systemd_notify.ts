/**
 * Words to systemd about this process: ready, alive, stopping.
 *
 * Speaks the protocol of `sd_notify(3)` over the socket that `NOTIFY_SOCKET` names, with sockets of
 * the runtime only. Without that variable, or when the socket is gone, nothing happens.
 *
 * @see systemd, sd_notify(3)
 * @module
 */
import { join } from "@std/path";
import { type Env, randomId } from "../base/mod.ts";

/** Tells systemd about this process; ended by {@linkcode SystemdNotifier.close}. */
export class SystemdNotifier {
  readonly #socket: Deno.DatagramConn;
  readonly #ownPath: string;
  readonly #target: Deno.UnixAddr;
  /** How often systemd wants to hear from the process, in milliseconds; absent without a watchdog. */
  readonly watchdogMs: number | undefined;

  private constructor(socket: Deno.DatagramConn, ownPath: string, path: string, env: Env) {
    this.#socket = socket;
    this.#ownPath = ownPath;
    this.#target = { transport: "unixpacket", path };
    this.watchdogMs = watchdogMs(env, Deno.pid);
  }

  /**
   * Opens the way to systemd.
   *
   * @param folder A folder this process may write to, for the sending end of the socket.
   * @returns `undefined` when this process was not started to tell, or cannot.
   */
  static open(env: Env, folder: string): SystemdNotifier | undefined {
    const path = env.get("NOTIFY_SOCKET");
    if (!path?.startsWith("/")) return undefined;
    const ownPath = join(folder, `notify-${randomId()}`);
    try {
      const socket = Deno.listenDatagram({ transport: "unixpacket", path: ownPath });
      return new SystemdNotifier(socket, ownPath, path, env);
    } catch {
      // A notification that cannot be sent must not keep a gateway from starting.
      return undefined;
    }
  }

  /** Sends assignments such as `READY=1`; never throws. */
  async send(...assignments: string[]): Promise<void> {
    try {
      await this.#socket.send(new TextEncoder().encode(assignments.join("\n")), this.#target);
    } catch {
      // The manager is being restarted, or is gone: there is nobody to tell.
    }
  }

  close(): void {
    this.#socket.close();
    try {
      Deno.removeSync(this.#ownPath);
    } catch {
      // Somebody has cleared the folder already.
    }
  }
}

/** The watchdog's interval, when it is meant for the process `pid`. */
export function watchdogMs(env: Env, pid: number): number | undefined {
  const forPid = env.get("WATCHDOG_PID");
  if (forPid && Number(forPid) !== pid) return undefined;
  const microseconds = Number(env.get("WATCHDOG_USEC"));
  return Number.isFinite(microseconds) && microseconds > 0 ? microseconds / 1000 : undefined;
}
