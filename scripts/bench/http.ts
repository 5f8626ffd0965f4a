/**
 * What a whole agent run costs over HTTP, on top of the provider's own time: first token, runs a second,
 * CPU, memory, and whether that grows with the number of sessions.
 *
 * `deno run -A scripts/bench/http.ts`: the executable in `dist/`, `--binary <path>`, or `--source`;
 * `--original <node_modules/.bin/openclaw>` with `--node <path>` measures that beside it. `--runs <n>` at
 * each concurrency, `--sessions <n>` for the growth (0 leaves it out), `--original-runs <n>`, `--json`.
 *
 * Every run has a session of its own. Provider and clients are on this machine and answer at once; what
 * the provider needs itself is measured the same way and taken off where a line says "added".
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { RunningGateway, waitUntil } from "../harness/gateway.ts";
import { World } from "../harness/program.ts";
import { type Contender, contenders, renderTable } from "./contender.ts";
import { type Endpoint, load, spread, timeFirstToken, timeWhole, treeCpuSeconds } from "./load.ts";
import type { Figures } from "./measure.ts";

const WARM_UP = 50;
const CONCURRENCIES = [1, 8, 32] as const;
/** Runs whose middle stands for a stage of the growth. */
const STAGE_RUNS = 300;
const FILL_PARALLEL = 8;

/** How much is measured. */
interface Amount {
  readonly runs: number;
  readonly warmUp: number;
  readonly sessions: number;
}

/** What a figure must not exceed, or `[figure, least]`. */
const MOST: Figures = {
  "run p50 at 1 (ms)": 4,
  "first token added, p50 (ms)": 2,
  "CPU per run at 1 (ms)": 2.5,
  "CPU per run at 8 (ms)": 2.5,
  "CPU per run at 32 (ms)": 2.5,
};
const LEAST: Figures = { "runs a second at 8": 500 };

function configFor(baseUrl: string): Record<string, unknown> {
  return {
    gateway: {
      mode: "local",
      bind: "loopback",
      // On by default here, off by default in the original.
      http: { endpoints: { chatCompletions: { enabled: true } } },
    },
    agents: { defaults: { model: "p/m", skipBootstrap: true } },
    models: {
      providers: {
        p: {
          baseUrl,
          apiKey: "bench-key",
          api: "openai-completions",
          models: [{ id: "m", name: "M", contextWindow: 128_000, maxTokens: 4096 }],
        },
      },
    },
  };
}

/** Measures one program, with a provider at `direct`. */
async function measure(one: Contender, direct: Endpoint, amount: Amount): Promise<Figures> {
  await using world = await World.create(one.program, one.env);
  const path = `${world.root}/state/openclaw.json`;
  await Deno.writeTextFile(path, JSON.stringify(configFor(direct.baseUrl)));
  const auth = ["--auth", "token", "--token", world.token];
  const port = ["--port", String(world.port)];
  await using gateway = new RunningGateway(world, ["gateway", "run", ...port, ...auth]);
  await gateway.ready();
  const endpoint = { baseUrl: `${gateway.url}/v1`, key: world.token, model: "openclaw" };
  // The original answers probes before it takes runs.
  await waitUntil("the first run", () => timeWhole(endpoint).then(() => true, () => false));
  await load(amount.warmUp, 1, () => timeWhole(endpoint));
  const figures: Record<string, number | undefined> = {
    ...await measureFirstToken(endpoint, direct, amount),
  };
  for (const parallel of CONCURRENCIES) {
    const before = await treeCpuSeconds(gateway.pid);
    const result = await load(amount.runs, parallel, () => timeWhole(endpoint));
    const cpu = await treeCpuSeconds(gateway.pid) - before;
    const { p50, p99 } = spread(result);
    figures[`run p50 at ${parallel} (ms)`] = p50;
    figures[`run p99 at ${parallel} (ms)`] = p99;
    figures[`runs a second at ${parallel}`] = amount.runs / result.seconds;
    figures[`CPU per run at ${parallel} (ms)`] = cpu * 1000 / amount.runs;
  }
  const resident = await gateway.residentBytes();
  figures["resident after these runs (MB)"] = resident && resident / 1e6;
  if (amount.sessions > 0) Object.assign(figures, await measureGrowth(gateway, endpoint, amount));
  await gateway.stop();
  return figures;
}

async function measureFirstToken(
  endpoint: Endpoint,
  direct: Endpoint,
  { runs, warmUp }: Amount,
): Promise<Figures> {
  for (const one of [direct, endpoint]) await load(warmUp, 1, () => timeFirstToken(one));
  const alone = spread(await load(runs, 1, () => timeFirstToken(direct)));
  const through = spread(await load(runs, 1, () => timeFirstToken(endpoint)));
  return {
    "first token, provider alone, p50 (ms)": alone.p50,
    "first token added, p50 (ms)": through.p50 - alone.p50,
    "first token added, p99 (ms)": through.p99 - alone.p99,
  };
}

/** The middle of some runs now, and again when there are more sessions. */
async function measureGrowth(
  gateway: RunningGateway,
  endpoint: Endpoint,
  { sessions }: Amount,
): Promise<Figures> {
  const stage = async () => spread(await load(STAGE_RUNS, 1, () => timeWhole(endpoint))).p50;
  const early = await stage();
  await load(sessions, FILL_PARALLEL, () => timeWhole(endpoint));
  const late = await stage();
  const resident = await gateway.residentBytes();
  return {
    "run p50 before more sessions (ms)": early,
    [`run p50 after ${sessions} more (ms)`]: late,
    [`resident after ${sessions} more (MB)`]: resident && resident / 1e6,
  };
}

/** One line for each promise, and whether it is kept. */
export function renderTargets(figures: Figures): string {
  const lines: string[] = [];
  for (const [name, most] of Object.entries(MOST)) {
    lines.push(`${figures[name]! <= most! ? "ok  " : "over"} ${name}: at most ${most}`);
  }
  for (const [name, least] of Object.entries(LEAST)) {
    lines.push(`${figures[name]! >= least! ? "ok  " : "less"} ${name}: at least ${least}`);
  }
  return lines.join("\n");
}

async function startProvider(): Promise<{ worker: Worker; direct: Endpoint }> {
  const worker = new Worker(new URL("./instant_provider.ts", import.meta.url), { type: "module" });
  const port = await new Promise<number>((resolve) =>
    worker.onmessage = ({ data }) => resolve(data)
  );
  return { worker, direct: { baseUrl: `http://127.0.0.1:${port}/v1`, key: "x", model: "m" } };
}

async function main(args: readonly string[]): Promise<void> {
  const options = parseArgs([...args], {
    string: ["runs", "sessions", "original-runs"],
    boolean: ["json"],
    default: { "runs": "1000", "sessions": "10000", "original-runs": "20" },
  });
  const [first, second] = await contenders(args);
  const { worker, direct } = await startProvider();
  try {
    const amount = {
      runs: Number(options["runs"]),
      warmUp: WARM_UP,
      sessions: Number(options["sessions"]),
    };
    const ours = await measure(first, direct, amount);
    const few = { runs: Number(options["original-runs"]), warmUp: 2, sessions: 0 };
    const theirs = second && await measure(second, direct, few);
    if (options["json"]) console.log(JSON.stringify({ openclaw: ours, original: theirs }));
    else console.log(`${renderTable(ours, theirs, 2)}\n\n${renderTargets(ours)}`);
  } finally {
    worker.terminate();
  }
}

if (import.meta.main) await main(Deno.args);
