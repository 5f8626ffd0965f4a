import { assert, assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { COMMANDS } from "../commands.ts";
import { Output } from "../output.ts";
import { parseInvocation } from "../parsing/parse.ts";
import { parseRootFlags } from "../parsing/root_flags.ts";
import type { CommandContext } from "../table.ts";
import { testHost } from "../testing/host_test.ts";
import { readConfigState } from "./config_state.ts";
import { type NodeGateway, nodeTarget } from "./node_target.ts";

const LOCAL = { gateway: { mode: "local", port: 4000, auth: { token: "local-token" } } };
const REMOTE = {
  gateway: { mode: "remote", remote: { url: "wss://gateway.example", token: "remote-token" } },
};

interface Case {
  flags?: string[];
  remembered?: NodeGateway;
  config?: unknown;
  env?: Record<string, string>;
}

async function targetOf({ flags = [], remembered, config = LOCAL, env = {} }: Case) {
  const dir = await Deno.makeTempDir({ prefix: "openclaw-cli-" });
  try {
    await Deno.writeTextFile(`${dir}/openclaw.json`, JSON.stringify(config));
    const host = testHost({ HOME: dir, OPENCLAW_STATE_DIR: dir, ...env });
    const { flags: root, rest } = parseRootFlags(["node", "run", ...flags]);
    const { spec, options, args } = parseInvocation(rest, COMMANDS);
    const context: CommandContext = {
      ...{ spec, options, args, root, host, table: COMMANDS, profile: undefined },
      ...{ env: host.env, clock: host.clock, out: new Output(host) },
      say: (command) => `openclaw ${command}`,
    };
    const state = await readConfigState(context, "address");
    const { target: { url, token, source, tlsFingerprint }, gateway } = await nodeTarget(
      context,
      state,
      remembered,
    );
    return { url, token, source, gateway, ...(tlsFingerprint ? { tlsFingerprint } : {}) };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function refusedWith(wish: Case): Promise<string> {
  return (await assertRejects(() => targetOf(wish), AppError)).code;
}

Deno.test("nodeTarget() leaves the choice to the config unless something was chosen", async () => {
  assertEquals(await targetOf({}), {
    url: "ws://127.0.0.1:4000",
    token: "local-token",
    source: "local loopback",
    gateway: undefined,
  });
  const remote = await targetOf({ config: REMOTE });
  assertEquals([remote.url, remote.token], ["wss://gateway.example", "remote-token"]);
});

Deno.test("nodeTarget() takes the flags first, then what is remembered", async () => {
  const remembered = { host: "127.0.0.1", port: 5000 };
  const last = await targetOf({ remembered });
  assertEquals([last.url, last.source, last.token], [
    "ws://127.0.0.1:5000",
    "node.json",
    "local-token",
  ]);
  const flags = ["--host", "localhost", "--port", "6000"];
  const chosen = await targetOf({ remembered, flags, config: REMOTE });
  assertEquals([chosen.url, chosen.source], ["ws://localhost:6000", "node run --host"]);
  assertEquals(chosen.gateway, { host: "localhost", port: 6000, tls: false });
});

Deno.test("nodeTarget() gives another machine no credential of this one's config", async () => {
  const flags = ["--host", "other.example", "--port", "443", "--tls"];
  const bare = await targetOf({ flags });
  assertEquals([bare.url, bare.token], ["wss://other.example:443", undefined]);
  const told = await targetOf({ flags, env: { OPENCLAW_GATEWAY_TOKEN: "env-token" } });
  assertEquals(told.token, "env-token");
  assertEquals((await targetOf({ flags, config: REMOTE })).token, undefined);
});

Deno.test("nodeTarget() insists on the certificate that was chosen or is remembered", async () => {
  const hex = "ab".repeat(32);
  const canonical = hex.toUpperCase().match(/../g)!.join(":");
  const chosen = await targetOf({ flags: ["--host", "h.example", "--tls-fingerprint", hex] });
  assertEquals([chosen.url, chosen.tlsFingerprint], ["wss://h.example:18789", canonical]);
  assertEquals(chosen.gateway?.tlsFingerprint, canonical);
  const remembered = { host: "h.example", port: 1, tls: true, tlsFingerprint: canonical };
  assertEquals((await targetOf({ remembered })).tlsFingerprint, canonical);
});

Deno.test("nodeTarget() refuses what it cannot do safely", async () => {
  assertEquals(await refusedWith({ flags: ["--host", "other.example"] }), "GATEWAY_URL_INSECURE");
  for (const host of ["a/b", "user@host", "a b", "h?x", "h#x"]) {
    assertEquals(await refusedWith({ flags: ["--host", host, "--tls"] }), "GATEWAY_URL_INVALID");
  }
  assertEquals(
    await refusedWith({ flags: ["--tls", "--tls-fingerprint", "aa"] }),
    "TLS_FINGERPRINT_INVALID",
  );
  const v6 = await targetOf({ flags: ["--host", "::1"] });
  assert(v6.url.startsWith("ws://[::1]:"));
});
