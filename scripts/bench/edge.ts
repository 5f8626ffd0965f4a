/**
 * What the guard costs: a gateway on loopback beside the same behind its guard.
 *
 * `deno run -A scripts/bench/edge.ts [--binary <path> | --source] [--seconds N] [--clients N]`. Both are
 * measured in turns; figures are medians of the rounds.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { Audience } from "../../tests/conformance/audience.ts";
import { RawWebSocket } from "../../tests/harness/raw_websocket.ts";
import { connectParams } from "../../tests/harness/socket.ts";
import { median, type Program } from "../harness/program.ts";
import { percentile, ProvenGateway, proveOptions } from "../prove/target.ts";

const PARALLEL = 8;
const ROUNDS = 3;
const SETTLE_MS = 2000;

type Figures = Map<string, number>;

/** Repeats a call on some connections for a time. */
async function load(
  seconds: number,
  open: () => Promise<{ call(): Promise<void>; close(): void }>,
): Promise<{ perSecond: number; p50: number; p99: number }> {
  const times: number[] = [];
  const clients = await Promise.all(Array.from({ length: PARALLEL }, open));
  const endsAt = performance.now() + seconds * 1000;
  await Promise.all(clients.map(async (client) => {
    for (let at = performance.now(); at < endsAt;) {
      await client.call();
      const now = performance.now();
      times.push(now - at);
      at = now;
    }
    client.close();
  }));
  return {
    perSecond: times.length / seconds,
    p50: percentile(times, 50),
    p99: percentile(times, 99),
  };
}

/** A keep-alive connection that asks for `/healthz`; the answer comes in one piece. */
async function healthz(port: number): Promise<{ call(): Promise<void>; close(): void }> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = new TextEncoder().encode(
    `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
  );
  const buffer = new Uint8Array(4096);
  const call = async () => {
    await conn.write(request);
    if (await conn.read(buffer) === null) throw new Error("/healthz: hung up");
  };
  return { call, close: () => conn.close() };
}

/** A client that reads a streamed answer of the offline model to its end. */
function stream(url: string, token: string): Promise<{ call(): Promise<void>; close(): void }> {
  const body = JSON.stringify({
    model: "openclaw",
    stream: true,
    messages: [{ role: "user", content: "hi" }],
  });
  const headers = { "authorization": `Bearer ${token}`, "content-type": "application/json" };
  const call = async () => {
    const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body });
    const text = await response.text();
    if (!text.endsWith("[DONE]\n\n")) throw new Error(`stream: ${response.status} ${text}`);
  };
  return Promise.resolve({ call, close() {} });
}

/** A WebSocket that calls `health`. */
async function echo(
  port: number,
  token: string,
): Promise<{ call(): Promise<void>; close(): void }> {
  const socket = await RawWebSocket.connect(port, connectParams({ auth: { token } }));
  let id = 0;
  const call = async () => void await socket.call("health", `h${++id}`);
  return { call, close: () => socket.cut() };
}

async function measureRates(gateway: ProvenGateway, seconds: number): Promise<Figures> {
  const { port, token, process } = gateway;
  const figures: Figures = new Map();
  const note = (name: string, { perSecond, p50, p99 }: Awaited<ReturnType<typeof load>>) => {
    figures.set(`${name}, a second`, perSecond);
    figures.set(`${name}, p50 ms`, p50);
    figures.set(`${name}, p99 ms`, p99);
  };
  await load(1, () => healthz(port));
  note("/healthz on keep-alive", await load(seconds, () => healthz(port)));
  note("WebSocket health", await load(seconds, () => echo(port, token)));
  note("streamed run of the offline model", await load(seconds, () => stream(process.url, token)));
  return figures;
}

/** Resident memory with idle clients, less that of the gateway alone. */
async function measureMemory(gateway: ProvenGateway, clients: number): Promise<Figures> {
  const before = await gateway.residentMb();
  await using _audience = await Audience.gather(gateway.port, gateway.token, clients);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return new Map([
    ["alone, MB", before],
    [`${clients} idle clients, MB`, await gateway.residentMb()],
  ]);
}

async function withGateway(
  program: Program,
  isGuarded: boolean,
  measure: (gateway: ProvenGateway) => Promise<Figures>,
): Promise<Figures> {
  const bind = isGuarded ? "lan" : "loopback";
  await using gateway = await ProvenGateway.start(program, { gateway: { mode: "local", bind } });
  return await measure(gateway);
}

function medians(rounds: readonly Figures[]): Figures {
  const names = [...rounds[0]!.keys()];
  return new Map(names.map((name) => [name, median(rounds.map((round) => round.get(name)!))]));
}

async function main(args: readonly string[]): Promise<void> {
  const options = parseArgs([...args], {
    string: ["seconds", "clients"],
    default: { seconds: "3", clients: "1000" },
  });
  const { program, label } = await proveOptions(args);
  const [seconds, clients] = [Number(options["seconds"]), Number(options["clients"])];
  const rounds: [Figures[], Figures[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, isGuarded] of [false, true].entries()) {
      const rates = await withGateway(program, isGuarded, (one) => measureRates(one, seconds));
      const memory = await withGateway(program, isGuarded, (one) => measureMemory(one, clients));
      rounds[index]!.push(new Map([...rates, ...memory]));
    }
  }
  const [direct, guarded] = rounds.map(medians) as [Figures, Figures];
  console.log(`${label}, ${PARALLEL} connections, medians of ${ROUNDS} rounds\n`);
  console.log("| | direct | guarded | ratio |\n|---|---|---|---|");
  for (const [name, value] of direct) {
    const other = guarded.get(name)!;
    const cells = [name, value.toFixed(1), other.toFixed(1), (other / value).toFixed(2)];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

if (import.meta.main) await main(Deno.args);
