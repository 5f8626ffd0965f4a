import { assertEquals } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { guess, type Guesser, guessOften } from "./guesses.ts";

/** Guesses per place; two thousand from real addresses are in `deno task prove:bruteforce`. */
const GUESSES = 40;

Deno.test("guessing: ten wrong tokens lock a forwarded peer, whatever it claims to be", async () => {
  await using gateway = await TestGateway.start();
  const { port } = gateway.gateway;
  const direct: Guesser = { hostname: "127.0.0.1", port };
  const claims = ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "203.0.113.9, 192.0.2.1", "x"];
  const outcomes: string[] = [];
  for (let i = 0; i < GUESSES; i++) {
    const headers = { "X-Forwarded-For": claims[i % claims.length]! };
    outcomes.push(await guess({ ...direct, headers }, `wrong-${i}`));
  }
  const expected = Array.from(
    { length: GUESSES },
    (_, i) => i < 10 ? "AUTH_TOKEN_MISMATCH" : "AUTH_RATE_LIMITED",
  );
  assertEquals(outcomes, expected);
  const headers = { "X-Forwarded-For": "198.51.100.7" };
  assertEquals(await guess({ ...direct, headers }, TOKEN), "AUTH_RATE_LIMITED");
  assertEquals(await guess(direct, TOKEN), "welcome", "the machine's own user is not locked out");
});

Deno.test("guessing: pages of one origin lock that origin only", async () => {
  await using gateway = await TestGateway.start();
  const page = (origin: string): Guesser => ({
    hostname: "127.0.0.1",
    port: gateway.gateway.port,
    headers: { Origin: origin },
  });
  const tally = await guessOften(page("http://localhost:5173"), GUESSES);
  assertEquals(tally, { AUTH_TOKEN_MISMATCH: 10, AUTH_RATE_LIMITED: GUESSES - 10 });
  assertEquals(await guess(page("http://LOCALHOST:5173"), TOKEN), "AUTH_RATE_LIMITED");
  assertEquals(await guess(page("http://localhost:5174"), TOKEN), "welcome");
});

Deno.test("guessing: this machine's programs are refused and never locked out", async () => {
  await using gateway = await TestGateway.start();
  const direct: Guesser = { hostname: "127.0.0.1", port: gateway.gateway.port };
  assertEquals(await guessOften(direct, GUESSES), { AUTH_TOKEN_MISMATCH: GUESSES });
  assertEquals(await guess(direct, TOKEN), "welcome");
});
