import { assertEquals } from "@std/assert";
import { TOOL_GROUPS } from "./groups.ts";
import { matcherOf, OWNER_RULE, ToolPolicy, type ToolPolicyInput } from "./policy.ts";
import { readToolRules } from "./rules.ts";

const ALL = [
  ...["read", "write", "apply_patch", "exec", "process", "web_search", "web_fetch"],
  ...["sessions_list", "sessions_history", "sessions_send", "session_status", "subagents"],
  ...["cron", "gateway", "nodes", "agents_list", "message", "canvas"],
];
const OWNER_ONLY = ["cron", "gateway", "nodes"];

/** The tools that an input leaves, of all there are. */
function left(input: Partial<ToolPolicyInput>): string {
  const tools = ALL.map((name) => ({ name, isOwnerOnly: OWNER_ONLY.includes(name) }));
  const policy = new ToolPolicy({ isOwner: true, ...input });
  return policy.filter(tools).map(({ name }) => name).join(" ");
}

/** All tools but some. */
function without(...names: string[]): string {
  return ALL.filter((name) => !names.includes(name)).join(" ");
}

const CASES: [title: string, input: Partial<ToolPolicyInput>, left: string][] = [
  ["nothing configured leaves everything", {}, without()],
  ["profile minimal", { global: { profile: "minimal" } }, "session_status"],
  [
    "profile messaging",
    { global: { profile: "messaging" } },
    "sessions_list sessions_history sessions_send session_status message",
  ],
  [
    "profile coding",
    { global: { profile: "coding" } },
    without("gateway", "nodes", "agents_list", "message", "canvas"),
  ],
  ["profile full", { global: { profile: "full" } }, without()],
  ["an unknown profile says nothing", { global: { profile: "huge" } }, without()],
  [
    "alsoAllow widens the profile",
    { global: { profile: "minimal", alsoAllow: ["web_*", "cron"] } },
    "web_search web_fetch session_status cron",
  ],
  ["alsoAllow alone takes nothing", { global: { alsoAllow: ["cron"] } }, without()],
  [
    "the agent's profile counts",
    { global: { profile: "full" }, agent: { profile: "minimal" } },
    "session_status",
  ],
  ["allow", { global: { allow: ["read", "exec"] } }, "read exec"],
  ["allow of none allows all", { global: { allow: [] } }, without()],
  ["allow with alsoAllow", { global: { allow: ["read"], alsoAllow: ["exec"] } }, "read exec"],
  ["allow in any case and by other names", { global: { allow: [" BASH ", "Read"] } }, "read exec"],
  ["an unknown name allows nothing", { global: { allow: ["group:none"] } }, ""],
  ["deny wins over allow", { global: { allow: ["*"], deny: ["exec"] } }, without("exec")],
  ["deny by other name", { global: { deny: ["bash"] } }, without("exec")],
  ["deny by pattern", { global: { deny: ["sessions_*"] } }, without(...SESSIONS())],
  ["a pattern is no regular expression", { global: { deny: [".*", "s.ssion_status"] } }, without()],
  [
    "deny of a group",
    { global: { deny: ["group:automation", "group:nodes"] } },
    without("cron", "gateway", "nodes"),
  ],
  [
    "allow of a group, less one",
    { global: { allow: ["group:web"], deny: ["web_fetch"] } },
    "web_search",
  ],
  ["write means patches too", { global: { allow: ["write"] } }, "write apply_patch"],
  ["no write, no patches", { global: { deny: ["write"] } }, without("write", "apply_patch")],
  [
    "the agent only narrows",
    { global: { allow: ["read", "exec"] }, agent: { allow: ["exec", "cron"] } },
    "exec",
  ],
  [
    "what the agent denies is gone",
    { global: { allow: ["read", "exec"] }, agent: { deny: ["exec"] } },
    "read",
  ],
  [
    "rules of a provider",
    { global: { byProvider: { fake: { deny: ["exec"] } } }, provider: "fake", model: "one" },
    without("exec"),
  ],
  [
    "rules of a model count in place of its provider's",
    {
      global: { byProvider: { "fake": { deny: ["exec"] }, "Fake/One": { deny: ["read"] } } },
      provider: "fake",
      model: "one",
    },
    without("read"),
  ],
  [
    "rules of another provider",
    { global: { byProvider: { other: { deny: ["exec"] } } }, provider: "fake" },
    without(),
  ],
  [
    "profile of a provider narrows the profile",
    {
      global: { profile: "coding", byProvider: { fake: { profile: "messaging" } } },
      provider: "fake",
    },
    "sessions_list sessions_history sessions_send session_status",
  ],
  [
    "an agent's rules by provider",
    { agent: { byProvider: { fake: { allow: ["read"] } } }, provider: "fake" },
    "read",
  ],
  ["a group narrows", { group: { allow: ["message", "read"] } }, "read message"],
  [
    "a sender's rules",
    {
      group: { toolsBySender: { "id:7": { deny: ["exec"] }, "*": { allow: ["read"] } } },
      sender: { id: "7" },
    },
    without("exec"),
  ],
  [
    "rules of all other senders",
    { group: { toolsBySender: { "id:7": {}, "*": { allow: ["read"] } } }, sender: { id: "8" } },
    "read",
  ],
  ["a sandbox narrows", { sandbox: { deny: ["group:nodes"] } }, without("nodes")],
  [
    "a subagent never gets some",
    { subagent: "orchestrator", subagents: { allow: ["cron", "read", "subagents"] } },
    "read subagents",
  ],
  [
    "a leaf begins nothing",
    { subagent: "leaf" },
    without(
      ...["gateway", "agents_list", "session_status", "cron", "sessions_send"],
      ...["subagents", "sessions_list", "sessions_history"],
    ),
  ],
  ["rules of subagents are nobody else's", { subagents: { deny: ["read"] } }, without()],
  ["who is no owner lacks what is the owner's", { isOwner: false }, without(...OWNER_ONLY)],
  [
    "allow does not make an owner",
    { isOwner: false, global: { allow: ["cron", "read"] } },
    "read",
  ],
];

