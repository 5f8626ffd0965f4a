import { assert, assertEquals } from "@std/assert";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { hello, type Knock, knock, refused, REMOTE } from "./connect_harness.ts";

const ATTEMPTS = 2_000;
const AT_ONCE = 20;

/** A guesser's address, in one of the forms that the same host or network can be written in. */
function guesser(i: number): string {
  switch (i % 4) {
    case 0:
      return "192.0.2.9";
    case 1:
      return "::ffff:192.0.2.9";
    case 2:
      return `2001:db8:0:1::${(i % 0xffff).toString(16)}`;
    default:
      return `203.0.113.${i % 200}, 198.51.100.${i % 16}`;
  }
}

Deno.test("2,000 guesses in mixed spellings are locked out, and a good client is served meanwhile", async () => {
  await using gateway = await TestGateway.start({
    config: { gateway: { mode: "local", trustedProxies: ["127.0.0.1"] } },
  });
  const from = (address: string, token: string): Knock => ({
    headers: { "x-forwarded-for": address },
    params: { auth: { token } },
  });
  const codes = new Map<string, number>();
  let next = 0;
  const guess = async () => {
    while (next < ATTEMPTS) {
      const i = next++;
      await using answer = await knock(gateway, from(guesser(i), `guess-${i}`));
      const { code } = answer.response.error.details;
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (i % 100 === 0) await hello(gateway, from("192.0.2.200", TOKEN));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, guess));
  const { AUTH_TOKEN_MISMATCH: judged = 0, AUTH_RATE_LIMITED: locked = 0 } = Object.fromEntries(
    codes,
  );
  assertEquals(judged + locked, ATTEMPTS);
  // Ten for the host, ten for the IPv6 network, ten for each of the four hosts behind the other proxy.
  assertEquals(judged, 10 + 10 + 4 * 10);
  await using late = await knock(gateway, from("192.0.2.9", TOKEN));
  assertEquals(late.response.error.details.code, "AUTH_RATE_LIMITED", "the right token, too late");
  assert((await hello(gateway)).auth.scopes.length > 0, "this machine is not counted");
});

Deno.test("guesses at device tokens lock out device tokens of the address, and nothing else", async () => {
  await using gateway = await TestGateway.start();
  const device = await TestDevice.create();
  const { auth } = await hello(gateway, { device });
  const by = (deviceToken: string): Knock => ({
    device,
    headers: REMOTE,
    params: { auth: { deviceToken } },
  });
  for (let i = 0; i < 10; i++) {
    const { error } = await refused(gateway, by(`guess-${i}`));
    assertEquals(error.details.code, "AUTH_DEVICE_TOKEN_MISMATCH");
  }
  const { error } = await refused(gateway, by(auth.deviceToken));
  assertEquals(error.details.code, "AUTH_RATE_LIMITED");
  assert(error.retryAfterMs > 0);
  await hello(gateway, { device, headers: REMOTE });
});

for (const kind of ["token", "deviceToken"] as const) {
  Deno.test(`guesses at a ${kind} with a device that come at once are judged ten times, no more`, async () => {
    await using gateway = await TestGateway.start();
    const device = await TestDevice.create();
    const guess = async (i: number) => {
      const auth = { [kind]: `guess-${i}-0123456789` };
      await using answer = await knock(gateway, { device, headers: REMOTE, params: { auth } });
      return answer.response.error.details.code as string;
    };
    const codes = await Promise.all(Array.from({ length: 30 }, (_, i) => guess(i)));
    const judged = codes.filter((code) => code !== "AUTH_RATE_LIMITED");
    assertEquals(judged.length, 10, [...new Set(codes)].join());
  });
}
