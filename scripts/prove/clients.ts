/**
 * `deno task prove:clients`: 1,000 idle clients hear 50 broadcasts a second for a minute, and a client
 * that stops reading harms nobody.
 *
 * `--clients <n>`, `--seconds <n>`; `--stalled-only` skips the first part; `--guarded` is about a gateway
 * that others than this machine can reach.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { Audience } from "../../tests/conformance/audience.ts";
import { RawWebSocket } from "../../tests/harness/raw_websocket.ts";
import { connectParams } from "../../tests/harness/socket.ts";
import { ProvenGateway, proveOptions, report } from "./target.ts";

const MIN_RATE = 50;
const MAX_RESIDENT_MB = 120;
/** Assistant events; the `chat` stream adds a few deltas a second. */
const PAUSE_MS = 15;
/** Runs are short, since each event repeats the text so far. */
const CHUNKS_PER_RUN = 250;
const CHUNK_CHARS = 5;
/** The flood: its events repeat the text so far, about 70 MB together. */
const FLOOD = "pace 22 150 262144";
const READERS = 3;
/** How long a client that was cut off may keep its socket and its memory. */
const RELEASE_MS = 10_000;

/** With a gateway that others can reach, this machine reaches 127.0.0.1 directly, and all else guarded. */
const GUARDED = "127.0.0.2";

type Check = readonly [what: string, holds: boolean];

/** Starts the provider and answers the configuration that uses it. */
async function startProvider(): Promise<{ worker: Worker; config: Record<string, unknown> }> {
  const worker = new Worker(new URL("./paced_provider.ts", import.meta.url), { type: "module" });
  const port = await new Promise<number>((resolve) =>
    worker.onmessage = ({ data }) => resolve(data)
  );
  const config = {
    agents: { defaults: { model: "paced/words", skipBootstrap: true } },
    models: {
      mode: "replace",
      providers: {
        paced: {
          baseUrl: `http://127.0.0.1:${port}/v1`,
          apiKey: "paced-key-1234",
          api: "openai-completions",
          models: [{ id: "words", name: "Words", contextWindow: 1_000_000 }],
        },
      },
    },
  };
  return { worker, config };
}

/** Starts a run and waits for its end, on a connection of its own that hears everything, too. */
async function run(gateway: ProvenGateway, message: string): Promise<void> {
  const params = connectParams({ auth: { token: gateway.token } });
  await using socket = await RawWebSocket.connect(gateway.port, params);
  const idempotencyKey = crypto.randomUUID();
  const sessionKey = `agent:main:${idempotencyKey}`;
  const answer = await socket.call("chat.send", "send", { sessionKey, message, idempotencyKey });
  if (!answer["ok"]) throw new Error(`chat.send: ${JSON.stringify(answer["error"])}`);
  while (true) {
    const { event, payload } = await socket.nextJson();
    if (event === "chat" && payload.state === "final" && payload.runId === idempotencyKey) return;
    if (event === "chat" && payload.state === "error") throw new Error(payload.errorMessage);
  }
}

async function proveFanOut(
  gateway: ProvenGateway,
  clients: number,
  seconds: number,
  hostname: string,
): Promise<Check[]> {
  const before = await gateway.residentMb();
  await using audience = await Audience.gather(gateway.port, gateway.token, clients, hostname);
  // One more that says hello and never reads again.
  const params = connectParams({ auth: { token: gateway.token } });
  await using _deaf = await RawWebSocket.connect(gateway.port, params, { hostname });
  await pause(2000);
  const idle = await gateway.residentMb();
  audience.restart();
  const cpu = await gateway.cpuSeconds();
  const startedAt = performance.now();
  let peak = idle;
  const watch = setInterval(async () => peak = Math.max(peak, await gateway.residentMb()), 500);
  while (performance.now() - startedAt < seconds * 1000) {
    await run(gateway, `pace ${CHUNKS_PER_RUN} ${PAUSE_MS} ${CHUNK_CHARS}`);
  }
  const took = (performance.now() - startedAt) / 1000;
  clearInterval(watch);
  await pause(1000);
  const { frames, fewest, gaps, gone, latency } = audience.heard;
  const rate = fewest / took;
  const used = 100 * (await gateway.cpuSeconds() - cpu) / took;
  return [
    [`${clients} clients for ${took.toFixed(0)} s, ${frames} frames, ${gone} gone`, gone === 0],
    [`every client heard at least ${rate.toFixed(1)} frames a second`, rate >= MIN_RATE],
    [`${gaps} gaps in the numbers`, gaps === 0],
    [`latency p50 ${latency(50)}, p99 ${latency(99)}, max ${latency(100)} ms`, latency(99) < 1000],
    [
      `resident: ${before.toFixed(0)} MB alone, ${idle.toFixed(0)} MB with all idle`,
      idle < MAX_RESIDENT_MB,
    ],
    [`resident at most ${peak.toFixed(0)} MB under load, ${used.toFixed(0)} % of a core`, true],
  ];
}

