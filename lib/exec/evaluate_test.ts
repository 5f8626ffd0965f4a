import { assertEquals } from "@std/assert";
import { allowing, findFake, HOME } from "./_testing.ts";
import { exactArguments } from "./allowlist.ts";
import { evaluateExec, type EvaluateOptions } from "./evaluate.ts";
import type { ExecAsk, ExecPolicy, ExecSecurity, FindProgram } from "./types.ts";

const OPTIONS: EvaluateOptions = { find: findFake, home: HOME };

function judge(
  command: string | string[],
  policy: ExecPolicy,
  options: Partial<EvaluateOptions> = {},
) {
  return evaluateExec({ command }, policy, { ...OPTIONS, ...options });
}

/** Everything that the lines below may use, but none of the programs that run others. */
const GENEROUS = allowing(["/usr/bin/**", "/usr/local/bin/*", "~/bin/*"]);

const ALLOWED: readonly string[] = [
  "ls",
  "ls -la /tmp",
  "/usr/bin/ls",
  "  ls\t-l  ",
  "ls;",
  "ls *.txt",
  "git log --oneline | head -n 5",
  "git status && ls || echo no; cat a",
  "echo 'a; rm -rf / $(x) `y` > z'",
  'echo "a; rm -rf / > z & | \\$HOME \\`x\\`"',
  "echo a\\;b a\\$b",
  'echo "a!b"',
  "git commit -m 'line one\nline two'",
  "echo x#y a=b",
  "nice ls",
  "nice -n 5 ls",
  "nice -10 git log",
  "nohup ls",
  "env ls",
  "/usr/bin/env ls -l",
  "timeout 5s ls",
  "timeout -k 2 --preserve-status 10 git fetch",
  "stdbuf -oL grep x a",
  "env nice -n 1 timeout 5 ls",
  "sh -c 'ls && git status'",
  "bash -lc ls",
  "sh -c \"sh -c 'ls'\"",
  "deploy --now",
  "python3 -c 'print(1)'",
];
for (const line of ALLOWED) {
  Deno.test(`evaluateExec() allows ${JSON.stringify(line)}`, () => {
    const { verdict, reason, isMatch, message } = judge(line, GENEROUS);
    assertEquals([verdict, reason, isMatch], ["allow", "allowlist-match", true], message);
  });
}

/** Every line has an allowed start and something that nobody has allowed or can read. */
const NOT_UNDERSTOOD: readonly string[] = [
  "",
  " ",
  "''",
  "ls $(id)",
  "ls `id`",
  'ls "$(id)"',
  'ls "`id`"',
  "ls $HOME",
  'ls "${x:-$(id)}"',
  "ls $'a\\x3bid'",
  "ls > /etc/passwd",
  "ls >> a",
  "ls 2>&1",
  "ls < a",
  "ls <(id)",
  "cat << EOF",
  "ls &",
  "ls & id",
  "ls |& cat",
  "ls\nid",
  "ls\r\nid",
  "ls \\\n id",
  "ls\u0000id",
  "ls\u0008\u0008id",
  "ls \u001b[2K",
  "(ls)",
  "{ ls; }",
  "ls {a,b}",
  "ls() { id; }; ls",
  "ls ;; id",
  "ls &&",
  "&& ls",
  "ls | | cat",
  "ls ; ; ls",
  "ls 'a",
  'ls "a',
  "ls a\\",
  "# ls",
  "ls # ignored",
  "! ls",
  "A=b ls",
  "LD_PRELOAD=/tmp/x.so ls",
  "PATH=/tmp ls",
  "A+=b ls",
  "A[0]=b ls",
  "/usr/bin/l*",
  "~/bin/deploy",
  "l? -l",
  "eval ls",
  "'eval' ls",
  "\\eval ls",
  "exec ls",
  "command ls",
  "builtin echo",
  "source ./a",
  ". ./a",
  "cd /tmp && ls",
  "alias ls=rm",
  "export A=b",
  "trap ls EXIT",
  "if true; then ls; fi",
  "while true; do ls; done",
  "time ls",
  "[[ -f a ]]",
  "=ls",
  "env",
  "env A=b ls",
  "env -i ls",
  "env -S 'ls -l'",
  "env -u PATH ls",
  "env -- A=b ls",
  "nice -n 5 A=b",
  "nice -n '$(id)' ls",
  "nice --what ls",
  "nohup",
  "timeout ls",
  "timeout --unknown 5 ls",
  "timeout -s '; id' 5 ls",
  "stdbuf --what ls",
  "sh -c 'ls > a'",
  "sh -c 'ls $(id)'",
  "sh -c 'A=b ls'",
  "sh -c ''",
  "sh -c *",
  "nice nice nice nice nice nice nice ls",
  'sh -c "sh -c \'sh -c \\"sh -c ls\\"\'"',
];
for (const line of NOT_UNDERSTOOD) {
  Deno.test(`evaluateExec() does not understand ${JSON.stringify(line)}`, () => {
    const { verdict, reason, isMatch } = judge(line, GENEROUS);
    assertEquals([verdict, reason, isMatch], ["ask", "not-understood", false]);
    assertEquals(judge(line, { ...GENEROUS, ask: "off" }).verdict, "deny");
  });
}

