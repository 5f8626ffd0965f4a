import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../base/mod.ts";
import { setConfigValue } from "../edit/mod.ts";
import { parseConfigText } from "../parse.ts";
import { effectOf } from "./effect.ts";

async function withPaths(paths: readonly string[]): Promise<JsonObject> {
  let text = "";
  for (const path of paths) text = await setConfigValue(text, path, "new");
  const parsed = await parseConfigText(text === "" ? "{}" : text);
  return parsed.ok ? parsed.value : {};
}

Deno.test("effectOf() picks what is read at the start only", async () => {
  const before = {
    gateway: { auth: {}, remote: {}, reload: {}, http: { endpoints: { chatCompletions: {} } } },
    logging: {},
    env: {},
    agents: {},
    channels: { irc: {} },
    models: { providers: {} },
    gatewayish: {},
  };
  const after = structuredClone(before) as JsonObject;
  Object.assign(
    after,
    await withPaths([
      "gateway.port",
      "gateway.auth.token",
      "gateway.auth.mode",
      "gateway.remote.url",
      "gateway.reload.mode",
      "gateway.http.endpoints.chatCompletions.enabled",
      "gatewayish.x",
      "logging.level",
      "env.NAME",
      "agents.list",
      "channels.irc.host",
      "models.providers.x",
    ]),
  );
  assertEquals(effectOf(before, after), {
    reload: "restart",
    channels: ["irc"],
    restartPaths: [
      "gateway.auth.mode",
      "gateway.port",
      "logging.level",
      "env.NAME",
      "gatewayish.x",
    ],
  });
});

Deno.test("effectOf() looks inside of what came or went as a whole", async () => {
  const cases: [string[], string, string[]][] = [
    [["ui.seamColor", "agents.defaults.workspace"], "live", []],
    [[], "live", []],
    [["gateway.remote.url"], "live", []],
    [["gateway.remote.url", "gateway.port"], "restart", []],
    [["channels.irc.host", "channels.irc.port", "channels.slack.name"], "channel", [
      "irc",
      "slack",
    ]],
    [["channels.defaults.groupPolicy", "channels.irc.host"], "channel", []],
    [["channels.modelByChannel.irc.a"], "live", []],
    [["channels.irc.host", "gateway.port"], "restart", ["irc"]],
  ];
  for (const [paths, reload, channels] of cases) {
    const config = await withPaths(paths);
    for (const effect of [effectOf({}, config), effectOf(config, {})]) {
      assertEquals([effect.reload, effect.channels], [reload, channels], paths.join());
    }
  }
});
