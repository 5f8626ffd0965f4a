import { assertEquals } from "@std/assert";
import type { ExecApprovalsFile } from "../protocol/mod.ts";
import { resolveExecPolicy } from "./policy.ts";

const FILE: ExecApprovalsFile = {
  version: 1,
  defaults: { security: "allowlist", ask: "on-miss", autoAllowSkills: true },
  agents: {
    "*": { ask: "always", allowlist: [{ pattern: "/usr/bin/git" }] },
    main: { security: "full", askFallback: "allowlist", allowlist: [{ pattern: "ls" }] },
  },
};

Deno.test("resolveExecPolicy() takes the agent before every agent before the defaults", () => {
  assertEquals(resolveExecPolicy(FILE, "main"), {
    security: "full",
    ask: "always",
    askFallback: "allowlist",
    autoAllowSkills: true,
    allowlist: [{ pattern: "ls" }, { pattern: "/usr/bin/git" }],
  });
  const other = resolveExecPolicy(FILE, "other");
  assertEquals([other.security, other.ask, other.askFallback], ["allowlist", "always", "deny"]);
  assertEquals(other.allowlist, [{ pattern: "/usr/bin/git" }]);
  assertEquals(resolveExecPolicy(FILE, "*").allowlist.length, 1);
  assertEquals(resolveExecPolicy(FILE, "constructor").security, "allowlist");
});

Deno.test("resolveExecPolicy() lets wishes make it stricter only", () => {
  const of = (security: "deny" | "allowlist" | "full", ask: "off" | "on-miss" | "always") => {
    const policy = resolveExecPolicy({ version: 1, defaults: { security, ask } }, "main", [
      { security: "allowlist" },
      { ask: "on-miss" },
      {},
    ]);
    return [policy.security, policy.ask];
  };
  assertEquals(of("full", "off"), ["allowlist", "on-miss"]);
  assertEquals(of("deny", "always"), ["deny", "always"]);
});

Deno.test("resolveExecPolicy() answers no where nobody is asked, unless the file says otherwise", () => {
  const { security, ask, askFallback } = resolveExecPolicy({ version: 1 }, "main");
  assertEquals([security, ask, askFallback], ["full", "off", "deny"]);
});
