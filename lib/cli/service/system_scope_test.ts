import { assertEquals } from "@std/assert";
import { forSystem } from "./system_scope.ts";

Deno.test("forSystem() leads each command to the service of the system", () => {
  const rows: [string, string][] = [
    ["openclaw gateway start", "sudo openclaw gateway start --system"],
    ["openclaw gateway status --deep", "openclaw gateway status --deep --system"],
    [
      "openclaw --profile ops gateway install --force",
      "sudo openclaw --profile ops gateway install --force --system",
    ],
    ["openclaw config validate", "sudo env OPENCLAW_HOME=/var/lib/x openclaw config validate"],
    ["sudo openclaw gateway install --system", "sudo openclaw gateway install --system"],
    [
      "openclaw doctor\njournalctl -u openclaw-gateway.service -n 200",
      "sudo env OPENCLAW_HOME=/var/lib/x openclaw doctor\njournalctl -u openclaw-gateway.service -n 200",
    ],
    ["chown -R openclaw:openclaw /var/lib/x", "chown -R openclaw:openclaw /var/lib/x"],
  ];
  for (const [text, expected] of rows) assertEquals(forSystem(text, "/var/lib/x"), expected);
});
