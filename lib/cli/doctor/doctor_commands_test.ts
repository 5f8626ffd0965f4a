import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { osName, pathExists } from "../../platform/mod.ts";
import { createHome, type TestHome } from "../testing/run_test.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const isUnix = osName() !== "windows";

/** No gateway.mode, which asks for a change of the config, and open modes, which are safe to close. */
const BROKEN = `// mine\n{ gateway: { port: 1, auth: { token: "${TOKEN}" } } }\n`;

async function brokenHome(): Promise<TestHome> {
  const home = await createHome({ config: BROKEN });
  await Deno.chmod(home.configPath, 0o644);
  await Deno.chmod(join(home.dir, ".openclaw"), 0o755);
  return home;
}

/** A home whose files are closed to others. */
async function closedHome(config: string): Promise<TestHome> {
  const home = await createHome({ config });
  if (isUnix) {
    await Deno.chmod(home.configPath, 0o600);
    await Deno.chmod(join(home.dir, ".openclaw"), 0o700);
  }
  return home;
}

async function modeOf(path: string): Promise<number> {
  return (await Deno.stat(path)).mode! & 0o777;
}

async function isUntouched(home: TestHome): Promise<void> {
  assertEquals(await Deno.readTextFile(home.configPath), BROKEN);
  if (isUnix) assertEquals(await modeOf(home.configPath), 0o644);
}

Deno.test("doctor shows problems with their fixes, changes nothing and ends with 0", async () => {
  await using home = await brokenHome();
  const { code, out } = await home.run("doctor");
  assertEquals(code, 0);
  assertStringIncludes(out, "✗ gateway.mode is not set");
  assertStringIncludes(out, "Fix: openclaw config set gateway.mode local");
  assertStringIncludes(out, 'Run "openclaw doctor --fix" to apply changes.\nDoctor complete.');
  await isUntouched(home);
  assertEquals((await home.run("doctor", "--check")).code, 1);
});

Deno.test("doctor names commands with the profile that is in force", async () => {
  await using home = await createHome({ config: null });
  const { out } = await home.run("--profile", "ops", "doctor");
  assertStringIncludes(out, "Fix: openclaw --profile ops setup");
});

Deno.test("doctor --fix asks at a terminal, and a no changes nothing", async () => {
  await using home = await brokenHome();
  const { code, out } = await home.answer(["n"], "doctor", "--fix");
  assertEquals(code, 0);
  assertMatch(out, /Plan\n {2}1\. chmod/);
  assertStringIncludes(out, "set gateway.mode to local");
  assertMatch(out, /Apply these \d changes\? \[y\/N\]/);
  await isUntouched(home);
  assertEquals((await home.run("doctor", "--list")).out, "No repairs are recorded.\n");
});

Deno.test("doctor --fix does what was agreed to, and --undo takes it back byte for byte", async () => {
  await using home = await brokenHome();
  const { code, out } = await home.answer(["y"], "doctor", "--fix");
  assertEquals(code, 0, out);
  assertStringIncludes(out, "✓ set gateway.mode to local");
  const repaired = await Deno.readTextFile(home.configPath);
  assertStringIncludes(repaired, 'mode: "local"');
  assertStringIncludes(repaired, "// mine");
  if (isUnix) assertEquals(await modeOf(home.configPath), 0o600);
  const id = /doctor --undo (\S+)/.exec(out)![1]!;
  const list = await home.run("doctor", "--list", "--json");
  assertEquals(JSON.parse(list.out).repairs[0].state, "applied");
  const undone = await home.run("doctor", "--undo", id);
  assertEquals(undone.code, 0, undone.err);
  await isUntouched(home);
  if (isUnix) assertEquals(await modeOf(join(home.dir, ".openclaw")), 0o755);
  assertMatch((await home.run("doctor", "--undo", id)).out, /was taken back before/);
});

