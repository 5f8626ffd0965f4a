import { assertEquals, assertMatch } from "@std/assert";
import type { OpenClawConfig } from "../../config/mod.ts";
import { refusalOf, visibilityRules } from "./visibility.ts";

const ME = { key: "agent:main:a", agentId: "main" };
const CHILD = { key: "agent:main:subagent:1", agentId: "main" };
const SIBLING = { key: "agent:main:b", agentId: "main" };
const FOREIGN = { key: "agent:other:main", agentId: "other" };
const FOREIGN_CHILD = { key: "agent:other:subagent:1", agentId: "other" };
const BELOW = new Set([CHILD.key, FOREIGN_CHILD.key]);

const OPEN = { agentToAgent: { enabled: true } };

/** Who is seen: own session, child, sibling, foreign child, foreign. */
const CASES: [tools: OpenClawConfig["tools"], seen: string][] = [
  [{ sessions: { visibility: "self" } }, "y----"],
  [{ sessions: { visibility: "self" }, ...OPEN }, "y----"],
  [undefined, "yy-y-"],
  [{ sessions: { visibility: "tree" }, ...OPEN }, "yy-y-"],
  [{ sessions: { visibility: "agent" } }, "yyy--"],
  [{ sessions: { visibility: "all" } }, "yyy--"],
  [{ sessions: { visibility: "all" }, ...OPEN }, "yyyyy"],
  [{ sessions: { visibility: "all" }, agentToAgent: { enabled: true, allow: ["main"] } }, "yyy--"],
  [
    { sessions: { visibility: "all" }, agentToAgent: { enabled: true, allow: ["Main", "oth*"] } },
    "yyyyy",
  ],
  [{ sessions: { visibility: "all" }, agentToAgent: { enabled: "yes" } }, "yyy--"],
];

for (const [tools, seen] of CASES) {
  Deno.test(`refusalOf() with ${JSON.stringify(tools)} shows ${seen}`, () => {
    const rules = visibilityRules(tools === undefined ? {} : { tools });
    const marks = [ME, CHILD, SIBLING, FOREIGN_CHILD, FOREIGN].map((target) =>
      refusalOf("history", ME, target, rules, () => BELOW.has(target.key)) ? "-" : "y"
    );
    assertEquals(marks.join(""), seen);
  });
}

Deno.test("refusalOf() names the key that decides", () => {
  const refusal = (tools: OpenClawConfig["tools"], target = SIBLING) =>
    refusalOf("send", ME, target, visibilityRules({ ...(tools ? { tools } : {}) }), () => false)!;
  assertEquals(
    refusal(undefined),
    "Session send visibility is restricted to the current session tree (tools.sessions.visibility=tree).",
  );
  assertEquals(
    refusal(undefined, FOREIGN),
    "Session send visibility is restricted. Set tools.sessions.visibility=all to allow cross-agent access.",
  );
  assertMatch(refusal({ sessions: { visibility: "self" } }), /visibility=self/);
  const all = { sessions: { visibility: "all" as const } };
  assertMatch(refusal(all, FOREIGN), /tools\.agentToAgent\.enabled=true/);
  assertMatch(
    refusal({ ...all, agentToAgent: { enabled: true, allow: ["x"] } }, FOREIGN),
    /denied by tools\.agentToAgent\.allow/,
  );
});
