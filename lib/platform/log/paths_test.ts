import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { AppError, envOf } from "../../base/mod.ts";
import { datedFile, logFolder, partFile } from "./paths.ts";

const isPosix = Deno.build.os !== "windows";

Deno.test({
  name: "logFolder() takes the common folder only when it is private",
  ignore: !isPosix,
  fn() {
    const root = Deno.makeTempDirSync({ prefix: "paths-" });
    const env = envOf({ TMPDIR: root });
    const own = join(root, `openclaw-${Deno.uid()}`);
    const common = join(root, "common");
    assertEquals(logFolder(env, common), common);
    assertEquals(Deno.statSync(common).mode! & 0o777, 0o700);
    Deno.chmodSync(common, 0o777);
    assertEquals(logFolder(env, common), own);
    Deno.removeSync(common);
    Deno.symlinkSync(root, common);
    assertEquals(logFolder(env, common), own);
    Deno.chmodSync(own, 0o777);
    const error = assertThrows(() => logFolder(env, common), AppError);
    assertEquals(error.code, "UNSAFE_FOLDER");
    Deno.removeSync(root, { recursive: true });
  },
});

Deno.test("partFile() puts the number before the extension", () => {
  assertEquals(partFile(join("a", "b.log"), 2), join("a", "b.2.log"));
  assertEquals(partFile(join("a.d", "b"), 1), join("a.d", "b.1"));
});

Deno.test("datedFile() keeps the logs of several profiles apart", () => {
  const day = new Date(2026, 10, 22).getTime();
  const name = (env: Record<string, string>) => datedFile("/l", day, envOf(env));
  assertEquals(name({}), "/l/openclaw-2026-11-22.log");
  assertEquals(name({ OPENCLAW_PROFILE: "default" }), "/l/openclaw-2026-11-22.log");
  assertEquals(name({ OPENCLAW_PROFILE: "Ops" }), "/l/openclaw-ops-2026-11-22.log");
  assertEquals(name({ OPENCLAW_PROFILE: "../x" }), "/l/openclaw-2026-11-22.log");
});

Deno.test("logFolder() is the one that systemd has made for the service", () => {
  const env = (LOGS_DIRECTORY: string) => envOf({ LOGS_DIRECTORY, TMPDIR: "/nowhere" });
  assertEquals(logFolder(env("/var/log/openclaw:/var/log/more"), "/c"), "/var/log/openclaw");
});