Deno.test({
  name: "doctor --fix where nobody can be asked does only what is safe, unless --yes is given",
  ignore: !isUnix,
  async fn() {
    await using home = await brokenHome();
    const quiet = await home.run("doctor", "--fix");
    assertStringIncludes(quiet.out, "skipped: set gateway.mode to local");
    assertStringIncludes(quiet.out, "Apply what was skipped: openclaw doctor --fix --yes");
    assertEquals(await Deno.readTextFile(home.configPath), BROKEN);
    assertEquals(await modeOf(home.configPath), 0o600);
    await home.run("doctor", "--fix", "--yes", "--non-interactive");
    assertEquals(await Deno.readTextFile(home.configPath), BROKEN);
    await home.run("doctor", "--fix", "--yes");
    assertStringIncludes(await Deno.readTextFile(home.configPath), 'mode: "local"');
  },
});

Deno.test("doctor --fix makes a token unasked only when it is told to, and never shows it", async () => {
  const config = '{ gateway: { mode: "local", port: 1 } }';
  await using home = await createHome({ config });
  await home.run("doctor", "--fix");
  assertEquals(await Deno.readTextFile(home.configPath), config);
  const { out, err } = await home.run("doctor", "--fix", "--generate-gateway-token");
  const token = /token: "([0-9a-f]{48})"/.exec(await Deno.readTextFile(home.configPath))?.[1];
  assert(token !== undefined, out + err);
  assert(!(out + err).includes(token));
});

Deno.test("doctor --fix puts back an accepted config only by its plan, and keeps the broken one", async () => {
  const broken = "{ gateway: { mode: 'local'";
  const good = `{ gateway: { mode: "local", port: 1, auth: { token: "${TOKEN}" } } }\n`;
  await using home = await createHome({ config: broken });
  await Deno.writeTextFile(`${home.configPath}.last-good`, good, { mode: 0o600 });
  await home.run("doctor", "--fix");
  assertEquals(await Deno.readTextFile(home.configPath), broken);
  const { out } = await home.run("doctor", "--fix", "--yes");
  assertEquals(await Deno.readTextFile(home.configPath), good);
  const id = /doctor --undo (\S+)/.exec(out)![1]!;
  await home.run("doctor", "--undo", id);
  assertEquals(await Deno.readTextFile(home.configPath), broken);
});

Deno.test("doctor --fix puts back an accepted config that is gone", async () => {
  const good = '{ gateway: { mode: "local", port: 1 } } // mine\n';
  await using home = await createHome({ config: null });
  await Deno.writeTextFile(`${home.configPath}.last-good`, good, { mode: 0o600 });
  const { out } = await home.run("doctor");
  assertStringIncludes(out, "Fix: openclaw doctor --fix, or begin anew: openclaw setup");
  const fixed = await home.run("doctor", "--fix", "--yes");
  assertEquals(await Deno.readTextFile(home.configPath), good, fixed.out + fixed.err);
  const id = /doctor --undo (\S+)/.exec(fixed.out)![1]!;
  await home.run("doctor", "--undo", id);
  assertEquals(await pathExists(home.configPath), false);
});

Deno.test("doctor --fix puts a config back with its includes, where the history has it so", async () => {
  const config = '{ gateway: { $include: "./g.json5" } } // mine\n';
  await using home = await createHome({ config });
  await Deno.writeTextFile(join(home.dir, ".openclaw/g.json5"), '{ mode: "local", port: 1 }');
  await home.run("config", "set", "ui.seamColor", "#000000");
  const text = await Deno.readTextFile(home.configPath);
  const whole = { gateway: { mode: "local", port: 1 }, ui: { seamColor: "#000000" } };
  await Deno.writeTextFile(`${home.configPath}.last-good`, JSON.stringify(whole));
  await Deno.remove(home.configPath);
  await home.run("doctor", "--fix", "--yes");
  assertEquals(await Deno.readTextFile(home.configPath), text);
});

Deno.test("doctor --fix leaves a config alone that it cannot read and has no other version of", async () => {
  const broken = '{ gateway: { mode: "local"';
  await using home = await createHome({ config: broken });
  const { code } = await home.run("doctor", "--fix", "--yes");
  assertEquals(code, 0);
  assertEquals(await Deno.readTextFile(home.configPath), broken);
});

