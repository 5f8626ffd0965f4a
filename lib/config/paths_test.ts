import { assertEquals, assertThrows } from "@std/assert";
import { AppError, envOf } from "../base/mod.ts";
import { resolvePaths, resolveProfile } from "./paths.ts";

function pathsOf(
  variables: Record<string, string>,
  options: { profile?: string; existing?: string[] } = {},
) {
  const { existing = [], ...rest } = options;
  return resolvePaths(envOf({ HOME: "/home/u", ...variables }), {
    ...rest,
    exists: (path) => existing.includes(path),
  });
}

Deno.test("resolvePaths() follows the documented precedence", () => {
  const rows: [ReturnType<typeof pathsOf>, string, string, string][] = [
    [pathsOf({}), "/home/u/.openclaw", "openclaw.json", "workspace"],
    [pathsOf({}, { profile: "ops" }), "/home/u/.openclaw-ops", "openclaw.json", "workspace-ops"],
    [
      pathsOf({ OPENCLAW_PROFILE: "dev" }),
      "/home/u/.openclaw-dev",
      "openclaw.json",
      "workspace-dev",
    ],
    [pathsOf({ OPENCLAW_PROFILE: "default" }), "/home/u/.openclaw", "openclaw.json", "workspace"],
    [pathsOf({ OPENCLAW_HOME: "/srv/h" }), "/srv/h/.openclaw", "openclaw.json", "workspace"],
    [pathsOf({ OPENCLAW_STATE_DIR: "~/s" }), "/home/u/s", "openclaw.json", "workspace"],
    [
      pathsOf({ OPENCLAW_STATE_DIR: "/s" }, { profile: "ops" }),
      "/s",
      "openclaw.json",
      "workspace-ops",
    ],
    [
      pathsOf({}, { existing: ["/home/u/.clawdbot", "/home/u/.clawdbot/clawdbot.json"] }),
      "/home/u/.clawdbot",
      "clawdbot.json",
      "workspace",
    ],
    [
      pathsOf({}, { existing: ["/home/u/.clawdbot", "/home/u/.openclaw"] }),
      "/home/u/.openclaw",
      "openclaw.json",
      "workspace",
    ],
    [
      pathsOf({}, { profile: "ops", existing: ["/home/u/.clawdbot"] }),
      "/home/u/.openclaw-ops",
      "openclaw.json",
      "workspace-ops",
    ],
  ];
  for (const [paths, stateDir, file, workspace] of rows) {
    assertEquals(paths.stateDir, stateDir);
    assertEquals(paths.configPath, `${stateDir}/${file}`);
    assertEquals(paths.workspaceDir, `${paths.home}/.openclaw/${workspace}`);
  }
});

Deno.test("resolvePaths() lets OPENCLAW_CONFIG_PATH name the file and nothing else", () => {
  const paths = pathsOf({ OPENCLAW_CONFIG_PATH: "~/c.json" }, { profile: "ops" });
  assertEquals(paths.configPath, "/home/u/c.json");
  assertEquals(paths.stateDir, "/home/u/.openclaw-ops");
});

Deno.test("resolveProfile() prefers the flag and sets the profile's variables", () => {
  const dev = resolveProfile({ env: envOf({ OPENCLAW_PROFILE: "ops" }), devFlag: true });
  assertEquals(dev.profile, "dev");
  assertEquals(dev.env.get("OPENCLAW_PROFILE"), "dev");
  assertEquals(dev.env.get("OPENCLAW_GATEWAY_PORT"), "19001");
  const kept = resolveProfile({ env: envOf({ OPENCLAW_GATEWAY_PORT: "5" }), devFlag: true });
  assertEquals(kept.env.get("OPENCLAW_GATEWAY_PORT"), "5");
  assertEquals(resolveProfile({ env: envOf({}), profileFlag: "Default" }).profile, undefined);
  assertEquals(resolveProfile({ env: envOf({ OPENCLAW_PROFILE: "" }) }).profile, undefined);
});

Deno.test("resolveProfile() refuses names that are no folder suffix, and --dev with --profile", () => {
  for (const profileFlag of ["", "-a", "../x", "a b", "a/b", "x".repeat(65)]) {
    const error = assertThrows(() => resolveProfile({ env: envOf({}), profileFlag }), AppError);
    assertEquals(error.code, "PROFILE_INVALID");
  }
  const both = assertThrows(
    () => resolveProfile({ env: envOf({}), profileFlag: "ops", devFlag: true }),
    AppError,
  );
  assertEquals(both.code, "PROFILE_INVALID");
});

Deno.test("resolveProfile() inside a service takes another profile's flag for another gateway", () => {
  const inside = envOf({
    HOME: "/home/u",
    OPENCLAW_SERVICE_MARKER: "openclaw",
    OPENCLAW_STATE_DIR: "/home/u/.openclaw",
    OPENCLAW_CONFIG_PATH: "/etc/claw.json",
    OPENCLAW_GATEWAY_PORT: "18789",
    OPENCLAW_SYSTEMD_UNIT: "openclaw-gateway.service",
  });
  const rows: [Parameters<typeof resolveProfile>[0], string, string | undefined][] = [
    [{ env: inside }, "/home/u/.openclaw", "openclaw-gateway.service"],
    [{ env: inside, profileFlag: "default" }, "/home/u/.openclaw", "openclaw-gateway.service"],
    [{ env: inside, profileFlag: "ops" }, "/home/u/.openclaw-ops", ""],
    [{ env: inside, devFlag: true }, "/home/u/.openclaw-dev", ""],
  ];
  for (const [options, stateDir, unit] of rows) {
    const { env } = resolveProfile(options);
    assertEquals(resolvePaths(env, { exists: () => false }).stateDir, stateDir);
    assertEquals(env.get("OPENCLAW_SYSTEMD_UNIT"), unit);
  }
  const dev = resolveProfile({ env: inside, devFlag: true }).env;
  assertEquals([dev.get("OPENCLAW_GATEWAY_PORT"), dev.get("OPENCLAW_SERVICE_MARKER")], [
    "19001",
    "",
  ]);
});

Deno.test("resolveProfile() outside of services leaves set variables alone", () => {
  const env = envOf({ OPENCLAW_STATE_DIR: "/s", OPENCLAW_SYSTEMD_UNIT: "mine" });
  const { env: own } = resolveProfile({ env, profileFlag: "ops" });
  assertEquals([own.get("OPENCLAW_STATE_DIR"), own.get("OPENCLAW_SYSTEMD_UNIT")], ["/s", "mine"]);
});
