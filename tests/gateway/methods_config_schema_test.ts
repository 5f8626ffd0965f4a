import { assert, assertEquals } from "@std/assert";
import * as schema from "../../lib/config/schema/mod.ts";
import type { Frame } from "../harness/socket.ts";
import { withGateway } from "./methods_harness.ts";

Deno.test("config.schema describes every section and hints every field", () =>
  withGateway(async ({ result: call }) => {
    const { schema: root, uiHints, version, generatedAt } = await call("config.schema");
    assertEquals(root.type, "object");
    assertEquals(root.properties.gateway.properties.port.type, "integer");
    assertEquals(root.properties.acp.type, "object");
    const { telegram } = root.properties.channels.properties;
    assertEquals(telegram.properties.botToken.writeOnly, true);
    assertEquals(telegram.properties.dmPolicy.enum[0], "pairing");
    assertEquals(uiHints["gateway.auth.token"].sensitive, true);
    assertEquals(uiHints["agents.list[].id"].reload, "live");
    assertEquals([typeof version, Number.isNaN(Date.parse(generatedAt))], ["string", false]);
    for (const field of schema.listFields()) assert(uiHints[field.path], field.path);
  }));

Deno.test("config.schema.lookup finds one place and names what is below it", () =>
  withGateway(async ({ result: call }) => {
    const gateway = await call("config.schema.lookup", { path: "gateway" });
    const port = gateway.children.find(({ key }: Frame) => key === "port");
    assertEquals([port.path, port.type, port.required, port.hasChildren], [
      "gateway.port",
      "integer",
      false,
      false,
    ]);
    assertEquals("properties" in gateway.schema, false);
    const leaf = await call("config.schema.lookup", { path: "gateway.port" });
    assertEquals([leaf.hintPath, leaf.children], ["gateway.port", []]);
    for (const path of ["agents.list[].id", "agents.list.0.id", "agents.list[3].id"]) {
      const id = await call("config.schema.lookup", { path });
      assertEquals([id.path, id.hintPath, id.schema.type], [path, "agents.list[].id", "string"]);
    }
    const provider = await call("config.schema.lookup", { path: "models.providers.mine.baseUrl" });
    assertEquals(provider.hintPath, "models.providers.*.baseUrl");
    const root = await call("config.schema.lookup", { path: "." });
    assert(root.children.some(({ path }: Frame) => path === "gateway"));
  }));

Deno.test("config.schema.lookup refuses a path that leads nowhere", () =>
  withGateway(async ({ socket }) => {
    const paths = ["nope", "gateway.nope", "gateway.port.x", "toString", "gateway.__proto__"];
    for (const path of paths) {
      const { error } = await socket.call("config.schema.lookup", { path });
      assertEquals(error.message, "config schema path not found");
    }
  }));
