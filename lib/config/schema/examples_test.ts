import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../base/mod.ts";
import { renderConfigReference } from "../reference.ts";
import { listFields, reloadClassOf } from "./tree.ts";
import { validateConfig } from "./validate.ts";

/** One configuration per task that the documentation shows, with every section between them. */
const EXAMPLES: Readonly<Record<string, JsonObject>> = {
  "one channel": {
    agents: { defaults: { workspace: "~/.openclaw/workspace" } },
    channels: { whatsapp: { allowFrom: ["+15555550123"], groups: { "*": {} } } },
  },
  "several channels with their rules": {
    session: { dmScope: "per-channel-peer" },
    channels: {
      defaults: { groupPolicy: "allowlist", heartbeat: { showOk: false } },
      modelByChannel: { discord: { "1234": "openai/gpt-5.5" } },
      telegram: {
        botToken: "${TELEGRAM_BOT_TOKEN}",
        allowFrom: ["tg:1", 2],
        groups: { "-100": { requireMention: false, topics: { "99": { skills: ["a"] } } } },
        customCommands: [{ command: "backup", description: "Copy" }],
        streaming: "partial",
        replyToMode: "first",
        retry: { attempts: 3, minDelayMs: 400, maxDelayMs: 30000, jitter: 0.1 },
        accounts: { work: { botToken: { source: "env", id: "WORK_TOKEN" } } },
        defaultAccount: "work",
      },
      discord: {
        token: "x",
        dm: { enabled: true, groupEnabled: false, groupChannels: ["lounge"] },
        guilds: {
          "1": { slug: "home", users: ["2"], channels: { general: { allow: true } } },
        },
        maxLinesPerMessage: 17,
        threadBindings: { enabled: true, idleHours: 24, maxAgeHours: 0 },
        allowBots: "mentions",
      },
      slack: {
        mode: "http",
        botToken: "x",
        signingSecret: { source: "file", id: "/slack/secret" },
        webhookPath: "/slack/events",
        channels: { "#general": { requireMention: true } },
        thread: { historyScope: "thread" },
        slashCommand: { enabled: true, name: "openclaw", ephemeral: true },
      },
      irc: {
        host: "irc.example.org",
        port: 6697,
        tls: true,
        nick: "claw",
        nickserv: { password: "x" },
        channels: ["#claw"],
        groups: { "#claw": { requireMention: true } },
      },
      signal: { account: "+15555550123", dmPolicy: "pairing" },
    },
  },
  "credentials of providers": {
    auth: {
      profiles: { "a:work": { provider: "a", mode: "api_key", email: "me@example.org" } },
      order: { a: ["a:work"] },
      cooldowns: { billingBackoffHours: 5 },
    },
    secrets: {
      providers: { vault: { source: "exec", command: "/usr/bin/vault", args: ["read"] } },
    },
  },
  "media, tools and skills": {
    tools: {
      profile: "coding",
      elevated: { enabled: true, allowFrom: { whatsapp: ["+15555550123"], telegram: [1] } },
      web: { search: { enabled: true, apiKey: "x" }, fetch: { maxChars: 50000 } },
      media: { audio: { enabled: true, models: [{ provider: "openai", model: "whisper" }] } },
    },
    skills: {
      allowBundled: ["a"],
      load: { extraDirs: ["~/skills"], watch: true },
      install: { preferBrew: true, nodeManager: "npm" },
      entries: { a: { enabled: true, apiKey: "x", env: { A_KEY: "x" } } },
    },
    plugins: {
      enabled: true,
      allow: ["canvas"],
      slots: { memory: "none" },
      entries: { canvas: { enabled: true, config: { host: { enabled: true } } } },
    },
    mcp: { servers: { files: { command: "npx", args: ["-y", "x"] } }, sessionIdleTtlMs: 600000 },
    browser: { enabled: true, headless: true, profiles: { work: { cdpPort: 18801 } } },
    media: { preserveFilenames: true },
    audio: {},
  },
  "agents with everything": {
    agents: {
      defaults: {
        memorySearch: { provider: "gemini", remote: { apiKey: "${KEY}" }, extraPaths: ["../a"] },
        sandbox: { mode: "non-main", docker: { image: "a", tmpfs: ["/tmp"] } },
        subagents: { maxConcurrent: 8 },
        humanDelay: { mode: "natural" },
        blockStreamingChunk: { minChars: 800, maxChars: 1200, breakPreference: "paragraph" },
        compaction: { mode: "safeguard" },
        contextPruning: { mode: "cache-ttl", ttl: "5m" },
        heartbeat: { every: "30m", activeHours: { start: "08:00", end: "24:00" } },
      },
      list: [{ id: "main", groupChat: { mentionPatterns: ["@claw"] } }],
    },
    broadcast: { strategy: "parallel", "+15555550123": ["main"] },
    approvals: { exec: { enabled: true, mode: "session" } },
  },
  "the machine around it": {
    diagnostics: { flags: ["http"], stuckSessionWarnMs: 120000, otel: { enabled: false } },
    discovery: { mdns: { mode: "minimal" }, wideArea: { enabled: false } },
    update: { channel: "stable", auto: { enabled: false } },
    web: { enabled: true, reconnect: { initialMs: 2000, factor: 1.4 } },
    talk: { interruptOnSpeech: true },
    hooks: { enabled: true, token: "x", gmail: { account: "a@example.org", maxBytes: 20000 } },
    accessGroups: {},
    acp: {},
    cli: {},
    commitments: {},
    crestodian: {},
    memory: {},
    nodeHost: {},
    proxy: {},
    surfaces: {},
  },
};

