import { assert, assertEquals } from "@std/assert";
import { configJsonSchema } from "./json_schema.ts";
import { sectionSchema } from "./sections.ts";
import { childSchema, listFields } from "./tree.ts";
import { typeText } from "./type_text.ts";

// deno-lint-ignore no-explicit-any -- the test looks into whatever the schema says
type Json = any;

Deno.test("configJsonSchema() carries titles, descriptions and what is secret", () => {
  const { schema, uiHints } = configJsonSchema() as Json;
  const { gateway, env, channels } = schema.properties;
  assertEquals(gateway.title, "Gateway");
  assertEquals(gateway.properties.port, {
    description: "The one TCP port of the gateway",
    type: "integer",
    minimum: 1,
    maximum: 65535,
  });
  assertEquals(gateway.properties.auth.properties.token.writeOnly, true);
  assertEquals(gateway.required, undefined);
  assertEquals(env.properties.vars.additionalProperties, { type: "string" });
  assertEquals(channels.properties.irc.properties.port.maximum, 65535);
  for (const { path } of listFields()) assert(uiHints[path].help.length > 2, path);
  assertEquals(uiHints["gateway.handshakeTimeoutMs"], {
    label: "Handshake timeout ms",
    help: "Time a WebSocket has to authenticate (ms)",
    reload: "restart",
    unit: "ms",
  });
});

Deno.test("typeText() says what a field takes", () => {
  const cases: [section: "gateway" | "agents" | "cron" | "channels", key: string, text: string][] =
    [
      ["gateway", "port", "whole number"],
      ["gateway", "mode", '"local" | "remote"'],
      ["gateway", "allowRealIpFallback", "true | false"],
      ["gateway", "trustedProxies", "list of text"],
      ["gateway", "auth", "object"],
      ["agents", "list", "list of object"],
      ["cron", "sessionRetention", "text | number | false"],
      ["channels", "modelByChannel", "map to map to text"],
    ];
  for (const [section, key, text] of cases) {
    assertEquals(typeText(childSchema(sectionSchema(section), key)!), text, key);
  }
});