async function proveStalled(
  gateway: ProvenGateway,
  hostname: string,
): Promise<Check[]> {
  const isGuarded = hostname === GUARDED;
  const params = connectParams({ auth: { token: gateway.token } });
  // Opens what the gateway keeps open: its connection to the provider.
  await run(gateway, "pace 1 1 1");
  await pause(500);
  const descriptors = await gateway.descriptors();
  const stalled = await RawWebSocket.connect(gateway.port, params, { hostname });
  await using audience = await Audience.gather(gateway.port, gateway.token, READERS, hostname);
  const before = await gateway.residentMb();
  await run(gateway, FLOOD);
  const flooded = await gateway.residentMb();
  await pause(RELEASE_MS);
  const late = await gateway.residentMb();
  // A guarded connection has one to the server behind, which has its own end of it.
  const held = await gateway.descriptors() - descriptors - READERS * (isGuarded ? 3 : 1);
  const { gaps, gone, fewest } = audience.heard;
  let bytes = 0;
  let last = "still open";
  while (true) {
    let hasEnded = true;
    const frame = await stalled.next(3000).catch((error) => {
      hasEnded = !(error instanceof DOMException);
      return undefined;
    });
    if (frame === undefined) {
      last = hasEnded ? "cut" : last;
      break;
    }
    bytes += frame.payload.length;
    if (frame.opcode !== 8) continue;
    last = `closed with ${frame.payload[0]! * 256 + frame.payload[1]!}`;
    break;
  }
  await stalled[Symbol.asyncDispose]();
  const mb = (value: number) => value.toFixed(0);
  return [
    [`readers beside it: ${fewest} frames, ${gaps} gaps, ${gone} gone`, gaps + gone === 0],
    [
      `it was ${last} after ${mb(bytes / 1e6)} MB`,
      last === (isGuarded ? "cut" : "closed with 1008"),
    ],
    [`resident ${mb(before)} MB before, ${mb(flooded)} MB flooded, ${mb(late)} MB later`, true],
    [`${held} sockets held ${RELEASE_MS / 1000} s after the end without a read`, held === 0],
  ];
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    string: ["clients", "seconds"],
    boolean: ["stalled-only", "guarded"],
    default: { clients: "1000", seconds: "60" },
  });
  const { program, label } = await proveOptions(args);
  console.log(label);
  const { worker, config } = await startProvider();
  const isGuarded = options["guarded"] === true;
  const hostname = isGuarded ? GUARDED : "127.0.0.1";
  // Said, since in a container the default is to be reachable.
  config["gateway"] = { mode: "local", bind: isGuarded ? "lan" : "loopback" };
  try {
    let isGood = true;
    if (options["stalled-only"] !== true) {
      await using gateway = await ProvenGateway.start(program, config);
      const [clients, seconds] = [Number(options["clients"]), Number(options["seconds"])];
      isGood = report(await proveFanOut(gateway, clients, seconds, hostname));
    }
    await using gateway = await ProvenGateway.start(program, config);
    return report(await proveStalled(gateway, hostname)) && isGood ? 0 : 1;
  } finally {
    worker.terminate();
  }
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
