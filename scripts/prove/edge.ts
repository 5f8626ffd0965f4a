/**
 * `deno task prove:edge`: a gateway on all addresses, behind its guard, against malformed requests,
 * floods and slow peers.
 *
 * `--count <n>` malformed heads, seeded by `OPENCLAW_FUZZ_SEED`; `--only fuzz|flood|deaf|slow`. The slow part
 * needs `slowhttptest`; the deaf part fails on an executable of the older runtime, which cannot let go of a
 * write under way. Strangers come from this machine's own network address, which is not loopback.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { stripAnsiCode } from "@std/fmt/colors";
import { Dice, fuzzSeed, healthTimes } from "../../tests/conformance/fuzz.ts";
import { correctRequest, sendMalformedHeads } from "../../tests/conformance/heads.ts";
import {
  encodeFrame,
  joinBytes,
  openingRequest,
  RawWebSocket,
} from "../../tests/harness/raw_websocket.ts";
import { connectParams } from "../../tests/harness/socket.ts";
import { waitUntil } from "../harness/gateway.ts";
import { percentile, ProvenGateway, proveOptions, report } from "./target.ts";

const MAX_GROWTH_MB = 20;
const WARM_UP_ROUNDS = 2;
const MAX_HEALTH_MS = 50;
const FLOOD_SOCKETS = 600;
/** Of one address; the gateway's own limit. */
const MAX_STRANGERS = 128;
/** The head deadline of the gateway, and the sweep that finds it. */
const HEAD_MS = 10_000;
const HEALTH_CALLS = 200;
const DEAF_CLIENTS = 10;
/** Far more answers than the buffers of the system take. */
const DEAF_CALLS = 20_000;
/** The time for a write, twice. */
const DEAF_MS = 60_000;
const PROBE_MS = 200;
const MAX_PROBE_MS = 1000;
/** The longest of the deadlines, that of an idle connection, with what comes before and after it. */
const MAX_HELD_SECONDS = 70;

type Check = readonly [what: string, holds: boolean];

/** This machine's first address that is not loopback. */
function ownAddress(): string {
  const found = Deno.networkInterfaces().find(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.")
  );
  if (!found) throw new Error("This machine has no IPv4 address besides loopback");
  return found.address;
}

async function proveFuzz(gateway: ProvenGateway, count: number): Promise<Check[]> {
  const seed = fuzzSeed();
  console.log(`seed ${seed} (OPENCLAW_FUZZ_SEED)`);
  const dice = new Dice(seed);
  const target = { port: gateway.port };
  const descriptors = await gateway.descriptors();
  // The heap grows to its plateau first: one round is not enough for it.
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    await sendMalformedHeads(target, dice, count);
  }
  const warm = await gateway.residentMb();
  const tally = await sendMalformedHeads(target, dice, count);
  const grown = await gateway.residentMb() - warm;
  await released(gateway, descriptors);
  const left = await gateway.descriptors() - descriptors;
  const times = await healthTimes(gateway, HEALTH_CALLS);
  const p99 = percentile(times, 99);
  const { smuggled = 0, stuck = 0 } = tally;
  return [
    [`${count} malformed heads: ${JSON.stringify(tally)}`, !tally["500"]],
    [`${smuggled} got past the guard, ${stuck} were never ended`, smuggled + stuck === 0],
    [`grown by ${grown.toFixed(1)} MB, at most ${MAX_GROWTH_MB}`, grown < MAX_GROWTH_MB],
    [`${left} descriptors left open`, left === 0],
    [`health after: p99 ${p99.toFixed(1)} ms, at most ${MAX_HEALTH_MS}`, p99 < MAX_HEALTH_MS],
  ];
}

async function released(gateway: ProvenGateway, descriptors: number): Promise<void> {
  await waitUntil("released sockets", async () => await gateway.descriptors() <= descriptors, 5000)
    .catch(() => {});
}