for (const [name, config] of Object.entries(EXAMPLES)) {
  Deno.test(`validateConfig() accepts the example: ${name}`, () => {
    assertEquals(validateConfig(config), { issues: [], warnings: [] });
  });
}

Deno.test("validateConfig() warns of unknown channels and of keys from older files", () => {
  const { issues, warnings } = validateConfig({
    channels: { telegramm: {}, irc: { hots: "x" }, signal: { anyKey: 1 } },
    identity: { name: "x" },
    agent: {},
  });
  assertEquals(issues, []);
  assertEquals(warnings.map(({ path, message }) => `${path}: ${message}`), [
    'channels.telegramm: unknown key, did you mean "telegram"?',
    'channels.irc.hots: unknown key, did you mean "host"?',
    'identity: unknown key, did you mean "agents.list[].identity"?',
    'agent: unknown key, did you mean "agents.defaults"?',
  ]);
});

Deno.test("reloadClassOf() takes the nearest class that is given", () => {
  const cases = {
    "gateway.port": "restart",
    "gateway.remote.url": "live",
    "gateway.http.endpoints.responses.enabled": "live",
    "gateway.channelHealthCheckMinutes": "live",
    "models.pricing.enabled": "restart",
    "models.providers.a.models[0].cost.input": "live",
    "agents.list[3].heartbeat.every": "live",
    "channels.telegram.accounts.work.botToken": "channel",
    "channels.modelByChannel.irc.a": "live",
    "plugins.load.paths": "restart",
    "diagnostics.stuckSessionWarnMs": "live",
    "diagnostics.flags": "restart",
    "unheardof.key": "restart",
    "$schema": "live",
  };
  for (const [path, reload] of Object.entries(cases)) {
    assertEquals(reloadClassOf(path), reload, path);
  }
});

Deno.test("reloadClassOf() says of every field what the list of fields says", () => {
  for (const { path, reload } of listFields()) {
    const written = path.replaceAll("[]", "[0]").replaceAll(".*", ".any");
    assertEquals(reloadClassOf(written), reload, path);
  }
});

Deno.test("renderConfigReference() lists every key once, with its class of reload", () => {
  const page = renderConfigReference();
  const rows = [...page.matchAll(/^\| `([^`]+)` \|.*\| ([^|]+) \|$/gm)];
  const listed = new Map(rows.map(([, path, reload]) => [path, reload]));
  assertEquals(listed.size, rows.length);
  assertEquals(listed.get("channels.<id>.dmPolicy"), "restarts the channel");
  assertEquals(listed.get("channels.telegram.botToken"), "restarts the channel");
  assertEquals(listed.get("gateway.port"), "restarts the gateway");
  assertEquals(listed.get("gateway.remote.url"), "live");
  for (const { path } of listFields()) {
    const common = path.replace(/^channels\.[^.]+\./, "channels.<id>.");
    const isOfAccount = path.includes(".accounts.*.");
    const isSection = !path.includes(".");
    const isKnown = isOfAccount || isSection || listed.has(path) || listed.has(common) ||
      listed.has(path.replace(/^channels\.[^.]+\./, "channels.clickclack."));
    if (!isKnown) throw new Error(`${path} is not listed`);
  }
});

Deno.test("renderConfigReference() refuses a field without a description", () => {
  const [first, ...rest] = listFields();
  let message = "";
  try {
    renderConfigReference([{ ...first!, description: "" }, ...rest]);
  } catch (error) {
    message = (error as Error).message;
  }
  assertEquals(message, `Fields without a description: ${first!.path}`);
});
