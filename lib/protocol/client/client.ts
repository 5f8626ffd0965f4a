/**
 * One connection to a gateway.
 *
 * Connecting again is the business of {@linkcode connectWithRetry}.
 *
 * @module
 */
import { AppError, errorMessage, isObject } from "../../base/mod.ts";
import { CLOSE, CLOSE_REASON, closeReason } from "../close_codes.ts";
import type { HelloOk } from "../connect.ts";
import type { ErrorShape } from "../errors.ts";
import { encodeRequest, type EventFrame, parseServerFrame, type ResponseFrame } from "../frames.ts";
import { HANDSHAKE_TIMEOUT_MS } from "../limits.ts";
import { Alarms } from "./alarms.ts";
import { PendingCalls } from "./calls.ts";
import { closedError, type CloseInfo, connectError, timeoutError } from "./failures.ts";
import { buildConnectParams } from "./handshake.ts";
import type { GatewayClientOptions, RequestOptions, Route, RouteOpener } from "./types.ts";
import { TickWatchdog } from "./watchdog.ts";

/** How long the close frame behind a refused connect is waited for; it only names the code. */
const REFUSAL_CLOSE_WAIT_MS = 250;
const CONNECT_ID = "connect";
/** No close frame came. */
const ABNORMAL = 1006;
/** A close frame without a code. */
const NO_STATUS = 1005;

/**
 * A connected client.
 *
 * @example Usage
 * ```ts ignore
 * const client = await GatewayClient.connect({ url, token, client: info, scopes });
 * const health = await client.request<HealthSnapshot>("health");
 * client.close();
 * ```
 */
export class GatewayClient {
  readonly #options: GatewayClientOptions;
  readonly #socket: WebSocket;
  readonly #target: string;
  readonly #route: Route | undefined;
  readonly #alarms = new Alarms();
  readonly #calls: PendingCalls;
  readonly #opening = Promise.withResolvers<HelloOk>();
  readonly #closing = Promise.withResolvers<CloseInfo>();
  #state: "challenge" | "hello" | "open" | "closing" | "closed" = "challenge";
  #hello: HelloOk | undefined;
  #refusal: ErrorShape | undefined;
  #transportError: unknown;
  #watchdog: TickWatchdog | undefined;
  #isClosedByUs = false;
  #lastId = 0;
  #lastSeq: number | undefined;