function SESSIONS(): string[] {
  return ["sessions_list", "sessions_history", "sessions_send"];
}

for (const [title, input, expected] of CASES) {
  Deno.test(`ToolPolicy: ${title}`, () => assertEquals(left(input), expected));
}

Deno.test("ToolPolicy names the place of the rule that takes a tool away", () => {
  const tool = { name: "cron", isOwnerOnly: true };
  const ruleFor = (input: Partial<ToolPolicyInput>) =>
    new ToolPolicy({ isOwner: true, ...input }).deniedBy(tool);
  assertEquals(ruleFor({}), undefined);
  assertEquals(ruleFor({ global: { profile: "minimal" } }), "tools.profile");
  assertEquals(ruleFor({ global: { deny: ["cron"] } }), "tools");
  assertEquals(ruleFor({ agent: { deny: ["cron"] } }), "agents.list[].tools");
  assertEquals(ruleFor({ isOwner: false }), OWNER_RULE);
});

Deno.test("ToolPolicy only ever takes away: a further rule never adds a tool", () => {
  const lists = [undefined, [], ["*"], ["read"], ["group:web"], ["sess*"], ["nope"]];
  for (const allow of lists) {
    for (const deny of lists) {
      const rules = { ...(allow ? { allow } : {}), ...(deny ? { deny } : {}) };
      const before = new Set(left({ global: rules }).split(" "));
      for (const agent of [{ allow: ["*"] }, { profile: "coding" }, { alsoAllow: ["cron"] }]) {
        const after = left({ global: rules, agent }).split(" ").filter((name) => name !== "");
        assertEquals(after.filter((name) => !before.has(name)), []);
      }
    }
  }
});

Deno.test("matcherOf() takes patterns by their parts, also hostile ones", () => {
  const cases: [pattern: string, name: string, isMeant: boolean][] = [
    ["*", "", true],
    ["a*", "a", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["*b*", "abc", true],
    ["a*b*c", "a-b-c", true],
    ["a*c*b", "a-b-c", false],
    ["**", "x", true],
    [`${"*a".repeat(40)}*b`, "a".repeat(64), false],
  ];
  for (const [pattern, name, isMeant] of cases) {
    assertEquals(matcherOf([pattern])(name), isMeant, `${pattern} ${name}`);
  }
});

Deno.test("group:openclaw is all groups but files, exec, process and canvas", () => {
  const { "group:openclaw": openclaw, "group:fs": fs, ...others } = TOOL_GROUPS;
  const apart = new Set([...fs!, "exec", "process", "canvas"]);
  const expected = Object.values(others).flat().filter((name) => !apart.has(name));
  assertEquals([...openclaw!].sort(), expected.sort());
});

Deno.test("readToolRules() takes what has the right type and nothing else", () => {
  assertEquals(readToolRules("x"), undefined);
  assertEquals(readToolRules({ profile: 7, allow: "read", deny: ["exec", 3], x: 1 }), {
    deny: ["exec"],
  });
  assertEquals(readToolRules({ byProvider: { fake: { allow: ["read"] }, bad: 1 } }), {
    byProvider: { fake: { allow: ["read"] } },
  });
});
