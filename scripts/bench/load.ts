/**
 * Requests of a chat dialect, timed, and what a process tree uses meanwhile.
 *
 * @module
 */
import { median } from "../harness/program.ts";

/** Where requests go. */
export interface Endpoint {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
}

/** One figure: latencies of all requests, and how long they took together. */
export interface Load {
  readonly latenciesMs: readonly number[];
  readonly seconds: number;
}

/** Asks for a completion and takes it whole. @returns Milliseconds. */
export async function timeWhole(endpoint: Endpoint): Promise<number> {
  const startedAt = performance.now();
  const response = await post(endpoint, false);
  const text = await response.text();
  if (!response.ok) throw new Error(`${endpoint.baseUrl} answered ${response.status}: ${text}`);
  return performance.now() - startedAt;
}

/** Asks for a stream and takes it whole. @returns Milliseconds until its first word. */
export async function timeFirstToken(endpoint: Endpoint): Promise<number> {
  const startedAt = performance.now();
  const response = await post(endpoint, true);
  const decoder = new TextDecoder();
  let text = "";
  let firstMs: number | undefined;
  for await (const bytes of response.body!) {
    text += decoder.decode(bytes, { stream: true });
    if (/"content":"[^"]/.test(text)) firstMs ??= performance.now() - startedAt;
  }
  if (firstMs === undefined) {
    throw new Error(`${endpoint.baseUrl} answered ${response.status}: ${text}`);
  }
  return firstMs;
}

function post({ baseUrl, key, model }: Endpoint, stream: boolean): Promise<Response> {
  return fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content: "hi" }] }),
  });
}

/** Sends `count` requests, `parallel` at a time. */
export async function load(
  count: number,
  parallel: number,
  send: () => Promise<number>,
): Promise<Load> {
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  let left = count;
  await Promise.all(Array.from({ length: parallel }, async () => {
    while (left-- > 0) latenciesMs.push(await send());
  }));
  return { latenciesMs, seconds: (performance.now() - startedAt) / 1000 };
}

/** Middle and 99th percentile of a load's latencies. */
export function spread({ latenciesMs }: Load): { p50: number; p99: number } {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return { p50: median(sorted), p99: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? NaN };
}

/** CPU seconds, user and system, of a process and of all below it that still run; Linux only. */
export async function treeCpuSeconds(root: number): Promise<number> {
  if (Deno.build.os !== "linux") return NaN;
  const parents = new Map<number, number>();
  const seconds = new Map<number, number>();
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // A process that has ended meanwhile is no concern.
    const stat = await Deno.readTextFile(`/proc/${name}/stat`).catch(() => "");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    parents.set(Number(name), Number(fields[1]));
    seconds.set(Number(name), (Number(fields[11]) + Number(fields[12])) / 100);
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || isBelow(parents.get(pid)));
  return [...seconds].reduce((sum, [pid, used]) => isBelow(pid) ? sum + used : sum, 0);
}
