import { assertEquals } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import type { CommandResult } from "../../platform/mod.ts";
import { ManualClock, recordingLogger } from "../_testing.ts";
import { readTailscaleClaim, type TailscaleClaim, TailscaleWhois } from "./tailscale.ts";

const SERVE = {
  "tailscale-user-login": "owner@example.com",
  "x-forwarded-for": "100.64.0.5",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "box.tailnet.example",
};
const CLAIM: TailscaleClaim = { ok: true, login: "owner@example.com", address: "100.64.0.5" };

function without(name: keyof typeof SERVE): Record<string, string> {
  const { [name]: _left, ...rest } = SERVE;
  return rest;
}

const CLAIMS: [name: string, headers: Record<string, string>, reason: string | undefined][] = [
  ["of Serve", SERVE, undefined],
  ["of a tagged machine", { ...SERVE, "tailscale-user-login": " " }, "tailscale_user_missing"],
  ["with another header only", { "tailscale-headers-info": "x" }, "tailscale_user_missing"],
  ["that came straight", { "tailscale-user-login": "o" }, "tailscale_proxy_missing"],
  ["without scheme", without("x-forwarded-proto"), "tailscale_proxy_missing"],
  ["without host", without("x-forwarded-host"), "tailscale_proxy_missing"],
  [
    "through a second proxy",
    { ...SERVE, "x-forwarded-for": "100.64.0.5, 192.0.2.1" },
    "tailscale_proxy_missing",
  ],
  ["of no address", { ...SERVE, "x-forwarded-for": "--version" }, "tailscale_proxy_missing"],
];

for (const [name, headers, reason] of CLAIMS) {
  Deno.test(`readTailscaleClaim() reads a claim ${name}`, () => {
    const claim = readTailscaleClaim(new Headers(headers), "127.0.0.1");
    assertEquals(claim, reason === undefined ? CLAIM : { ok: false, reason } as TailscaleClaim);
  });
}

Deno.test("readTailscaleClaim() believes this machine only, and sees no claim where none is", () => {
  const claim = readTailscaleClaim(new Headers(SERVE), "192.0.2.1");
  assertEquals(claim, { ok: false, reason: "tailscale_proxy_missing" });
  assertEquals(readTailscaleClaim(new Headers(), "127.0.0.1"), undefined);
});

function whois(answer: (args: readonly string[]) => Partial<CommandResult> | AppError) {
  const clock = new ManualClock();
  const { log, lines } = recordingLogger();
  const calls: string[] = [];
  const deps = {
    clock,
    log,
    run: async (command: string, args: readonly string[]) => {
      calls.push([command, ...args].join(" "));
      const result = await answer(args);
      if (result instanceof Error) throw result;
      return { code: 0, stdout: "", stderr: "", ...result };
    },
  };
  return { clock, lines, calls, whois: new TailscaleWhois(deps) };
}

const PROFILE = { stdout: JSON.stringify({ UserProfile: { LoginName: "Owner@example.com" } }) };

Deno.test("TailscaleWhois.verify() asks once a minute for an address, however many come", async () => {
  const scene = whois(() => PROFILE);
  const verdicts = await Promise.all([1, 2, 3].map(() => scene.whois.verify(CLAIM)));
  assertEquals(verdicts[2], { ok: true, user: "Owner@example.com" });
  scene.clock.ms += 59_999;
  await scene.whois.verify(CLAIM);
  assertEquals(scene.calls, ["tailscale whois --json 100.64.0.5"]);
  scene.clock.ms += 1;
  await scene.whois.verify(CLAIM);
  assertEquals(scene.calls.length, 2);
});

Deno.test("TailscaleWhois.verify() refuses another login than the headers name", async () => {
  const scene = whois(() => PROFILE);
  const verdict = await scene.whois.verify({ ...CLAIM, login: "guest@example.com" });
  assertEquals(verdict, { ok: false, reason: "tailscale_user_mismatch" });
});

const FAILURES: [name: string, answer: Partial<CommandResult> | AppError][] = [
  ["an exit code", { ...PROFILE, code: 1, stderr: "peer not found" }],
  ["no answer", { stdout: "" }],
  ["garbage", { stdout: "\0{not json" }],
  ["an answer without a login", { stdout: '{"UserProfile":{"LoginName":7}}' }],
  ["no time left", new AppError("COMMAND_TIMEOUT", "still running")],
];

for (const [name, answer] of FAILURES) {
  Deno.test(`TailscaleWhois.verify() refuses after ${name}, and asks again five seconds later`, async () => {
    const scene = whois(() => answer);
    for (const [waitMs, calls] of [[0, 1], [4_999, 1], [1, 2]] as const) {
      scene.clock.ms += waitMs;
      const verdict = await scene.whois.verify(CLAIM);
      assertEquals(verdict, { ok: false, reason: "tailscale_whois_failed" });
      assertEquals(scene.calls.length, calls);
    }
    assertEquals(scene.lines.length, 2, "each failure is logged");
  });
}

Deno.test("TailscaleWhois.verify() looks for the app where no program is on the PATH", async () => {
  const scene = whois(() => new AppError("COMMAND_NOT_FOUND", "no such program"));
  const verdict = await scene.whois.verify(CLAIM);
  assertEquals(verdict, { ok: false, reason: "tailscale_whois_failed" });
  assertEquals(scene.calls.length, 2);
});

Deno.test("TailscaleWhois.verify() starts four programs at the same time at most", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const scene = whois(() => PROFILE);
  const slow = new TailscaleWhois({
    clock: scene.clock,
    log: recordingLogger().log,
    run: async (command) => {
      scene.calls.push(command);
      await promise;
      return { code: 0, stderr: "", ...PROFILE };
    },
  });
  const claims = [1, 2, 3, 4, 5].map((last) => ({ ...CLAIM, address: `100.64.0.${last}` }));
  const verdicts = claims.map((claim) => slow.verify(claim));
  assertEquals(await verdicts[4], { ok: false, reason: "tailscale_whois_failed" });
  assertEquals(scene.calls.length, 4);
  resolve();
  assertEquals((await verdicts[0])?.ok, true);
});