/** Readable, yet something in it is on no list. */
const MISSED: readonly string[] = [
  "nothere",
  "ls && nothere",
  "ls; /tmp/x",
  "ls | ./x",
  "/usr/binx/ls",
  "/tmp/usr/bin/ls",
  "sh script.sh",
  "sh -c ls extra",
  "bash -x -c ls",
  "bash -ic ls",
  "/tmp/sh -c ls",
  "/tmp/env ls",
  "xargs rm",
  "ls | xargs rm",
  "find . -exec rm '{}' +",
  "find . -delete",
  "sudo ls",
  "awk 'BEGIN{system(\"id\")}'",
  "/home/me/bin/good -c id",
  "nice sudo ls",
];
for (const line of MISSED) {
  Deno.test(`evaluateExec() misses ${JSON.stringify(line)}`, () => {
    const { verdict, reason } = judge(line, GENEROUS);
    assertEquals([verdict, reason], ["ask", "allowlist-miss"]);
  });
}

const SAFE: readonly (readonly [string, boolean])[] = [
  ["head -n 5", true],
  ["head -5 -q", true],
  ["tail --lines=3", true],
  ["tail -c 10", true],
  ["cut -d, -f1", true],
  ["cut -d ' ' -f 2 -s", true],
  ["tr a-z A-Z", true],
  ["tr -d x", true],
  ["uniq -c | wc -l", true],
  ["wc --lines", true],
  ["head", true],
  ["head /etc/passwd", false],
  ["head -n", false],
  ["head -n 5 -- a", false],
  ["tail -f a", false],
  ["tail --pid=1", false],
  ["cut -f1 a", false],
  ["cut --what=1", false],
  ["tr a b c", false],
  ["uniq a b", false],
  ["wc --files0-from=a", false],
  ["wc *", false],
  ["tr [a-z] x", false],
  ["/tmp/head -n 5", false],
  ["/bin/head -n 5", true],
  ["grep x", false],
];
for (const [line, isSafe] of SAFE) {
  Deno.test(`evaluateExec() ${isSafe ? "lets" : "does not let"} filters run: ${line}`, () => {
    assertEquals(judge(line, allowing([])).isMatch, isSafe);
    assertEquals(judge(line, allowing([]), { safeBins: [] }).isMatch, false);
  });
}

