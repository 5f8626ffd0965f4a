import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { runCommandLine } from "../main.ts";
import { type FakeMethod, startFakeGateway } from "../testing/gateway_test.ts";
import { testHost } from "../testing/host_test.ts";
import { createHome } from "../testing/run_test.ts";

const NOW = Date.UTC(2026, 10, 22, 8, 0, 0);

Deno.test("approvals allowlist add, list and remove change the file of this machine", async () => {
  await using home = await createHome();
  const path = join(home.dir, ".openclaw", "exec-approvals.json");
  const empty = await home.run("approvals", "allowlist", "list");
  assertStringIncludes(empty.out, "openclaw approvals allowlist add /usr/bin/uptime");
  const add = (...words: string[]) => home.run("approvals", "allowlist", "add", ...words);
  assertEquals((await add("/usr/bin/uptime", "--agent", "main")).code, 0);
  assertEquals((await add("/usr/bin/git", "--arg-pattern", "status")).code, 0);
  assertEquals(
    (await add("/usr/bin/git", "--arg-pattern", "status")).out,
    "Already allowlisted.\n",
  );
  const { out } = await home.run("approvals", "allowlist", "list");
  assertEquals(
    out,
    `Agent  Pattern          Arguments  Last used
main   /usr/bin/uptime  -          -
*      /usr/bin/git     status     -
`,
  );
  const { agents } = JSON.parse(await Deno.readTextFile(path));
  assertMatch(agents.main.allowlist[0].id, /^[0-9a-f-]{36}$/);
  const own = await home.run("approvals", "allowlist", "list", "--agent", "main", "--json");
  assertEquals(Object.keys(JSON.parse(own.out)), ["main"]);

  const remove = (...words: string[]) => home.run("approvals", "allowlist", "remove", ...words);
  const missing = await remove("/usr/bin/uptime");
  assertEquals([missing.code, missing.err], [1, 'Pattern not found for agent "*".\n']);
  assertEquals((await remove("/usr/bin/uptime", "--agent", "main")).code, 0);
  assertEquals((await remove("/usr/bin/git")).code, 0);
  assertEquals((await add("x", "--arg-pattern", "(")).code, 64);
  assertEquals((await add(" ")).code, 64);
});

Deno.test("approvals get shows the policy and what it comes to with the config", async () => {
  const config = { gateway: { mode: "local" }, tools: { exec: { security: "allowlist" } } };
  await using home = await createHome({ config: JSON.stringify(config) });
  const none = await home.run("approvals", "get");
  assertEquals([none.code, none.err], [0, ""]);
  assertMatch(none.out, /^Exists +no$/m);
  const file = {
    version: 1,
    socket: { path: "/s", token: "hidden1" },
    defaults: { ask: "always" },
  };
  const path = join(home.dir, ".openclaw", "exec-approvals.json");
  await Deno.writeTextFile(path, JSON.stringify(file));
  const { out } = await home.run("approvals", "get");
  assertMatch(out, /^Effective +security=allowlist ask=always askFallback=deny/m);
  const json = JSON.parse((await home.run("approvals", "get", "--json")).out);
  assertEquals(json.file, { version: 1, defaults: { ask: "always" }, socket: { path: "/s" } });
  assertEquals(json.effective, { security: "allowlist", ask: "always", askFallback: "deny" });
});

Deno.test("approvals set replaces the policy, also one that cannot be read", async () => {
  await using home = await createHome();
  const path = join(home.dir, ".openclaw", "exec-approvals.json");
  const next = join(home.dir, "next.json5");
  await Deno.writeTextFile(next, "{ version: 1, /* strict */ defaults: { security: 'deny' } }");
  await Deno.writeTextFile(path, "{ broken");
  const broken = await home.run("approvals", "get");
  assertEquals(broken.code, 1);
  assertStringIncludes(broken.err, "the file is not JSON");
  const { code, out } = await home.run("approvals", "set", "--file", next);
  assertEquals(code, 0);
  assertMatch(out, /^Defaults +security=deny$/m);
  assertEquals(JSON.parse(await Deno.readTextFile(path)).defaults, { security: "deny" });

  for (const text of ["{ version: 2 }", "{", "[]"]) {
    await Deno.writeTextFile(next, text);
    const refused = await home.run("approvals", "set", "--file", next);
    assertEquals([refused.code, refused.out], [64, ""], text);
  }
  assertEquals((await home.run("approvals", "set")).code, 64);
  assertEquals((await home.run("approvals", "set", "--file", `${next}.none`)).code, 64);

  const host = testHost({ HOME: home.dir, OPENCLAW_HIDE_BANNER: "1" }, { input: '{"version":1}' });
  assertEquals(await runCommandLine(["approvals", "set", "--stdin", "--json"], host), 0);
  assertEquals(JSON.parse(host.output.out).file, { version: 1 });
});

