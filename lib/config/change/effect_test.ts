import { assertEquals } from "@std/assert";
import { effectOf } from "./effect.ts";

Deno.test("effectOf() picks what is read at the start only", () => {
  const { reload, restartPaths } = effectOf([
    "gateway.port",
    "gateway.auth.token",
    "gateway.auth.mode",
    "gateway.remote.url",
    "gateway.reload.mode",
    "gateway.http.endpoints.chatCompletions.enabled",
    "gateway",
    "gatewayish.x",
    "logging.level",
    "env.NAME",
    "agents.list",
    "channels.irc.host",
    "models.providers.x",
  ]);
  assertEquals(reload, "restart");
  assertEquals(restartPaths, [
    "gateway.port",
    "gateway.auth.mode",
    "gateway",
    "gatewayish.x",
    "logging.level",
    "env.NAME",
  ]);
});

Deno.test("effectOf() names the channels that start anew", () => {
  const cases: [string[], string, string[]][] = [
    [["ui.seamColor", "agents.list"], "live", []],
    [[], "live", []],
    [["channels.irc.host", "channels.irc.port", "channels.slack"], "channel", ["irc", "slack"]],
    [["channels.defaults.groupPolicy", "channels.irc.host"], "channel", []],
    [["channels.modelByChannel.irc.a"], "live", []],
    [["channels.irc.host", "gateway.port"], "restart", ["irc"]],
  ];
  for (const [paths, reload, channels] of cases) {
    const effect = effectOf(paths);
    assertEquals([effect.reload, effect.channels], [reload, channels], paths.join());
  }
});
