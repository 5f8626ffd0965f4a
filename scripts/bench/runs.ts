/**
 * What a whole agent run costs over HTTP: latency, runs a second, CPU and memory of the gateway.
 *
 * `deno run -A scripts/bench/runs.ts dist/openclaw [--runs N]`. The provider is a local one that
 * answers at once; its own time, measured the same way, is shown beside.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { RunningGateway } from "../harness/gateway.ts";
import { compiledProgram, median, World } from "../harness/program.ts";

const WARM_UP = 50;

/** One figure: latencies of all requests, and how long they took together. */
interface Load {
  readonly latenciesMs: number[];
  readonly seconds: number;
}

/** A provider that streams two words at once. */
function startProvider(): Deno.HttpServer<Deno.NetAddr> {
  const line = (fields: unknown) => `data: ${JSON.stringify(fields)}\n\n`;
  const choice = (delta: unknown, finish_reason: string | null = null) =>
    line({
      id: "c",
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason }],
    });
  const answer = choice({ role: "assistant", content: "Hello " }) + choice({ content: "there" }) +
    choice({}, "stop") +
    line({
      id: "c",
      choices: [],
      usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
    }) +
    "data: [DONE]\n\n";
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    await request.body?.cancel();
    return new Response(answer, { headers: { "content-type": "text/event-stream" } });
  });
}

/** Sends `count` requests, `parallel` at a time. */
async function load(count: number, parallel: number, send: () => Promise<void>): Promise<Load> {
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  let left = count;
  await Promise.all(Array.from({ length: parallel }, async () => {
    while (left-- > 0) {
      const sentAt = performance.now();
      await send();
      latenciesMs.push(performance.now() - sentAt);
    }
  }));
  return { latenciesMs, seconds: (performance.now() - startedAt) / 1000 };
}

async function post(url: string, token: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
}

/** CPU seconds that a process has used. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function row(name: string, { latenciesMs, seconds }: Load, cpu?: number): string {
  const count = latenciesMs.length;
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(count * 0.99)] ?? 0;
  const cells = [
    `p50 ${median(sorted).toFixed(2)} ms`,
    `p99 ${p99.toFixed(2)} ms`,
    `${Math.round(count / seconds)} a second`,
    cpu === undefined ? "" : `${(cpu * 1000 / count).toFixed(2)} ms CPU each`,
  ];
  return `${name.padEnd(28)} ${cells.map((cell) => cell.padEnd(18)).join("")}`.trimEnd();
}

async function main(args: readonly string[]): Promise<void> {
  const options = parseArgs([...args], { string: ["runs"], default: { runs: "1000" } });
  const runs = Number(options.runs);
  const provider = startProvider();
  await using world = await World.create(compiledProgram(String(options._[0] ?? "dist/openclaw")));
  const baseUrl = `http://127.0.0.1:${provider.addr.port}/v1`;
  const config = {
    gateway: { mode: "local", bind: "loopback" },
    agents: { defaults: { model: "p/m" } },
    models: {
      providers: { p: { baseUrl, apiKey: "bench-key", models: [{ id: "m", name: "M" }] } },
    },
  };
  await Deno.writeTextFile(`${world.root}/state/openclaw.json`, JSON.stringify(config));
  await using gateway = new RunningGateway(world, ["gateway", "run"]);
  await gateway.ready();
  const messages = [{ role: "user", content: "hi" }];
  const ask = () =>
    post(`${gateway.url}/v1/chat/completions`, world.token, { model: "openclaw", messages });
  await load(WARM_UP, 1, ask);
  const direct = () => post(`${baseUrl}/chat/completions`, "x", { model: "m", messages });
  await load(WARM_UP, 1, direct);
  console.log(row("provider alone, 1 at a time", await load(runs, 1, direct)));
  for (const parallel of [1, 8, 32]) {
    const before = await cpuSeconds(gateway.pid);
    const result = await load(runs, parallel, ask);
    const cpu = await cpuSeconds(gateway.pid) - before;
    console.log(row(`whole run, ${parallel} at a time`, result, cpu));
  }
  const resident = await gateway.residentBytes();
  console.log(`memory after ${3 * runs + WARM_UP} runs: ${Math.round((resident ?? 0) / 1e6)} MB`);
  await gateway.stop();
  await provider.shutdown();
}

if (import.meta.main) await main(Deno.args);