const PATTERNS: readonly (readonly [pattern: string, line: string, isMatch: boolean])[] = [
  ["git", "git status", true],
  ["git", "/usr/bin/git status", false],
  ["gi*", "git status", true],
  ["/usr/bin/git", "git status", true],
  ["/usr/bin/git", "/usr/bin/git status", true],
  ["/usr/bin/*", "git status", true],
  ["/usr/*", "git status", false],
  ["/usr/**", "git status", true],
  ["/**/git", "git status", true],
  ["/usr/bin/gi?", "git status", true],
  ["/usr/bin/g.t", "git status", false],
  ["/usr/bin/GIT", "git status", false],
  ["~/bin/deploy", "deploy", true],
  ["/usr/bin/python3.12", "python3 a.py", true],
  ["/usr/bin/python3", "python3 a.py", true],
  ["", "git", false],
  ["  ", "git", false],
  ["./x", "./x", false],
  ["/work/x", "./x", true],
  ["/usr/bin/sh", "sh a", false],
  ["/usr/bin/dash", "sh a", false],
  ["/home/me/bin/*", "/home/me/bin/good", false],
];
for (const [pattern, line, isMatch] of PATTERNS) {
  Deno.test(`evaluateExec() pattern "${pattern}" ${isMatch ? "fits" : "misses"} ${line}`, () => {
    assertEquals(judge(line, allowing([pattern])).isMatch, isMatch);
  });
}

const ARGUMENTS: readonly (readonly [argPattern: string, line: string, isMatch: boolean])[] = [
  ["status", "git status", true],
  ["status", "git status --short", false],
  ["status", "git push status", false],
  ["status( --short)?", "git status --short", true],
  ["", "git", true],
  ["", "git status", false],
  [".*", "git log *", false],
  ["(", "git (", false],
  [exactArguments(["log", "a b"]), "git log 'a b'", true],
  [exactArguments(["log", "a b"]), "git log a b", false],
  [exactArguments(["log", "a", "b"]), "git log 'a b'", false],
  [exactArguments(["a.b"]), "git aXb", false],
];
for (const [argPattern, line, isMatch] of ARGUMENTS) {
  Deno.test(`evaluateExec() arguments ${JSON.stringify(argPattern)} and ${line}: ${isMatch}`, () => {
    const policy = allowing([{ pattern: "/usr/bin/git", argPattern }]);
    assertEquals(judge(line, policy).isMatch, isMatch);
  });
}

Deno.test("evaluateExec() allows a program that runs others only with its arguments", () => {
  const argPattern = exactArguments(["rm", "-v"]);
  const policy = allowing([{ pattern: "/usr/bin/xargs", argPattern }]);
  assertEquals(judge("xargs rm -v", policy).isMatch, true);
  assertEquals(judge("xargs rm -rf", policy).isMatch, false);
});

Deno.test("evaluateExec() knows programs that run others by any of their names", () => {
  const policy = allowing(["/opt/**", "/lib64/*"]);
  const carriers = ["bash5.1", "BASH", "tclsh8.6", "vim.basic", "busybox.static", "cmd.EXE", "npx"];
  for (
    const program of [...carriers.map((name) => `/opt/${name}`), "/lib64/ld-linux-x86-64.so.2"]
  ) {
    assertEquals(judge(`${program} x`, policy).isMatch, false, program);
  }
  assertEquals(judge("/opt/tool2 x", policy).isMatch, true);
});

Deno.test("evaluateExec() distrusts arguments that a shell's own command would run", () => {
  const policy = allowing(["/opt/**", "printf", "test"]);
  const find: FindProgram = (word) =>
    findFake(word) ?? { path: `/usr/bin/${word}`, realPath: `/usr/bin/${word}` };
  const reason = (command: string) =>
    evaluateExec({ command }, policy, { ...OPTIONS, find }).reason;
  assertEquals(reason("printf -v 'a[$(id)]' x"), "not-understood");
  assertEquals(reason("test -v 'a[`id`]'"), "not-understood");
  assertEquals(reason("printf %s x"), "allowlist-match");
});

Deno.test("evaluateExec() judges words without a shell as they are", () => {
  const policy = allowing(["/usr/bin/echo", "/usr/bin/ls"]);
  assertEquals(judge(["echo", "$(id)", "> a", "; ls"], policy).isMatch, true);
  assertEquals(judge(["sh", "-c", "echo a; ls"], policy).isMatch, true);
  assertEquals(judge(["sh", "-c", "echo a; id"], policy).isMatch, false);
  assertEquals(judge(["echo a"], policy).isMatch, false);
  assertEquals(judge(["echo", "a\0b"], policy).reason, "not-understood");
  assertEquals(judge([], policy).reason, "not-understood");
});

