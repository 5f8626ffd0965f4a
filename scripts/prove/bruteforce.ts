/**
 * `deno task prove:bruteforce`: 2,000 wrong tokens from many addresses of a network namespace.
 *
 * Needs Linux, root and `ip`. `--count <n>`. With `--guess <plan>` it is the guesser inside the
 * namespace and prints its tallies as JSON.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl } from "@std/path";
import { guess, type Guesser, guessOften, type Tally } from "../../tests/conformance/guesses.ts";
import { ProvenGateway, proveOptions, report } from "./target.ts";

const SPACE = `openclaw-prove-${Deno.pid}`;
const [OUTER, INNER] = [`ocp${Deno.pid % 10_000}a`, `ocp${Deno.pid % 10_000}b`];
/** A network for benchmarks: nobody's. */
const GATEWAY = "198.18.7.1";
const ATTACKERS = [2, 3, 4, 5, 6, 7].map((host) => `198.18.7.${host}`);
const GOOD = "198.18.7.99";
const MAX_GROWTH_MB = 20;
/** Wrong tokens of one address that are compared within a minute. */
const FREE_GUESSES = 10;
/** Handshakes from loopback, which is not limited, until the heap has its size. */
const WARM_UP = 6000;

/** What the guesser inside the namespace is told. */
interface Plan {
  readonly port: number;
  readonly token: string;
  readonly count: number;
}

/** What it saw. */
interface Seen {
  readonly tallies: Record<string, Tally>;
  /** The right token from an address that never guessed, tried all the while. */
  readonly good: Tally;
  /** The right token from an address that is locked. */
  readonly locked: string;
}

async function ip(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args: [...args] }).output();
  if (!success) throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

async function makeSpace(): Promise<void> {
  const inside = ["netns", "exec", SPACE, "ip"];
  await ip("netns", "add", SPACE);
  await ip("link", "add", OUTER, "type", "veth", "peer", "name", INNER, "netns", SPACE);
  await ip("addr", "add", `${GATEWAY}/24`, "dev", OUTER);
  await ip("link", "set", OUTER, "up");
  await ip(...inside, "link", "set", INNER, "up");
  for (const address of [...ATTACKERS, GOOD]) {
    await ip(...inside, "addr", "add", `${address}/24`, "dev", INNER);
  }
}

/** Removes the namespace, and the pair of links with it. */
async function dropSpace(): Promise<void> {
  await ip("netns", "del", SPACE);
}

async function guessInside({ port, token, count }: Plan): Promise<Seen> {
  const [first, second] = ATTACKERS;
  const guessers: Guesser[] = [
    ...ATTACKERS.map((from) => ({ hostname: GATEWAY, port, from })),
    // The same hosts in other forms: an IPv4-mapped target, and claims to be somebody else.
    { hostname: `::ffff:${GATEWAY}`, port },
    { hostname: GATEWAY, port, from: first!, headers: { Forwarded: "for=127.0.0.1" } },
    { hostname: GATEWAY, port, from: second!, headers: { "X-Forwarded-For": "127.0.0.1" } },
    { hostname: GATEWAY, port, from: second!, headers: { "X-Real-IP": "::1" } },
  ];
  const friend: Guesser = { hostname: GATEWAY, port, from: GOOD };
  const good: Tally = {};
  let isOver = false;
  const watch = (async () => {
    while (!isOver) {
      const outcome = await guess(friend, token);
      good[outcome] = (good[outcome] ?? 0) + 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const each = Math.ceil(count / guessers.length);
  const rows = await Promise.all(guessers.map(async (guesser, index) => {
    const name = `${index} ${guesser.from ?? guesser.hostname} ${
      JSON.stringify(guesser.headers ?? {})
    }`;
    return [name, await guessOften(guesser, each)] as const;
  }));
  isOver = true;
  await watch;
  const locked = await guess(guessers[0]!, token);
  return { tallies: Object.fromEntries(rows), good, locked };
}

async function runInside(plan: Plan): Promise<Seen> {
  const script = fromFileUrl(import.meta.url);
  const args = ["netns", "exec", SPACE, Deno.execPath(), "run", "-A", "--no-check", script];
  const command = new Deno.Command("ip", {
    args: [...args, "--guess", JSON.stringify(plan)],
    stderr: "inherit",
  });
  const { success, stdout } = await command.output();
  if (!success) throw new Error("The guesser inside the namespace failed");
  return JSON.parse(new TextDecoder().decode(stdout)) as Seen;
}

async function prove(args: readonly string[], count: number): Promise<number> {
  const { program, label } = await proveOptions(args);
  await makeSpace();
  try {
    const config = { gateway: { mode: "local", bind: "lan" } };
    await using gateway = await ProvenGateway.start(program, config);
    const { port, token } = gateway;
    await guessOften({ hostname: "127.0.0.1", port }, WARM_UP);
    const before = await gateway.residentMb();
    const startedAt = performance.now();
    const { tallies, good, locked } = await runInside({ port, token, count });
    const took = (performance.now() - startedAt) / 1000;
    const grown = await gateway.residentMb() - before;
    const owner = await guess({ hostname: "127.0.0.1", port }, token);
    console.log(label);
    let mismatches = 0;
    let total = 0;
    for (const [name, tally] of Object.entries(tallies)) {
      console.log(`     ${name}: ${JSON.stringify(tally)}`);
      mismatches += tally["AUTH_TOKEN_MISMATCH"] ?? 0;
      total += Object.values(tally).reduce((sum, times) => sum + times, 0);
    }
    const welcomes = good["welcome"] ?? 0;
    const isLimited = total >= count && mismatches === ATTACKERS.length * FREE_GUESSES;
    return report([
        [
          `${total} guesses in ${took.toFixed(1)} s, ${mismatches} of them were compared`,
          isLimited,
        ],
        [`the right token from a locked address: ${locked}`, locked === "AUTH_RATE_LIMITED"],
        [`a good client elsewhere: ${JSON.stringify(good)}`, Object.keys(good).length === 1],
        [`it was let in ${welcomes} times`, welcomes > 0],
        [`the owner on loopback: ${owner}`, owner === "welcome"],
        [`grown by ${grown.toFixed(1)} MB, at most ${MAX_GROWTH_MB}`, grown < MAX_GROWTH_MB],
      ])
      ? 0
      : 1;
  } finally {
    await dropSpace();
  }
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    string: ["count", "guess"],
    default: { count: "2000" },
  });
  const plan = options["guess"];
  if (plan === undefined) return await prove(args, Number(options["count"]));
  console.log(JSON.stringify(await guessInside(JSON.parse(String(plan)) as Plan)));
  return 0;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
