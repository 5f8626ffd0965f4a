import { assertEquals, assertStringIncludes } from "@std/assert";
import { startFakeGateway } from "../testing/gateway_test.ts";
import { createHome } from "../testing/run_test.ts";

const NOW = Date.UTC(2026, 10, 22, 8, 0, 0);
const ANSWER = {
  ts: NOW,
  channelOrder: ["telegram"],
  channelLabels: { telegram: "Telegram" },
  eventLoop: { degraded: true, delayMaxMs: 900, delayP99Ms: 600 },
  channels: { telegram: {} },
  channelAccounts: {
    telegram: [{
      accountId: "default",
      enabled: true,
      configured: true,
      running: true,
      connected: true,
      lastInboundAt: NOW - 300_000,
      mode: "polling",
      dmPolicy: "pairing",
      allowFrom: ["1", "2"],
      tokenSource: "config",
      probe: { ok: true, bot: { username: "box_bot" } },
    }],
    irc: [{ accountId: "libera", enabled: false, lastError: "token: abcdefgh" }],
  },
  warnings: ["telegram: slow"],
};
const CHANNELS = {
  defaults: { groupPolicy: "open" },
  telegram: { enabled: true, botToken: "1:x" },
  irc: { accounts: { libera: { enabled: false }, oftc: { name: "OFTC" } } },
};

async function homeAt(port: number) {
  const gateway = { mode: "local", port, auth: { token: "test-token" } };
  return await createHome({ config: JSON.stringify({ gateway, channels: CHANNELS }) });
}

Deno.test("channels status shows what the gateway says, probed when asked for", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: { "channels.status": () => ANSWER },
  });
  await using home = await homeAt(gateway.port);
  const text = await home.run("channels", "status", "--probe");
  assertEquals([text.code, text.err], [0, ""]);
  assertEquals(
    text.out,
    "Checking channel status…\nGateway reachable.\n" +
      "- Telegram default: enabled, configured, running, connected, in:5m ago, mode:polling, " +
      "bot:@box_bot, dm:pairing, allow:2, token:config, works\n" +
      "- IRC libera: disabled, error:token: [redacted]\n" +
      "Gateway event loop degraded: max=900ms p99=600ms\nWarnings:\n- telegram: slow\n",
  );
  assertEquals(gateway.calls[0]!.params, { probe: true, timeoutMs: 10_000 });
  const one = await home.run("channels", "status", "--channel", "irc");
  assertEquals(one.out.includes("Telegram default"), false);
  assertEquals(JSON.parse((await home.run("channels", "status", "--json")).out), ANSWER);
});

Deno.test("channels status without a gateway is what the config names, exit 0", async () => {
  await using home = await homeAt(1);
  const text = await home.run("channels", "status");
  assertEquals(text.code, 0);
  assertStringIncludes(text.err, "Gateway not reachable: gateway closed (1006");
  assertEquals(
    text.out,
    "Checking channel status…\nGateway not reachable; showing config-only status.\n" +
      `Config: ${home.configPath}\nMode: local\n` +
      "- Telegram default: configured, enabled\n- IRC libera: configured, disabled\n" +
      "- IRC oftc: configured, enabled\n",
  );
  const json = JSON.parse((await home.run("channels", "status", "--json")).out);
  assertEquals([json.gatewayReachable, json.configOnly, json.configuredChannels], [
    false,
    true,
    ["telegram", "irc"],
  ]);
});

Deno.test("channels list names accounts and no secret", async () => {
  await using home = await homeAt(1);
  const text = await home.run("channels", "list");
  assertEquals(
    text.out,
    "Chat channels:\n- Telegram default: configured, enabled\n" +
      "- IRC libera: configured, disabled\n- IRC oftc (OFTC): configured, enabled\n",
  );
  const { chat } = JSON.parse((await home.run("channels", "list", "--json")).out);
  assertEquals(chat, { telegram: ["default"], irc: ["libera", "oftc"] });
  await using none = await createHome();
  assertStringIncludes((await none.run("channels", "list")).out, "- no configured chat channels\n");
});
