/**
 * The figures of `/metrics`: what is read when asked for, and what is counted from when it was
 * switched on.
 *
 * @module
 */
import type { RunOutcome } from "../../../agents/mod.ts";
import { VERSION } from "../../../base/mod.ts";
import type { AnsweredRequest } from "../../../http/mod.ts";
import { cpuUsage, memoryUsage } from "../../../platform/mod.ts";
import type { GatewayState } from "../../state.ts";
import { Counter, exposition, type Family, Histogram, type Sample } from "./exposition.ts";

/** Seconds. */
const RUN_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600];
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30, 120];

/** Counts while it is; ended by {@linkcode GatewayMetrics.stop}. */
export class GatewayMetrics {
  readonly #state: GatewayState;
  readonly #runs = new Counter();
  readonly #runSeconds = new Histogram(RUN_BUCKETS);
  readonly #tokens = new Counter();
  readonly #requests = new Counter();
  readonly #requestSeconds = new Histogram(REQUEST_BUCKETS);
  readonly #stopFollowing: () => void;

  constructor(state: GatewayState) {
    this.#state = state;
    this.#stopFollowing = state.runs.follow((event) => {
      if (event.type === "end") this.#countRun(event.outcome);
    });
  }

  stop(): void {
    this.#stopFollowing();
  }

  countRequest({ route, status, durationMs }: AnsweredRequest): void {
    this.#requests.add({ route, status: `${Math.floor(status / 100)}xx` });
    this.#requestSeconds.observe(durationMs / 1000, { route });
  }

  /** The text that Prometheus fetches. */
  render(): string {
    return exposition([
      ...this.#process(),
      ...this.#work(),
      counter("openclaw_runs_total", "Ended agent runs", this.#runs.samples()),
      histogram("openclaw_run_duration_seconds", "Time of agent runs", this.#runSeconds),
      counter("openclaw_tokens_total", "Tokens that runs used", this.#tokens.samples()),
      counter("openclaw_http_requests_total", "Answered HTTP requests", this.#requests.samples()),
      histogram(
        "openclaw_http_request_duration_seconds",
        "Time until an HTTP answer was complete",
        this.#requestSeconds,
      ),
    ]);
  }

  #countRun({ status, result, endedAt, acceptedAt }: RunOutcome): void {
    this.#runs.add({ outcome: result.isAborted ? "aborted" : status });
    this.#runSeconds.observe(Math.max(0, endedAt - acceptedAt) / 1000);
    const { input, output, cacheRead, cacheWrite } = result.usage;
    const counts = { input, output, cache_read: cacheRead, cache_write: cacheWrite };
    for (const [kind, count] of Object.entries(counts)) this.#tokens.add({ kind }, count);
  }

  #process(): Family[] {
    const { clock, startedAt, eventLoop } = this.#state;
    const { user, system } = cpuUsage();
    const { delayP99Ms, delayMaxMs, utilization } = eventLoop.figures();
    return [
      gauge("openclaw_build_info", "Version of the gateway", 1, { version: VERSION }),
      gauge("process_resident_memory_bytes", "Memory of the process", memoryUsage().rss),
      counter("process_cpu_seconds_total", "Processor time of the process", [
        { value: (user + system) / 1e6 },
      ]),
      gauge("process_start_time_seconds", "Start, since the Unix epoch", startedAt / 1000),
      gauge(
        "openclaw_uptime_seconds",
        "Time since the start",
        (clock.now() - startedAt) / 1000,
      ),
      gauge(
        "openclaw_event_loop_delay_p99_seconds",
        "Delay of the event loop over the last minute, 99th percentile",
        delayP99Ms / 1000,
      ),
      gauge(
        "openclaw_event_loop_delay_max_seconds",
        "Greatest delay of the event loop over the last minute",
        delayMaxMs / 1000,
      ),
      gauge("openclaw_event_loop_utilization_ratio", "How busy the loop was", utilization),
    ];
  }

  #work(): Family[] {
    const { runs, broadcaster, traffic, authenticator, startup } = this.#state;
    const isReady = startup.pending.length === 0 && !traffic.stopping.aborted;
    return [
      gauge("openclaw_ready", "Whether the gateway can do its work", isReady ? 1 : 0),
      gauge("openclaw_runs_active", "Agent runs under way", runs.activeCount),
      gauge("openclaw_runs_waiting", "Those that wait for their session", runs.waitingCount),
      gauge("openclaw_http_requests_active", "HTTP requests under way", traffic.active),
      gauge("openclaw_websocket_clients", "Connected WebSocket clients", broadcaster.size),
      counter(
        "openclaw_auth_failures_total",
        "Wrong credentials since the start",
        Object.entries(authenticator.failures).map(([kind, value]) => ({
          labels: { kind },
          value,
        })),
      ),
    ];
  }
}

function gauge(name: string, help: string, value: number, labels: Sample["labels"] = {}): Family {
  return { name, help, type: "gauge", samples: [{ labels, value }] };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: "counter", samples };
}

function histogram(name: string, help: string, kept: Histogram): Family {
  return { name, help, type: "histogram", samples: kept.samples() };
}
