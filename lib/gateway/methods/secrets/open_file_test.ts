import { assertEquals } from "@std/assert";
import { envOf } from "../../../base/mod.ts";
import { openerFor } from "./open_file.ts";

Deno.test("openerFor() knows each system, and hosts without a screen", () => {
  const none = envOf({});
  assertEquals(openerFor("darwin", none)?.command, "open");
  assertEquals(openerFor("windows", none)?.command, "explorer.exe");
  assertEquals(openerFor("linux", none), undefined);
  assertEquals(openerFor("linux", envOf({ DISPLAY: "" })), undefined);
  assertEquals(openerFor("linux", envOf({ WAYLAND_DISPLAY: "wayland-0" }))?.command, "xdg-open");
});
