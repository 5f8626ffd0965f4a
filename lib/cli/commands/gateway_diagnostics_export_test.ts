import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { crc32 } from "node:zlib";
import { startFakeGateway } from "../testing/gateway_test.ts";
import { createHome } from "../testing/run_test.ts";

/** Reads a stored archive: its files by name, checked against their sums. */
function unzip(bytes: Uint8Array): Map<string, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const end = bytes.length - 22;
  assertEquals(view.getUint32(end, true), 0x06054b50);
  const files = new Map<string, string>();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    assertEquals(view.getUint32(at, true), 0x02014b50);
    const [sum, size] = [view.getUint32(at + 16, true), view.getUint32(at + 24, true)];
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const local = view.getUint32(at + 42, true);
    assertEquals(view.getUint32(local, true), 0x04034b50);
    const start = local + 30 + view.getUint16(local + 26, true);
    const content = bytes.subarray(start, start + size);
    assertEquals(crc32(content), sum, name);
    files.set(name, new TextDecoder().decode(content));
    at += 46 + nameLength;
  }
  return files;
}

/** What must not leave the machine. */
const CANARIES = {
  token: "canary-token-4711",
  apiKey: "canary-key-4712",
  envValue: "canary-env-4713",
  said: "canary said 4714",
  prompt: "canary prompt 4715",
  person: "+491604716000",
  chat: "agent:main:telegram:dm:4717000",
};

Deno.test("gateway diagnostics export holds what helps, and no canary", async () => {
  await using gateway = startFakeGateway({
    token: CANARIES.token,
    methods: {
      health: () => ({
        ok: true,
        agents: [{ agentId: "main", sessions: { count: 1, recent: [{ key: CANARIES.chat }] } }],
        note: CANARIES.said,
      }),
      "diagnostics.stability": () => ({ count: 1, events: [{ seq: 1, type: "run.failed" }] }),
    },
  });
  const config = {
    gateway: { mode: "local", port: gateway.port, auth: { token: CANARIES.token } },
    models: {
      providers: { openai: { apiKey: CANARIES.apiKey, baseUrl: "https://api.openai.com" } },
    },
    agents: { defaults: { systemPrompt: CANARIES.prompt } },
    channels: { telegram: { allowFrom: [CANARIES.person], groups: { "-1004716001": {} } } },
    env: { THIRD: CANARIES.envValue },
  };
  await using home = await createHome({ config: "{}" });
  const log = `${home.dir}/gateway.log`;
  await Deno.writeTextFile(
    home.configPath,
    JSON.stringify({ ...config, logging: { file: log } }),
  );
  await Deno.writeTextFile(`${home.dir}/.openclaw/.env`, `SOME=${CANARIES.envValue}\n`);
  const record = (subsystem: string, message: string) =>
    JSON.stringify({
      "0": JSON.stringify({ subsystem }),
      _meta: { logLevelName: "ERROR" },
      time: "2026-11-22T08:00:00Z",
      message,
    });
  await Deno.writeTextFile(
    log,
    [
      record("gateway", `token was ${CANARIES.token}`),
      record("gateway/runs", `run failed: provider quotes ${CANARIES.said}`),
      record("gateway/runs", `says "${CANARIES.said}" of ${CANARIES.person}`),
      `raw ${CANARIES.apiKey}`,
      "",
    ].join("\n"),
  );
  const folder = `${home.dir}/.openclaw/logs/stability`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/openclaw-stability-2026-01-01-1-x.json`,
    JSON.stringify({
      version: 1,
      reason: "gateway.startup_failed",
      error: { name: "AppError", code: "CONFIG_INVALID", message: CANARIES.said },
      snapshot: { events: [], count: 0 },
    }),
  );
  const output = `${home.dir}/out.zip`;
  const { code, out, err } = await home.run("gateway", "diagnostics", "export", "--output", output);
  assertEquals([code, err], [0, ""]);
  assertMatch(out, /^Diagnostics export\nPath: .*out\.zip\nSize: [\d.]+ KiB\nFiles: 10\nPrivacy: /);
  assertEquals(Deno.statSync(output).mode! & 0o777, 0o600);
  const files = unzip(await Deno.readFile(output));
  assertEquals([...files.keys()], [
    "manifest.json",
    "diagnostics.json",
    "config/shape.json",
    "config/sanitized.json",
    "logs/openclaw-sanitized.jsonl",
    "status/gateway-status.json",
    "health/gateway-health.json",
    "stability/live.json",
    "stability/latest.json",
    "summary.md",
  ]);
  const whole = [...files.values()].join("\n");
  const found = Object.values(CANARIES).filter((canary) => whole.includes(canary));
  assertEquals(found, []);
  assert(!whole.includes("1004716001") && !whole.includes(home.dir));

  const read = (name: string) => JSON.parse(files.get(name)!);
  assertEquals(read("config/sanitized.json").gateway.port, gateway.port);
  assertEquals(
    read("config/sanitized.json").models.providers.openai.baseUrl,
    "https://api.openai.com",
  );
  assertEquals(read("status/gateway-status.json").data.rpc.ok, true);
  assertEquals(read("health/gateway-health.json").data.agents[0].sessions.count, 1);
  assertEquals(read("stability/latest.json").error, { code: "CONFIG_INVALID", kind: "AppError" });
  assertStringIncludes(files.get("logs/openclaw-sanitized.jsonl")!, '"msg":"run failed …"');
  assertEquals(read("manifest.json").contents.length, 9);
});

Deno.test("gateway diagnostics export works while everything is down", async () => {
  await using home = await createHome({ config: "{ gateway: " });
  const { code, out } = await home.run("gateway", "diagnostics", "export", "--json");
  assertEquals(code, 0);
  const { path } = JSON.parse(out);
  assertMatch(path, /\.openclaw\/logs\/support\/openclaw-diagnostics-.*\.zip$/);
  const files = unzip(await Deno.readFile(path));
  assertEquals(JSON.parse(files.get("health/gateway-health.json")!).status, "failed");
  assertEquals(files.has("stability/latest.json"), false);
});
