import { assertEquals } from "@std/assert";
import type { ExecApprovalsFile } from "../protocol/mod.ts";
import { allowing, findFake, HOME } from "./_testing.ts";
import { addEntries, entriesFor, removeEntries } from "./entries.ts";
import { evaluateExec } from "./evaluate.ts";
import { resolveExecPolicy } from "./policy.ts";

const EMPTY: ExecApprovalsFile = {
  version: 1,
  defaults: { security: "allowlist", ask: "on-miss" },
};
const OPTIONS = { find: findFake, home: HOME, strictInlineEval: true };

function evaluate(command: string, file: ExecApprovalsFile) {
  return evaluateExec({ command }, resolveExecPolicy(file, "main"), OPTIONS);
}

/** The policy after `command` was always allowed. */
function allowAlways(command: string, file: ExecApprovalsFile = EMPTY): ExecApprovalsFile {
  let lastId = 0;
  const entries = entriesFor(evaluate(command, file), {
    commandText: command,
    now: 7,
    newId: () => `e${++lastId}`,
  });
  return addEntries(file, "main", entries);
}

for (
  const command of [
    "git status",
    "git fetch && ls | grep x",
    "nice /opt/tool/run --fast",
    "sh -c 'git log; deploy'",
    "find . -name 'a b'",
    "python3 -c 'print(1)'",
    "xargs rm -v",
  ]
) {
  Deno.test(`entriesFor() allows all of it from then on: ${command}`, () => {
    assertEquals(evaluate(command, EMPTY).verdict, "ask");
    assertEquals(evaluate(command, allowAlways(command)).verdict, "allow");
  });
}

Deno.test("entriesFor() ties programs that run others to their arguments", () => {
  const file = allowAlways("find . -name 'a b'");
  assertEquals(evaluate("find . -name a b", file).verdict, "ask");
  assertEquals(evaluate("find . -delete", file).verdict, "ask");
  const python = allowAlways("python3 -c 'print(1)'");
  assertEquals(evaluate("python3 -c 'print(2)'", python).verdict, "ask");
});

Deno.test("entriesFor() ties an interpreter to the script that was approved", () => {
  const file = allowAlways("python3 build.py --fast");
  const lenient = (command: string) =>
    evaluateExec({ command }, resolveExecPolicy(file, "main"), { find: findFake, home: HOME })
      .verdict;
  assertEquals(lenient("python3 build.py --fast"), "allow");
  for (const command of ["python3 -c 'print(1)'", "python3 other.py", "python3 build.py"]) {
    assertEquals(lenient(command), "ask", command);
  }
});

Deno.test("entriesFor() has nothing for what is not understood or does not exist", () => {
  for (const command of ["ls $(id)", "ls > a", "nothere", "git status && nothere"]) {
    assertEquals(allowAlways(command), EMPTY, command);
  }
});

Deno.test("entriesFor() leaves out what is allowed already", () => {
  const file = allowAlways("git status");
  assertEquals(allowAlways("git log | head -n 1 | git diff", file), file);
  const both = allowAlways("git log && ls", file);
  assertEquals(both.agents?.main?.allowlist?.map(({ pattern }) => pattern), [
    "/usr/bin/git",
    "/usr/bin/ls",
  ]);
  assertEquals(allowAlways("ls && ls").agents?.main?.allowlist?.length, 1);
});

Deno.test("addEntries() and removeEntries() touch one list only", () => {
  const policy = allowing([{ id: "x", pattern: "/a" }]).allowlist;
  const file = addEntries({ ...EMPTY, agents: { other: { ask: "always" } } }, "main", policy);
  assertEquals(file.agents, {
    other: { ask: "always" },
    main: { allowlist: [{ id: "x", pattern: "/a" }] },
  });
  assertEquals(addEntries(file, "main", policy), file);
  assertEquals(removeEntries(file, "main", "/b"), file);
  assertEquals(removeEntries(file, "other", "/a"), file);
  assertEquals(removeEntries(file, "main", "/a").agents?.main, { allowlist: [] });
  assertEquals(removeEntries(file, "main", "x").agents?.main, { allowlist: [] });
});