  private constructor(options: GatewayClientOptions, route: Route | undefined) {
    this.#options = options;
    this.#route = route;
    this.#target = describeTarget(options.url);
    this.#calls = new PendingCalls(this.#target, this.#alarms);
    this.#socket = openSocket(
      route === undefined ? options : { ...options, url: route.url },
      this.#target,
    );
    this.#socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.#receive(data);
    };
    this.#socket.onerror = (event) => {
      this.#transportError ??= (event as ErrorEvent).error;
    };
    this.#socket.onclose = ({ code, reason }) => this.#end({ code: code || ABNORMAL, reason });
  }

  /**
   * Connects and authenticates.
   *
   * @returns After hello.
   * @throws {AppError} `GATEWAY_UNREACHABLE`, `GATEWAY_TIMEOUT`, `GATEWAY_AUTH_FAILED`,
   * `GATEWAY_PAIRING_REQUIRED`, `GATEWAY_PROTOCOL_MISMATCH`, `GATEWAY_STARTING`, `GATEWAY_CLOSED` or
   * `GATEWAY_URL_INVALID`; `details` holds the server's own, with `closeCode` and `closeReason`.
   */
  static async connect(options: GatewayClientOptions): Promise<GatewayClient> {
    options.signal?.throwIfAborted();
    const timeoutMs = options.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS;
    const route = options.route && await openRoute(options.route, timeoutMs, options.signal);
    const client = new GatewayClient(options, route);
    client.closed.then(() => route?.close());
    const cancelAlarm = client.#alarms.set(timeoutMs, () => client.#giveUpHandshake(timeoutMs));
    const onAbort = () => client.#abandon(options.signal?.reason);
    options.signal?.addEventListener("abort", onAbort, { once: true });
    client.closed.then(() => options.signal?.removeEventListener("abort", onAbort));
    try {
      await client.#opening.promise;
      return client;
    } finally {
      cancelAlarm();
    }
  }

  /** What the gateway said about itself and about this connection. */
  get hello(): HelloOk {
    if (this.#hello === undefined) {
      throw new AppError("INTERNAL", "Cannot read hello: not connected");
    }
    return this.#hello;
  }

  /** Resolves when the connection has ended, whoever ended it; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#closing.promise;
  }

  /** Whether this side asked for the end of the connection. */
  get isClosedByUs(): boolean {
    return this.#isClosedByUs;
  }

  /**
   * Calls a method.
   *
   * @returns The payload of the answer.
   * @throws {AppError} `RPC_FAILED` with the server's message and details, `GATEWAY_TIMEOUT`, or
   * `GATEWAY_CLOSED` when the connection ends first.
   */
  request<T = unknown>(
    method: string,
    params?: unknown,
    options: RequestOptions = {},
  ): Promise<T> {
    if (this.#state !== "open") {
      const close = { code: NO_STATUS, reason: "the connection has ended" };
      return Promise.reject(closedError(close, this.#target));
    }
    const id = String(++this.#lastId);
    const frame = encodeRequest(id, method, params);
    const answer = this.#calls.wait(id, method, options);
    this.#socket.send(frame);
    return answer as Promise<T>;
  }

  /**
   * Ends the connection; calls that wait fail.
   *
   * @param code 1000 or 3000 to 4999; without it none is sent, as the CLI does.
   */
  close(code?: number, reason = ""): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#isClosedByUs = true;
    if (code === undefined) this.#socket.close();
    else this.#socket.close(code, closeReason(reason));
    this.#failCalls({ code: code ?? NO_STATUS, reason });
  }

  #receive(text: string): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#watchdog?.sawTraffic();
    const frame = parseServerFrame(text);
    if (frame === undefined) return;
    if (frame.type === "event") this.#receiveEvent(frame);
    else if (this.#state === "hello" && frame.id === CONNECT_ID) this.#receiveVerdict(frame);
    else this.#calls.answer(frame);
  }

  #receiveEvent(event: EventFrame): void {
    if (this.#state === "challenge") {
      if (event.event === "connect.challenge") this.#answerChallenge(event.payload);
      return;
    }
    if (typeof event.seq === "number") this.#countEvent(event.seq);
    this.#options.onEvent?.(event);
  }

  #countEvent(seq: number): void {
    const expected = this.#lastSeq === undefined ? seq : this.#lastSeq + 1;
    this.#lastSeq = seq;
    if (seq > expected) this.#options.onGap?.({ expected, received: seq });
  }

  #answerChallenge(challenge: unknown): void {
    const nonce = isObject(challenge) ? challenge.nonce : undefined;
    if (typeof nonce !== "string" || nonce === "") {
      this.#socket.close(CLOSE.CONNECT_FAILED, CLOSE_REASON.CONNECT_FAILED);
      return this.#end({ code: CLOSE.POLICY, reason: "connect challenge without nonce" });
    }
    this.#state = "hello";
    buildConnectParams(this.#options, nonce).then(
      (params) => {
        if (this.#state === "hello") {
          this.#socket.send(encodeRequest(CONNECT_ID, "connect", params));
        }
      },
      (error) => this.#abandon(error),
    );
  }

  #receiveVerdict({ ok, payload, error }: ResponseFrame): void {
    if (ok && isHello(payload)) {
      const { tickIntervalMs } = payload.policy;
      this.#hello = payload;
      this.#state = "open";
      this.#watchdog = new TickWatchdog(tickIntervalMs, this.#alarms, () => this.#onSilence());
      return this.#opening.resolve(payload);
    }
    this.#refusal = error ?? { code: "UNAVAILABLE", message: "connect was refused" };
    // The gateway closes next, and its code says more than the answer; do not wait long for it.
    const cancelAlarm = this.#alarms.set(REFUSAL_CLOSE_WAIT_MS, () => {
      this.#socket.close(CLOSE.CONNECT_FAILED, CLOSE_REASON.CONNECT_FAILED);
      this.#end({ code: CLOSE.POLICY, reason: CLOSE_REASON.CONNECT_FAILED });
    });
    this.closed.then(cancelAlarm);
  }

  /** A dead peer sends no close frame, so the end is not waited for. */
  #onSilence(): void {
    if (this.#calls.size > 0) return;
    this.#socket.close(CLOSE.TICK_TIMEOUT, CLOSE_REASON.TICK_TIMEOUT);
    this.#end({ code: CLOSE.TICK_TIMEOUT, reason: CLOSE_REASON.TICK_TIMEOUT });
  }

  #giveUpHandshake(timeoutMs: number): void {
    if (this.#state === "open") return;
    this.#opening.reject(timeoutError(timeoutMs, this.#target, "connect"));
    const reason = this.#state === "challenge"
      ? CLOSE_REASON.CHALLENGE_TIMEOUT
      : CLOSE_REASON.CONNECT_FAILED;
    this.#socket.close(CLOSE.CONNECT_FAILED, reason);
    this.#end({ code: CLOSE.CONNECT_FAILED, reason });
  }

  #abandon(reason: unknown): void {
    this.#opening.reject(reason);
    this.#socket.close();
    this.#end({ code: NO_STATUS, reason: errorMessage(reason) });
  }

  #end(close: CloseInfo): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#failCalls(close);
    // Without effect once hello has come.
    this.#opening.reject(
      this.#route?.failure?.() ?? connectError({
        close,
        error: this.#refusal,
        cause: this.#transportError,
        target: this.#target,
      }),
    );
    this.#closing.resolve(close);
  }

  #failCalls(close: CloseInfo): void {
    this.#watchdog?.stop();
    this.#calls.failAll(closedError(close, this.#target));
  }
}

async function openRoute(
  open: RouteOpener,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Route> {
  const route = await open(timeoutMs);
  if (!signal?.aborted) return route;
  route.close();
  throw signal.reason;
}

function isHello(payload: unknown): payload is HelloOk {
  return isObject(payload) && payload.type === "hello-ok" && isObject(payload.policy);
}

/** The address without credentials, query and fragment, which may hold secrets. */
function describeTarget(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "" : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

function openSocket({ url, headers }: GatewayClientOptions, target: string): WebSocket {
  try {
    return headers === undefined
      ? new WebSocket(url)
      : new WebSocket(url, { headers: { ...headers } });
  } catch (cause) {
    throw new AppError(
      "GATEWAY_URL_INVALID",
      `Cannot connect to "${target}": no WebSocket address`,
      {
        hint: "openclaw gateway status --url ws://127.0.0.1:18789",
        cause,
      },
    );
  }
}