/** Opens sockets that send half a head, and counts those that are turned away. */
async function proveFlood(gateway: ProvenGateway): Promise<Check[]> {
  const hostname = ownAddress();
  const descriptors = await gateway.descriptors();
  const before = await gateway.residentMb();
  const startedAt = performance.now();
  let refused = 0;
  const held: Promise<number>[] = [];
  for (let i = 0; i < FLOOD_SOCKETS; i++) {
    const conn = await Deno.connect({ hostname, port: gateway.port });
    held.push(
      fate(conn).then(({ status, ms }) => {
        if (status === "503") refused++;
        return status === "503" ? 0 : ms;
      }),
    );
  }
  const openedMs = performance.now() - startedAt;
  const times = await healthTimes(gateway, HEALTH_CALLS);
  const during = await gateway.residentMb();
  const longest = Math.max(...await Promise.all(held));
  await released(gateway, descriptors);
  const left = await gateway.descriptors() - descriptors;
  const p99 = percentile(times, 99);
  return [
    [
      `${FLOOD_SOCKETS} sockets of ${hostname} in ${openedMs.toFixed(0)} ms, ${refused} got 503`,
      refused === FLOOD_SOCKETS - MAX_STRANGERS,
    ],
    [`the others were ended within ${longest.toFixed(0)} ms`, longest < HEAD_MS + 2000],
    [`health beside it: p99 ${p99.toFixed(1)} ms, at most ${MAX_HEALTH_MS}`, p99 < MAX_HEALTH_MS],
    [`resident ${before.toFixed(0)} MB before, ${during.toFixed(0)} MB during`, true],
    [`${left} descriptors left open`, left === 0],
  ];
}

/** Sends half a head and waits for the end. */
async function fate(conn: Deno.TcpConn): Promise<{ status: string; ms: number }> {
  const startedAt = performance.now();
  const buffer = new Uint8Array(1000);
  let text = "";
  try {
    await conn.write(correctRequest("/healthz").subarray(0, 20));
    for (let read = await conn.read(buffer); read !== null; read = await conn.read(buffer)) {
      text += new TextDecoder().decode(buffer.subarray(0, read));
    }
  } catch {
    // Reset: what came before it counts.
  }
  conn.close();
  return { status: text.slice(9, 12) || "503", ms: performance.now() - startedAt };
}

const CHAT_PATH = "v1/chat/completions";

/** Clients that ask, never read, and never leave. */
async function proveDeaf(gateway: ProvenGateway): Promise<Check[]> {
  const hostname = ownAddress();
  const params = connectParams({ auth: { token: gateway.token } });
  const descriptors = await gateway.descriptors();
  const before = await gateway.residentMb();
  const deaf: RawWebSocket[] = [];
  for (let i = 0; i < DEAF_CLIENTS; i++) {
    const socket = await RawWebSocket.dial(gateway.port, hostname);
    await socket.send(openingRequest(gateway.port));
    await socket.readAnswer();
    await socket.frame(JSON.stringify({ type: "req", id: "hello", method: "connect", params }));
    await socket.response("hello");
    deaf.push(socket);
  }
  const startedAt = performance.now();
  const request = encodeFrame(JSON.stringify({ type: "req", id: "h", method: "health" }));
  const batch = joinBytes(...Array.from({ length: HEALTH_CALLS }, () => request));
  const asking = deaf.map(async (socket) => {
    for (let i = 0; i < DEAF_CALLS / HEALTH_CALLS && await socket.trySend(batch); i++);
  });
  const seconds = () => (performance.now() - startedAt) / 1000;
  const isFree = async () => await gateway.descriptors() <= descriptors;
  await waitUntil("cut clients", isFree, DEAF_MS).catch(() => {});
  const left = await gateway.descriptors() - descriptors;
  const took = seconds();
  const late = await gateway.residentMb();
  for (const socket of deaf) socket.cut();
  await Promise.all(asking);
  return [
    [
      `${DEAF_CLIENTS} clients that asked and did not read: ${left} descriptors held after ` +
      `${took.toFixed(0)} s`,
      left === 0,
    ],
    [`resident ${before.toFixed(0)} MB before, ${late.toFixed(0)} MB after`, true],
  ];
}