Deno.test("doctor --fix keeps unknown keys", async () => {
  const config = `{ gateway: { port: 1, auth: { token: "${TOKEN}" } }, mine: { a: 1 } }\n`;
  await using home = await createHome({ config });
  await home.run("doctor", "--fix", "--yes");
  const text = await Deno.readTextFile(home.configPath);
  assertStringIncludes(text, "mine: { a: 1 }");
  assertStringIncludes(text, 'mode: "local"');
});

Deno.test("doctor --undo names a repair that is not there", async () => {
  await using home = await createHome();
  const { code, err } = await home.run("doctor", "--undo", "1999");
  assertEquals(code, 1);
  assertStringIncludes(err, 'Cannot find repair "1999"');
  assertStringIncludes(err, "Fix: openclaw doctor --list");
});

Deno.test("doctor --json is one object with every finding under its id", async () => {
  await using home = await brokenHome();
  const { out } = await home.run("doctor", "--json");
  const answer = JSON.parse(out);
  assertEquals([answer.ok, answer.version], [false, 1]);
  assertEquals(answer.checks.length > 15, true);
  const ids: string[] = answer.findings.map(({ id }: { id: string }) => id);
  assert(ids.every((id) => /^doctor:[a-z-]+\.[a-z-]+$/.test(id)), ids.join());
  assert(!out.includes(TOKEN));
});

/** What each part of a config makes the audit say. */
const AUDITED:
  readonly (readonly [path: string, value: unknown, checkId: string, level: string])[] = [
    ["gateway.auth", { mode: "none" }, "gateway.loopback_no_auth", "critical"],
    ["gateway.auth", { token: "short" }, "gateway.token_too_short", "warn"],
    ["gateway.auth", { mode: "password", password: "pw" }, "gateway.password_too_short", "warn"],
    ["gateway.auth.rateLimit", { maxAttempts: 5000 }, "gateway.auth_rate_limit_weak", "warn"],
    ["gateway.bind", "lan", "gateway.bind_plaintext", "warn"],
    ["gateway.trustedProxies", ["10.0.0.0/8"], "gateway.trusted_proxies_wide", "critical"],
    ["gateway.trustedProxies", ["::/0"], "gateway.trusted_proxies_wide", "critical"],
    ["gateway.allowRealIpFallback", true, "gateway.real_ip_fallback_enabled", "warn"],
    [
      "gateway",
      {
        mode: "local",
        port: 1,
        auth: { mode: "password", password: TOKEN },
        tailscale: { mode: "funnel" },
      },
      "gateway.tailscale_funnel",
      "critical",
    ],
    ["gateway.tailscale.mode", "serve", "gateway.tailscale_serve", "info"],
    [
      "gateway.controlUi.allowedOrigins",
      ["*"],
      "gateway.control_ui.allowed_origins_wildcard",
      "critical",
    ],
    [
      "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback",
      true,
      "gateway.control_ui.host_header_origin_fallback",
      "critical",
    ],
    [
      "gateway.controlUi.dangerouslyDisableDeviceAuth",
      true,
      "gateway.control_ui.device_auth_disabled",
      "critical",
    ],
    ["gateway.controlUi.allowInsecureAuth", true, "gateway.control_ui.insecure_auth", "warn"],
    ["gateway.controlUi.allowInsecureAuth", true, "config.insecure_or_dangerous_flags", "warn"],
    ["gateway.tools.allow", ["exec"], "gateway.tools_invoke_http.dangerous_allow", "critical"],
    [
      "gateway.nodes.allowCommands",
      ["camera.snap"],
      "gateway.nodes.allow_commands_dangerous",
      "critical",
    ],
    [
      "gateway.nodes.pairing.autoApproveCidrs",
      ["0.0.0.0/0"],
      "gateway.nodes.auto_approve_cidrs",
      "critical",
    ],
    [
      "gateway.nodes.pairing.autoApproveCidrs",
      ["192.168.1.0/24"],
      "gateway.nodes.auto_approve_cidrs",
      "warn",
    ],
    ["tools.exec", { security: "full" }, "tools.exec.security_full_configured", "warn"],
    ["tools.exec", { security: "full", ask: "off" }, "tools.exec.ask_off", "warn"],
    [
      "tools.elevated.allowFrom",
      { irc: ["*"] },
      "tools.elevated.allowFrom.irc.wildcard",
      "critical",
    ],
    ["channels.irc", { dmPolicy: "open" }, "channels.irc.dm.open", "critical"],
    ["channels.irc", { dmPolicy: "open" }, "security.exposure.open_channels_with_exec", "critical"],
    [
      "channels.irc",
      { accounts: { a: { groupPolicy: "open" } } },
      "channels.irc.groups.open",
      "critical",
    ],
    ["channels.irc", { allowFrom: ["a", "b"] }, "channels.irc.dm.scope_main_multiuser", "warn"],
    ["channels.irc", { dangerouslyAllowNameMatching: true }, "channels.irc.name_matching", "warn"],
    ["channels.irc", { tls: false }, "channels.irc.tls_disabled", "warn"],
    ["logging.redactSensitive", "off", "logging.redact_off", "warn"],
    ["discovery.mdns.mode", "full", "discovery.mdns_full_mode", "warn"],
    ["plugins.load.paths", ["/opt/plugins"], "plugins.extensions_no_allowlist", "warn"],
    ["hooks", { enabled: true, token: "short" }, "hooks.token_too_short", "warn"],
    ["hooks", { enabled: true, token: TOKEN }, "hooks.token_reuse_gateway_token", "critical"],
    ["hooks", { enabled: true, token: TOKEN }, "hooks.default_session_key_unset", "warn"],
    ["hooks", { enabled: true, token: TOKEN }, "hooks.allowed_agent_ids_unrestricted", "warn"],
    ["hooks", { enabled: true, token: TOKEN }, "config.secrets.hooks_token_in_config", "info"],
    [
      "hooks",
      { enabled: true, allowRequestSessionKey: true },
      "hooks.request_session_key_enabled",
      "critical",
    ],
    [
      "hooks",
      { enabled: true, allowRequestSessionKey: true, allowedSessionKeyPrefixes: ["hook:"] },
      "hooks.request_session_key_enabled",
      "warn",
    ],
  ];

