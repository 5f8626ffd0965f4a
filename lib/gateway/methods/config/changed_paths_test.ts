import { assertEquals } from "@std/assert";
import { changedPaths, pathsForRestart } from "./changed_paths.ts";

Deno.test("changedPaths() names the deepest differences", () => {
  const before = { a: { b: 1, c: 2 }, d: [1], e: 1, "x.y": { z: 1 } };
  const after = { a: { b: 1, c: 3 }, d: [1, 2], f: { g: 1 }, "x.y": { z: 2 } };
  assertEquals(changedPaths(before, after), ["a.c", "d", "e", '["x.y"].z', "f"]);
  assertEquals(changedPaths(before, structuredClone(before)), []);
});

Deno.test("pathsForRestart() picks what is read at the start only", async () => {
  const paths = [
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
  ];
  assertEquals(await pathsForRestart(paths), [
    "gateway.port",
    "gateway.auth.mode",
    "gateway",
    "gatewayish.x",
    "logging.level",
    "env.NAME",
  ]);
});
