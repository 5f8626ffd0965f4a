/**
 * `deno task prove:provider`: a model provider that answers with anything, and many streams at once whose
 * readers go away.
 *
 * `--binary <path>` or `--source`; `--streams <n>` at once, `--rounds <n>`. The seed is printed;
 * `OPENCLAW_FUZZ_SEED` takes it back.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { Dice, fuzzSeed } from "../../tests/conformance/fuzz.ts";
import { CASES, proveCase, type Target } from "../../tests/hostile/cases.ts";
import { HostileProvider } from "../../tests/hostile/provider.ts";
import { storm } from "../../tests/hostile/storm.ts";
import { waitUntil } from "../harness/gateway.ts";
import { RawSocket } from "../harness/socket.ts";
import { percentile, ProvenGateway, proveOptions, report } from "./target.ts";

const SILENCE_SECONDS = 2;
/** The heap grows to its plateau first: at 100 streams that takes ten rounds. */
const WARM_UP_ROUNDS = 15;
const MAX_GROWTH_MB = 30;
const HEALTH_CALLS = 200;
const HEALTH_PAUSE_MS = 5;
const MAX_HEALTH_MS = 250;
const RELEASE_MS = 10_000;

type Check = readonly [what: string, holds: boolean];

/** Times of some probes, in milliseconds; a client of the WebSocket would hear all that is streamed. */
async function healthTimes(gateway: ProvenGateway, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < count; call++) {
    const startedAt = performance.now();
    await (await fetch(`http://127.0.0.1:${gateway.port}/healthz`)).text();
    times.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, HEALTH_PAUSE_MS));
  }
  return times;
}

/** Proves every answer, one after the other, and looks how the gateway feels meanwhile. */
async function proveAnswers(gateway: ProvenGateway, target: Target): Promise<Check[]> {
  const checks: Check[] = [];
  let isOver = false;
  const health = (async () => {
    const times: number[] = [];
    while (!isOver) times.push(...await healthTimes(gateway, 20));
    return times;
  })();
  const quick = Object.keys(CASES).filter((name) => !CASES[name]!.isSlow);
  const slow = Object.keys(CASES).filter((name) => CASES[name]!.isSlow);
  const prove = async (name: string) => {
    const startedAt = performance.now();
    const fault = await proveCase(target, name).then(() => "", (error) => `: ${error}`);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    checks.push([`${name} in ${seconds} s${fault}`, fault === ""]);
  };
  const inBackground = Promise.all(slow.map(prove));
  for (const name of quick) await prove(name);
  await inBackground;
  isOver = true;
  const times = await health;
  const [p50, p99, most] = [50, 99, 100].map((part) => percentile(times, part).toFixed(1));
  checks.push([
    `health beside it: p50 ${p50} ms, p99 ${p99} ms, most ${most} ms`,
    percentile(times, 99) < MAX_HEALTH_MS,
  ]);
  return checks;
}

/** Sessions that a run works on. */
async function activeRuns(gateway: ProvenGateway): Promise<number> {
  await using socket = await RawSocket.connect(`ws://127.0.0.1:${gateway.port}`, gateway.token);
  const { sessions } = await socket.request("sessions.list", { limit: 1000 });
  return (sessions as { hasActiveRun?: boolean }[]).filter((one) => one.hasActiveRun).length;
}

/** Waits until the gateway holds no run and no connection any more. */
async function released(
  gateway: ProvenGateway,
  provider: HostileProvider,
  descriptors: number,
): Promise<void> {
  await waitUntil(
    "released sockets",
    async () =>
      provider.openCount === 0 && await gateway.descriptors() <= descriptors &&
      await activeRuns(gateway) === 0,
    RELEASE_MS,
  ).catch(() => {});
}

async function proveStorm(
  gateway: ProvenGateway,
  provider: HostileProvider,
  target: Target,
  [streams, rounds]: readonly [number, number],
): Promise<Check[]> {
  const seed = fuzzSeed();
  console.log(`seed ${seed} (OPENCLAW_FUZZ_SEED)`);
  const dice = new Dice(seed);
  await released(gateway, provider, 0);
  const descriptors = await gateway.descriptors();
  for (let round = 0; round < WARM_UP_ROUNDS; round++) await storm(target, dice, streams);
  await released(gateway, provider, descriptors);
  const before = await gateway.residentMb();
  const sum = { early: 0, middle: 0, ended: 0 };
  for (let round = 0; round < rounds; round++) {
    const { early, middle, ended } = await storm(target, dice, streams);
    sum.early += early;
    sum.middle += middle;
    sum.ended += ended;
  }
  await released(gateway, provider, descriptors);
  const grown = await gateway.residentMb() - before;
  const left = await gateway.descriptors() - descriptors;
  const runs = await activeRuns(gateway);
  const times = await healthTimes(gateway, HEALTH_CALLS);
  const p99 = percentile(times, 99);
  const { early, middle, ended } = sum;
  return [
    [
      `${rounds} times ${streams} streams: given up before their answer ${early}, in it ${middle}, ` +
      `read to the end ${ended}`,
      early + middle + ended === streams * rounds,
    ],
    [`${runs} runs left`, runs === 0],
    [`${provider.openCount} connections to the provider left`, provider.openCount === 0],
    [`${left} descriptors left open`, !(left > 0)],
    [
      `resident ${before.toFixed(1)} MB, grown by ${grown.toFixed(1)} MB, at most ${MAX_GROWTH_MB}`,
      !(grown >= MAX_GROWTH_MB),
    ],
    [`health after: p99 ${p99.toFixed(1)} ms, at most ${MAX_HEALTH_MS}`, p99 < MAX_HEALTH_MS],
  ];
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    string: ["streams", "rounds"],
    default: { streams: "100", rounds: "20" },
  });
  const { program, label } = await proveOptions(args);
  console.log(label);
  await using provider = new HostileProvider();
  await using gateway = await ProvenGateway.start(program, {
    gateway: { mode: "local", bind: "loopback" },
    ...provider.config(SILENCE_SECONDS),
  });
  const target = { httpUrl: `http://127.0.0.1:${gateway.port}`, token: gateway.token };
  const areGood = report(await proveAnswers(gateway, target));
  const size = [Number(options["streams"]), Number(options["rounds"])] as const;
  return report(await proveStorm(gateway, provider, target, size)) && areGood ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
