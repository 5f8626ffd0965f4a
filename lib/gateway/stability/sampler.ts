/**
 * Notes now and then how much memory the gateway uses, and when its event loop begins to run late.
 *
 * @module
 */
import type { EventLoopMonitor } from "../event_loop.ts";
import type { StabilityLog } from "../methods/events/stability_log.ts";

const LOOK_EVERY_MS = 30_000;
/** Of the looks, every how many notes the memory. */
const LOOKS_PER_SAMPLE = 10;

/** What the sampler looks at. */
export interface SamplerDeps {
  readonly stability: StabilityLog;
  readonly eventLoop: EventLoopMonitor;
  memory(): { rss: number; heapUsed: number };
}

/**
 * Begins to look.
 *
 * @returns Ends it.
 */
export function startSampling({ stability, eventLoop, memory }: SamplerDeps): () => void {
  let looks = 0;
  let wasDegraded = false;
  const noteMemory = () => {
    const { rss, heapUsed } = memory();
    stability.record("memory.sample", { rssBytes: rss, heapUsedBytes: heapUsed });
  };
  noteMemory();
  const timer = setInterval(() => {
    if (++looks % LOOKS_PER_SAMPLE === 0) noteMemory();
    const { degraded, delayP99Ms, delayMaxMs, cpuCoreRatio } = eventLoop.figures();
    if (degraded && !wasDegraded) {
      stability.record("event-loop.delayed", { delayP99Ms, delayMaxMs, cpuCoreRatio });
    }
    wasDegraded = degraded;
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
