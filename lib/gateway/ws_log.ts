/**
 * Frames on the console, for `--ws-log` and `--verbose`.
 *
 * @module
 */
import { ellipsize, isObject, type Logger, parseJsonOrUndefined } from "../base/mod.ts";

/** How much of the traffic is shown: `auto` failures and slow calls, `compact` a line a frame, `full` frames. */
export type WsLogStyle = "auto" | "full" | "compact";

const MAX_FRAME_CHARS = 2000;

/** Writes frames to the log, or nothing at all. */
export class WsLog {
  readonly #log: Logger;
  readonly #style: WsLogStyle;
  readonly #isOn: boolean;

  constructor(log: Logger, style: WsLogStyle, isOn: boolean) {
    this.#log = log;
    this.#style = style;
    this.#isOn = isOn;
  }

  received(connId: string, frame: string): void {
    if (this.#isOn) this.#write("←", connId, frame);
  }

  sent(connId: string, frame: string): void {
    if (this.#isOn) this.#write("→", connId, frame);
  }

  closed(connId: string, code: number, reason: string): void {
    if (this.#isOn) {
      this.#log.info(`× ${connId.slice(0, 8)} ${code} ${reason}`.trimEnd());
    }
  }

  #write(arrow: string, connId: string, frame: string): void {
    const text = this.#style === "full" ? ellipsize(frame, MAX_FRAME_CHARS) : this.#summary(frame);
    if (text !== undefined) {
      this.#log.info(`${arrow} ${connId.slice(0, 8)} ${text}`);
    }
  }

  #summary(frame: string): string | undefined {
    const parsed = parseJsonOrUndefined(frame);
    if (!isObject(parsed)) return `not a frame (${frame.length} characters)`;
    const isFailure = parsed.type === "res" && parsed.ok === false;
    if (this.#style === "auto" && !isFailure) return undefined;
    if (parsed.type === "event") {
      return `event ${parsed.event} ${frame.length}B`;
    }
    if (parsed.type === "req") return `req ${parsed.method} id=${parsed.id}`;
    const error = isObject(parsed.error) ? ` ${parsed.error.code} ${parsed.error.message}` : "";
    return `res id=${parsed.id} ok=${parsed.ok} ${frame.length}B${error}`;
  }
}