const TABLE: readonly (readonly [ExecSecurity, ExecAsk, hit: string, miss: string])[] = [
  ["deny", "off", "deny", "deny"],
  ["deny", "on-miss", "deny", "deny"],
  ["deny", "always", "deny", "deny"],
  ["allowlist", "off", "allow", "deny"],
  ["allowlist", "on-miss", "allow", "ask"],
  ["allowlist", "always", "ask", "ask"],
  ["full", "off", "allow", "allow"],
  ["full", "on-miss", "allow", "allow"],
  ["full", "always", "ask", "ask"],
];
for (const [security, ask, hit, miss] of TABLE) {
  Deno.test(`evaluateExec() with security ${security} and ask ${ask}`, () => {
    const policy = allowing(["ls"], { security, ask });
    assertEquals(judge("ls", policy).verdict, hit);
    assertEquals(judge("rm -rf /", policy).verdict, miss);
  });
}

Deno.test("evaluateExec() refuses variables that replace programs, and distrusts those that load code", () => {
  const withEnv = (env: Record<string, string>, policy: ExecPolicy) =>
    evaluateExec({ command: "ls", env }, policy, OPTIONS);
  const full = allowing([], { security: "full", ask: "off" });
  for (const name of ["PATH", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "Path", "ld_library_path"]) {
    const { verdict, reason } = withEnv({ [name]: "x" }, full);
    assertEquals([verdict, reason], ["deny", "unsafe-environment"], name);
  }
  for (
    const name of [
      "BASH_ENV",
      "NODE_OPTIONS",
      "GIT_SSH_COMMAND",
      "PYTHONSTARTUP",
      "IFS",
      "LESS",
      "KUBECONFIG",
    ]
  ) {
    const { verdict, reason } = withEnv({ [name]: "x" }, GENEROUS);
    assertEquals([verdict, reason], ["ask", "unsafe-environment"], name);
    assertEquals(withEnv({ [name]: "x" }, full).verdict, "allow");
  }
  assertEquals(withEnv({ COLOUR: "x" }, GENEROUS).verdict, "allow");
});

Deno.test("evaluateExec() asks about code in arguments when it is told to", () => {
  const strict = { strictInlineEval: true };
  for (const line of ["python3 -c 'x'", "python3 -uc x", "node --eval=x", "node -e x"]) {
    assertEquals(judge(line, GENEROUS).isMatch, true, line);
    assertEquals(judge(line, GENEROUS, strict).isMatch, false, line);
  }
  assertEquals(judge("python3 a.py", GENEROUS, strict).isMatch, true);
});

Deno.test("evaluateExec() counts the programs of skills only where that is on", () => {
  const options = { skillBins: ["deploy"] };
  const on = allowing([], { autoAllowSkills: true });
  assertEquals(judge("deploy", allowing([]), options).isMatch, false);
  assertEquals(judge("deploy", on, options).programs[0]?.allowedBy, "skill");
  assertEquals(judge("/tmp/deploy", on, options).isMatch, false);
});

Deno.test("evaluateExec() understands no text for the shell of another system", () => {
  const options = { isForeignShell: true };
  assertEquals(judge("ls", GENEROUS, options).reason, "not-understood");
  assertEquals(judge(["ls"], GENEROUS, options).isMatch, true);
});

Deno.test("evaluateExec() tells what matched and where it is", () => {
  const { programs } = judge("nice git log | head -n 1", allowing(["git"]));
  assertEquals(programs.map(({ argv, found, allowedBy }) => [argv, found?.path, allowedBy]), [
    [["git", "log"], "/usr/bin/git", "allowlist"],
    [["head", "-n", "1"], "/usr/bin/head", "safe-bin"],
  ]);
});