function configWith(path: string, value: unknown): string {
  const config: Record<string, unknown> = {
    gateway: { mode: "local", port: 1, bind: "loopback", auth: { token: TOKEN } },
  };
  const parts = path.split(".");
  let holder = config;
  for (const part of parts.slice(0, -1)) holder = (holder[part] ??= {}) as typeof holder;
  holder[parts.at(-1)!] = value;
  return JSON.stringify(config);
}

Deno.test("security audit names everything in its table, and none of it in a good config", async () => {
  const good = await closedHome(configWith("meta", {}));
  await using _good = good;
  const { out } = await good.run("security", "audit", "--json");
  const quiet = new Set(
    (JSON.parse(out).findings as { checkId: string }[]).map(({ checkId }) => checkId),
  );
  for (const [path, value, checkId, level] of AUDITED) {
    assert(!quiet.has(checkId), checkId);
    await using home = await createHome({ config: configWith(path, value) });
    const answer = JSON.parse((await home.run("security", "audit", "--json")).out);
    const found = answer.findings.find((one: { checkId: string }) => one.checkId === checkId);
    assertEquals(found?.severity, level, `${path}: ${checkId}`);
    assert(typeof found.title === "string" && typeof found.detail === "string");
  }
});

Deno.test({
  name: "security audit names files that others may read or change, and --fix closes them",
  ignore: !isUnix,
  async fn() {
    await using home = await createHome({ config: configWith("logging.redactSensitive", "off") });
    const at = (...parts: string[]) => join(home.dir, ".openclaw", ...parts);
    await Deno.mkdir(at("credentials"));
    await Deno.mkdir(at("agents", "main", "agent"), { recursive: true });
    await Deno.mkdir(at("workspace"));
    const files = { ".env": 0o644, "agents/main/agent/auth-profiles.json": 0o666 };
    for (const [name, mode] of Object.entries(files)) {
      await Deno.writeTextFile(at(name), "{}");
      await Deno.chmod(at(name), mode);
    }
    for (const folder of ["agents", "agents/main", "agents/main/agent"]) {
      await Deno.chmod(at(folder), 0o700);
    }
    await Deno.chmod(at("credentials"), 0o777);
    await Deno.chmod(at("workspace"), 0o775);
    await Deno.chmod(home.dir, 0o755);
    await Deno.chmod(at(), 0o755);
    await Deno.chmod(home.configPath, 0o644);
    const ids = async () => {
      const answer = JSON.parse((await home.run("security", "audit", "--json")).out);
      return (answer.findings as { checkId: string }[]).map(({ checkId }) => checkId)
        .filter((id) => id.startsWith("fs.") || id === "logging.redact_off").sort();
    };
    assertEquals(await ids(), [
      "fs.auth_profiles.perms_world_writable",
      "fs.config.perms_world_readable",
      "fs.credentials_dir.perms_world_writable",
      "fs.env_file.perms_world_readable",
      "fs.state_dir.perms_world_readable",
      "fs.workspace.perms_writable",
      "logging.redact_off",
    ]);
    const { code, out } = await home.run("security", "audit", "--fix", "--json");
    const { fix, report } = JSON.parse(out);
    assertEquals([code, fix.ok, fix.configWritten], [0, true, true]);
    assert(fix.actions.every(({ ok }: { ok: boolean }) => ok));
    assertEquals(typeof report.summary.critical, "number");
    assertEquals(await ids(), []);
    assertEquals(await modeOf(at("agents/main/agent/auth-profiles.json")), 0o600);
    await home.run("doctor", "--undo", fix.id);
    assertEquals(await modeOf(at("credentials")), 0o777);
    assertEquals((await ids()).length, 7);
  },
});

