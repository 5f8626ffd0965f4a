import { assertEquals, assertStringIncludes } from "@std/assert";
import { basename } from "@std/path";
import { envOf } from "../../base/mod.ts";
import { taskFiles } from "./files.ts";
import { buildStartupEntry, startupEntryPath } from "./startup_entry.ts";

Deno.test("startupEntryPath() is in the user's Startup folder under a name that files can have", () => {
  const path = startupEntryPath("Folder\\OpenClaw: x?", "/home/ann", envOf({}));
  assertEquals(basename(path), "Folder_OpenClaw_ x_.cmd");
  assertStringIncludes(path, "/home/ann/AppData/Roaming/Microsoft/Windows/Start Menu");
  assertEquals(startupEntryPath("x", "/h", envOf({ APPDATA: "/d" })).startsWith("/d/Micro"), true);
});

Deno.test("buildStartupEntry() starts the runner in its folder, without a window", () => {
  const text = buildStartupEntry("OpenClaw Gateway", taskFiles("/R&D/100%", envOf({})));
  assertStringIncludes(
    text,
    'start "" /d "/R&D/100%%" "%SystemRoot%\\System32\\conhost.exe" --headless ',
  );
});
