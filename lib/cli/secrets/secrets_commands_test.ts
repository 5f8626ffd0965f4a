import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../base/mod.ts";
import { startFakeGateway } from "../testing/gateway_test.ts";
import { createHome, type TestHome } from "../testing/run_test.ts";

const KEY = "plain-model-key-0123456789";
const TOKEN = "plain-gateway-token-0123456789";
const PROFILE = "plain-profile-key-0123456789";

const CONFIG = `{
  // kept
  "gateway": { "mode": "local", "port": 1, "auth": { "token": "${TOKEN}" } },
  "models": { "providers": { "openai": { "apiKey": "${KEY}" } } },
}
`;

/** A home with a credential in every file that may have one. */
async function leakyHome(config = CONFIG, env: Record<string, string> = {}): Promise<TestHome> {
  const home = await createHome({ config, env });
  const agent = `${home.dir}/.openclaw/agents/main/agent`;
  await Deno.mkdir(agent, { recursive: true });
  await Deno.writeTextFile(
    `${agent}/auth-profiles.json`,
    JSON.stringify({
      version: 1,
      profiles: {
        "openai:default": { type: "api_key", provider: "openai", key: PROFILE },
        "other:login": { type: "oauth", provider: "other", access: "x" },
      },
    }),
  );
  await Deno.writeTextFile(`${agent}/auth.json`, '{"old":{"type":"api_key","key":"k"}}');
  await Deno.writeTextFile(`${home.dir}/.openclaw/.env`, `A_TOKEN="${KEY}"\nOTHER=1\n`);
  return home;
}

async function allFiles(dir: string): Promise<string> {
  let text = "";
  for await (const entry of Deno.readDir(dir)) {
    const path = `${dir}/${entry.name}`;
    text += entry.isDirectory ? await allFiles(path) : await Deno.readTextFile(path);
  }
  return text;
}

Deno.test("secrets audit names every credential, shows none and says so by its exit code", async () => {
  await using home = await leakyHome();
  const { code, out } = await home.run("secrets", "audit", "--check", "--json");
  const report = JSON.parse(out);
  assertEquals([code, report.version, report.status], [1, 1, "findings"]);
  assertEquals(
    report.findings.map((found: JsonObject) => `${found.code} ${found.jsonPath}`),
    [
      "PLAINTEXT_FOUND gateway.auth.token",
      "PLAINTEXT_FOUND models.providers.openai.apiKey",
      'PLAINTEXT_FOUND profiles["openai:default"].key',
      "LEGACY_RESIDUE old.key",
      "PLAINTEXT_FOUND $env.A_TOKEN",
    ],
  );
  assertEquals(report.summary, {
    plaintextCount: 4,
    unresolvedRefCount: 0,
    shadowedRefCount: 0,
    legacyResidueCount: 1,
  });
  assertEquals(report.filesScanned.length, 4);
  const shown = await home.run("secrets", "audit");
  assertEquals(shown.code, 0);
  assertStringIncludes(
    shown.out,
    "Secrets audit: findings. plaintext=4, unresolved=0, shadowed=0, legacy=1.\n" +
      "- [PLAINTEXT_FOUND] ~/.openclaw/openclaw.json:gateway.auth.token ",
  );
  for (const secret of [KEY, TOKEN, PROFILE]) assert(!(out + shown.out).includes(secret));
  assertEquals((await home.run("secrets", "audit", "--check", "--severity-min", "error")).code, 0);
});

Deno.test("secrets audit tells a reference that leads nowhere, and runs no program unless it may", async () => {
  const provider = { source: "exec", command: "/bin/absent" };
  await using home = await createHome({
    config: JSON.stringify({
      gateway: { mode: "local", auth: { token: "${MISSING}" } },
      cron: { webhookToken: { source: "exec", provider: "helper", id: "a" } },
      secrets: { providers: { helper: provider } },
    }),
  });
  const { code, out } = await home.run("secrets", "audit", "--check", "--json");
  const report = JSON.parse(out);
  assertEquals([code, report.status, report.findings.length], [2, "unresolved", 1]);
  assertEquals(report.resolution, {
    refsChecked: 1,
    skippedExecRefs: 1,
    resolvabilityComplete: false,
  });
  assertEquals(report.findings[0].code, "REF_UNRESOLVED");
  const all = JSON.parse((await home.run("secrets", "audit", "--allow-exec", "--json")).out);
  assertEquals(all.summary.unresolvedRefCount, 2);
});

Deno.test("secrets configure makes a plan that apply carries out, and no copy of a credential stays", async () => {
  await using home = await leakyHome(CONFIG, { OPENAI_API_KEY: KEY, GATEWAY_TOKEN: TOKEN });
  await home.run("config", "set", "logging.level", "info");
  assertStringIncludes(await allFiles(`${home.dir}/.openclaw/config-history`), KEY);
  const plan = `${home.dir}/plan.json`;
  const made = await home.run(
    ...["secrets", "configure", "--plan-out", plan],
    ...["--map", "models.providers.openai.apiKey=env:default:OPENAI_API_KEY"],
    ...["--map", "gateway.auth.token=env:default:GATEWAY_TOKEN"],
  );
  assertEquals(made.code, 0, made.err);
  assertStringIncludes(made.out, "Secrets apply dry run: 4 file(s) would change.");
  assertStringIncludes(await Deno.readTextFile(home.configPath), KEY);
  const { code, out, err } = await home.run("secrets", "apply", "--from", plan, "--json");
  assertEquals(code, 0, err);
  const result = JSON.parse(out);
  assertEquals([result.mode, result.changed, result.refsChecked], ["write", true, 2]);
  const text = await Deno.readTextFile(home.configPath);
  assertStringIncludes(text, "// kept");
  assertEquals(Deno.statSync(home.configPath).mode! & 0o777, 0o600);
  const everything = await allFiles(`${home.dir}/.openclaw`);
  for (const secret of [KEY, TOKEN, PROFILE]) assert(!everything.includes(secret), secret);
  assertStringIncludes(everything, "OTHER=1");
  assertStringIncludes(everything, '"oauth"');
  const again = JSON.parse((await home.run("secrets", "apply", "--from", plan, "--json")).out);
  assertEquals(again.changed, false);
  assertEquals((await home.run("secrets", "audit", "--check")).code, 0);
});