Deno.test("security audit --deep says what became of the probe", async () => {
  await using home = await createHome();
  const { out, code } = await home.run("security", "audit", "--deep", "--json");
  const { deep, secretDiagnostics, findings } = JSON.parse(out);
  assertEquals([code, deep.gateway.attempted, deep.gateway.ok], [0, true, false]);
  assertEquals(secretDiagnostics, []);
  const ids = findings.map(({ checkId }: { checkId: string }) => checkId);
  assert(ids.includes("gateway.probe_failed"));
});

Deno.test("security audit groups its findings, worst first, and never shows a secret", async () => {
  await using home = await closedHome(configWith("channels.irc", { dmPolicy: "open" }));
  const { out, code } = await home.run("security", "audit");
  assertEquals(code, 0);
  assertMatch(out, /^OpenClaw security audit\nSummary: 2 critical · \d+ warn · \d+ info\n/);
  assertMatch(out, /\nCRITICAL\n[\s\S]*\nWARN\n[\s\S]*\nINFO\nsummary\.attack_surface/);
  assert(!out.includes(TOKEN));
  assertEquals((await home.run("security", "audit", "--check")).code, 1);
});

Deno.test("security audit of a file that cannot be read is of the version that is served", async () => {
  await using home = await createHome({ config: "{ broken" });
  const good = configWith("channels.irc", { tls: false });
  await Deno.writeTextFile(`${home.configPath}.last-good`, good, { mode: 0o600 });
  const { out } = await home.run("security", "audit", "--json");
  const ids = JSON.parse(out).findings.map(({ checkId }: { checkId: string }) => checkId);
  assert(ids.includes("config.invalid") && ids.includes("channels.irc.tls_disabled"), ids.join());
});

Deno.test("status has the counts of the audit on one line", async () => {
  await using home = await createHome({ config: configWith("channels.irc", { dmPolicy: "open" }) });
  const { out } = await home.run("status");
  assertMatch(out, /\nSecurity audit\n2 critical · \d+ warn · \d+ info \(config only\)\n/);
  const { out: json } = await home.run("status", "--json", "--all");
  assertEquals(JSON.parse(json).securityAudit.summary.critical, 2);
});
