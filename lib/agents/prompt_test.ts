import { assertEquals, assertStringIncludes } from "@std/assert";
import { buildSystemPrompt, type PromptInput } from "./prompt.ts";

function prompt(over: Partial<PromptInput> = {}): string {
  return buildSystemPrompt({
    agentId: "main",
    agentName: undefined,
    workspace: "/home/user/work",
    files: [],
    timeZone: "Europe/Berlin",
    extra: undefined,
    ...over,
  });
}

Deno.test("buildSystemPrompt() names the agent, its workspace and its time zone", () => {
  assertStringIncludes(prompt(), "You are main,");
  assertStringIncludes(prompt({ agentName: "Dev" }), "You are Dev,");
  assertStringIncludes(prompt(), "Workspace: /home/user/work\nTime zone: Europe/Berlin");
  assertEquals(prompt().includes("Project context"), false);
});

Deno.test("buildSystemPrompt() shows files in order, says which are cut, and ends with the extra", () => {
  const text = prompt({
    files: [
      { name: "AGENTS.md", text: "be kind", isTruncated: false },
      { name: "USER.md", text: "likes tea", isTruncated: true },
    ],
    extra: "Answer in rhyme.",
  });
  const [, files = ""] = text.split("# Project context");
  assertEquals(files.indexOf("## AGENTS.md\n\nbe kind") < files.indexOf("## USER.md"), true);
  assertStringIncludes(files, "likes tea\n\n[USER.md is longer; only its beginning is shown]");
  assertEquals(files.includes("[AGENTS.md is longer"), false);
  assertEquals(text.endsWith("\n\nAnswer in rhyme."), true);
});