Deno.test("secrets configure asks, and applies when told to", async () => {
  await using home = await leakyHome(CONFIG, { OPENAI_API_KEY: KEY });
  const vault = `${home.dir}/vault.json`;
  await Deno.writeTextFile(vault, JSON.stringify({ token: TOKEN, profile: PROFILE }), {
    mode: 0o600,
  });
  const answers = [
    ...["vault", "file", vault, "n", ""],
    ...["file:vault:/token", "env:default:OPENAI_API_KEY", "file:vault:/profile"],
    "y",
  ];
  const { code, out, err } = await home.answer(answers, "secrets", "configure");
  assertEquals(code, 0, err);
  assertStringIncludes(out, "Secrets applied.");
  const everything = await allFiles(`${home.dir}/.openclaw`);
  for (const secret of [KEY, TOKEN, PROFILE]) assert(!everything.includes(secret), secret);
  assertStringIncludes(everything, '"keyRef"');
});

Deno.test("secrets apply writes nothing when a part of the plan is wrong", async () => {
  await using home = await leakyHome();
  const plan = `${home.dir}/plan.json`;
  const before = await allFiles(`${home.dir}/.openclaw`);
  const target = {
    type: "models.providers.apiKey",
    path: "models.providers.openai.apiKey",
    ref: { source: "env", provider: "default", id: "OPENAI_API_KEY" },
  };
  const exec = { ...target, ref: { source: "exec", provider: "helper", id: "a" } };
  const cases: [plan: unknown, code: number, text: string][] = [
    ["no JSON", 78, "Invalid plan: it is not a JSON object"],
    [{ targets: [target, { ...target, type: "gateway.port" }] }, 78, "Invalid plan target type"],
    [{ targets: [target] }, 78, '"OPENAI_API_KEY" is missing or empty'],
    [{ targets: [exec] }, 78, "exec references"],
    [{ targets: [], providerUpserts: { a: { source: "web" } } }, 78, "secrets.providers.a.source"],
  ];
  for (const [content, code, text] of cases) {
    const whole = typeof content === "string"
      ? content
      : JSON.stringify({ version: 1, protocolVersion: 1, ...content as JsonObject });
    await Deno.writeTextFile(plan, whole);
    const result = await home.run("secrets", "apply", "--from", plan);
    assertEquals(result.code, code, result.err);
    assertStringIncludes(result.err, text);
  }
  assertEquals(await allFiles(`${home.dir}/.openclaw`), before);
  assertEquals((await home.run("secrets", "apply", "--from", `${home.dir}/absent`)).code, 78);
  assertEquals((await home.run("secrets", "apply")).code, 64);
  assertEquals((await home.run("secrets", "configure")).code, 64);
});

Deno.test("secrets reload tells what the gateway did, and exits with 1 when there is none", async () => {
  let warningCount = 0;
  await using gateway = startFakeGateway({
    methods: { "secrets.reload": () => ({ ok: true, warningCount }) },
  });
  await using home = await createHome({ port: gateway.port });
  assertEquals((await home.run("secrets", "reload")).out, "Secrets reloaded.\n");
  warningCount = 2;
  assertEquals((await home.run("secrets", "reload")).out, "Secrets reloaded with 2 warning(s).\n");
  const json = await home.run("secrets", "reload", "--json");
  assertEquals(JSON.parse(json.out), { ok: true, warningCount: 2 });
  assertEquals(gateway.connects[0]!.scopes, ["operator.admin"]);
  await using alone = await createHome();
  const failed = await alone.run("secrets", "reload");
  assertEquals(failed.code, 1);
  assertStringIncludes(
    failed.err,
    "Could not reload secrets because the Gateway did not respond: ",
  );
});

Deno.test("commands read the gateway's token from a file or a program that the config points to", async () => {
  await using gateway = startFakeGateway({
    methods: { "secrets.reload": () => ({ ok: true, warningCount: 0 }) },
  });
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/token`, `${TOKEN}\n`, { mode: 0o600 });
    const provider = { source: "file", path: `${dir}/token`, mode: "singleValue" };
    const token = { source: "file", provider: "vault", id: "value" };
    await using home = await createHome({
      config: JSON.stringify({
        gateway: { mode: "local", port: gateway.port, auth: { token } },
        secrets: { providers: { vault: provider } },
      }),
    });
    assertEquals((await home.run("secrets", "reload")).code, 0);
    assertEquals((gateway.connects[0]!.auth as JsonObject).token, TOKEN);
    await Deno.chmod(`${dir}/token`, 0o644);
    const { code, err } = await home.run("secrets", "reload");
    assertEquals(code, 78);
    assertStringIncludes(
      err,
      "gateway.auth.token SecretRef is unresolved in this command path: The secrets.providers.vault.path",
    );
    assertStringIncludes(err, "Fix: chmod 600 ");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