/** What `slowhttptest` is told, by kind. */
function slowAttacks(token: string): Readonly<Record<string, readonly string[]>> {
  // It has no option for a credential; without one a body is refused before it is read.
  const bearer = `*/*\r\nAuthorization: Bearer ${token}`;
  const body = ["-t", "POST", "-s", "8192", "-m", bearer];
  return {
    "slow headers, 100 peers": ["-H", "-c", "100", "-i", "2"],
    "slow headers, 500 peers": ["-H", "-c", "500", "-i", "2"],
    "silent body, 100 peers": ["-B", "-c", "100", "-i", "30", ...body],
    "trickling body, 100 peers": ["-B", "-c", "100", "-i", "5", ...body],
    "slow read, 100 peers": ["-X", "-c", "100", "-w", "10", "-y", "20", "-n", "5", "-z", "16"],
  };
}

async function proveSlow(gateway: ProvenGateway): Promise<Check[]> {
  const url = `http://${ownAddress()}:${gateway.port}/`;
  const attacks = slowAttacks(gateway.token);
  const checks: Check[] = [];
  const descriptors = await gateway.descriptors();
  for (const [name, args] of Object.entries(attacks)) {
    const path = name.includes("body") ? CHAT_PATH : "";
    const command = new Deno.Command("slowhttptest", {
      args: [...args, "-r", "200", "-l", "80", "-p", "3", "-x", "24", "-u", `${url}${path}`],
      stdout: "piped",
      stderr: "null",
    });
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    const running = command.output();
    let isOver = false;
    let heldUntil = 0;
    const probes = probe(gateway.port, async () => {
      // One is the probe's own.
      if (await gateway.descriptors() > descriptors + 1) heldUntil = seconds();
      return isOver;
    });
    const output = new TextDecoder().decode((await running).stdout);
    isOver = true;
    const times = await probes;
    const ending = /Exit status: *([^\n]*)/.exec(stripAnsiCode(output))?.[1] ?? "no status";
    const max = Math.max(...times);
    checks.push([
      `${name}: all ended after ${heldUntil.toFixed(0)} s (the tool after ${
        seconds().toFixed(0)
      }: ` +
      `${ending.trim()}); ${times.length} probes beside it, at most ${max.toFixed(0)} ms`,
      heldUntil > 0 && heldUntil < MAX_HELD_SECONDS && max < MAX_PROBE_MS,
    ]);
  }
  return checks;
}

/** Times of `/healthz` on loopback, each on a connection of its own. */
async function probe(port: number, isOver: () => Promise<boolean>): Promise<number[]> {
  const times: number[] = [];
  while (!await isOver()) {
    const startedAt = performance.now();
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(correctRequest("/healthz", "Connection: close\r\n"));
    if (await conn.read(new Uint8Array(4096)) === null) throw new Error("/healthz: no answer");
    conn.close();
    times.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
  return times;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    string: ["count", "only"],
    default: { count: "20000" },
  });
  const { program, label } = await proveOptions(args);
  console.log(label);
  await using gateway = await ProvenGateway.start(program, {
    gateway: { mode: "local", bind: "lan" },
  });
  const parts: Readonly<Record<string, () => Promise<Check[]>>> = {
    fuzz: () => proveFuzz(gateway, Number(options["count"])),
    flood: () => proveFlood(gateway),
    deaf: () => proveDeaf(gateway),
    slow: () => proveSlow(gateway),
  };
  let isGood = true;
  for (const [name, part] of Object.entries(parts)) {
    if (options["only"] === undefined || options["only"] === name) {
      isGood = report(await part()) && isGood;
    }
  }
  return isGood ? 0 : 1;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