Deno.test("approvals --gateway reads, and writes again when somebody else was faster", async () => {
  let file: unknown = { version: 1 };
  let hash = "h1";
  let isLate = true;
  const view = () => ({ path: "/g/exec-approvals.json", exists: true, hash, file });
  const methods: Record<string, FakeMethod> = {
    "exec.approvals.get": view,
    "config.get": () => ({ config: { tools: { exec: { ask: "always" } } } }),
    "exec.approvals.set": (params) => {
      if (isLate) {
        isLate = false;
        hash = "h2";
        const details = { code: "EXEC_POLICY_CHANGED" };
        return { refused: { code: "INVALID_REQUEST", message: "exec approvals changed", details } };
      }
      assertEquals(params.baseHash, "h2");
      file = params.file;
      return view();
    },
  };
  await using gateway = startFakeGateway({ methods });
  await using home = await createHome({ port: gateway.port });
  const { out } = await home.run("approvals", "get", "--gateway");
  assertMatch(out, /^Effective +security=full ask=always/m);
  assertEquals(gateway.connects[0]!.scopes, ["operator.admin", "operator.read"]);
  const added = await home.run("approvals", "allowlist", "add", "ls", "--gateway", "--json");
  assertEquals([added.code, JSON.parse(added.out).added], [0, true]);
  assertEquals((await home.run("approvals", "get", "--gateway", "--node", "n")).code, 64);
});

Deno.test("approvals --node finds the node by id, name or address", async () => {
  const policy = { path: "/n", exists: true, hash: "h", file: { version: 1 } };
  const node = (nodeId: string, displayName: string) => ({
    nodeId,
    displayName,
    remoteIp: "192.0.2.1",
  });
  await using gateway = startFakeGateway({
    methods: {
      "node.list": () => ({ ts: 1, nodes: [node("abc1", "Desk"), node("abd2", "Shed")] }),
      "exec.approvals.node.get": ({ nodeId }) => ({ ...policy, path: `/of/${nodeId}` }),
    },
  });
  await using home = await createHome({ port: gateway.port });
  for (const [wanted, found] of [["abc", "abc1"], ["Shed", "abd2"], ["abd2", "abd2"]] as const) {
    const { out } = await home.run("approvals", "get", "--node", wanted);
    assertStringIncludes(out, `/of/${found}`);
  }
  for (const [wanted, exit] of [["ab", 64], ["nope", 1], ["192.0.2.1", 64]] as const) {
    const { code, err } = await home.run("approvals", "get", "--node", wanted);
    assertEquals(code, exit);
    assertStringIncludes(err, wanted);
  }
});

Deno.test("approvals pending and resolve serve both kinds of request", async () => {
  const command = {
    id: "70c4cae6-0000-4000-8000-000000000001",
    request: { command: "rm -rf a\u202e", host: "gateway", agentId: "main" },
    createdAtMs: NOW - 1000,
    expiresAtMs: NOW + 600_000,
  };
  const plugin = {
    id: "plugin:80c4cae6-0000-4000-8000-000000000002",
    request: { title: "Post it", pluginId: "poster" },
    createdAtMs: NOW - 2000,
    expiresAtMs: NOW + 60_000,
  };
  await using gateway = startFakeGateway({
    methods: {
      "exec.approval.list": () => [command],
      "plugin.approval.list": () => [plugin],
      "exec.approval.resolve": () => ({ ok: true }),
      "plugin.approval.resolve": () => ({ ok: true }),
    },
  });
  await using home = await createHome({ port: gateway.port });
  const { out } = await home.run("approvals", "pending");
  assertEquals(
    out,
    `Id               What      Where    Agent  Expires in
plugin:80c4cae6  Post it   poster   -      1m
70c4cae6         rm -rf a  gateway  main   10m

Allow once: openclaw approvals resolve plugin:80c4cae6 allow-once
Turn down: openclaw approvals resolve plugin:80c4cae6 deny
`,
  );
  assertEquals(gateway.connects[0]!.scopes, ["operator.approvals"]);
  await home.run("approvals", "resolve", "plugin:80c4cae6", "deny");
  const decided = await home.run("approvals", "resolve", "70c4cae6", "allow-once");
  assertEquals(decided.out, "Decided 70c4cae6: allow-once\n");
  assertEquals(gateway.calls.slice(-2), [
    { method: "plugin.approval.resolve", params: { id: "plugin:80c4cae6", decision: "deny" } },
    { method: "exec.approval.resolve", params: { id: "70c4cae6", decision: "allow-once" } },
  ]);
  assertEquals((await home.run("approvals", "resolve", "70c4cae6", "maybe")).code, 64);
});
