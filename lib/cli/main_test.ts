import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { runCommandLine } from "./main.ts";
import type { CommandContext, CommandSpec } from "./table.ts";
import { testHost } from "./testing/host_test.ts";

function tableWith(run: (context: CommandContext) => Promise<number>): readonly CommandSpec[] {
  return [
    { path: [], summary: "Test program." },
    {
      path: ["act"],
      summary: "Acts",
      details:
        "Details that are long enough to be broken into more than one line of the help text.",
      args: [{ name: "thing", description: "What", choices: ["a", "b"] }],
      options: [
        { name: "json", type: "flag", description: "JSON" },
        {
          name: "size",
          short: "s",
          type: "port",
          placeholder: "port",
          description: "How big",
          default: "1",
          env: "SIZE",
        },
        { name: "secret", type: "text", description: "Nothing to see", hidden: true },
      ],
      examples: [{ command: "openclaw act a", description: "Act on a" }],
      load: () => Promise.resolve({ run }),
    },
  ];
}

async function runTable(
  args: string[],
  run: (context: CommandContext) => Promise<number> = () => Promise.resolve(0),
  env: Record<string, string> = {},
) {
  const host = testHost({ HOME: "/nonexistent", ...env }, { columns: 60 });
  const code = await runCommandLine(args, host, tableWith(run));
  return { code, ...host.output };
}

Deno.test("runCommandLine() shows help from the table", async () => {
  const { code, out } = await runTable(["act", "--help"], undefined, { OPENCLAW_HIDE_BANNER: "1" });
  assertEquals(code, 0);
  assertEquals(
    out,
    `Usage: openclaw act [thing] [options]

Acts

Details that are long enough to be broken into more than one
line of the help text.

Arguments:
  [thing]  What (a | b)

Options:
  --json             JSON
  -s, --size <port>  How big (default: 1; env: SIZE)

Root options: openclaw --help

Examples:
  # Act on a
  openclaw act a
`,
  );
});

Deno.test("runCommandLine() answers bare, help and --help alike", async () => {
  const bare = await runTable([]);
  assertEquals(bare.code, 0);
  assertStringIncludes(bare.out, "🦞 OpenClaw 2026.5.12 (");
  assertStringIncludes(bare.out, "Commands:\n  act  Acts");
  for (const args of [["help"], ["--help"], ["-h"]]) {
    assertEquals((await runTable(args)).out, bare.out, args.join(" "));
  }
  assertEquals((await runTable(["help", "act"])).out, (await runTable(["act", "-h"])).out);
});

Deno.test("runCommandLine() answers with the code of the command", async () => {
  const { code } = await runTable(["act", "a", "--size", "80"], (context) => {
    assertEquals(context.args, ["a"]);
    return Promise.resolve(context.options.number("size")!);
  });
  assertEquals(code, 80);
});

Deno.test("runCommandLine() applies root flags to the environment", async () => {
  const seen: (string | undefined)[] = [];
  const look = (context: CommandContext) => {
    const names = ["OPENCLAW_PROFILE", "OPENCLAW_GATEWAY_PORT", "NO_COLOR", "OPENCLAW_LOG_LEVEL"];
    seen.push(...names.map((name) => context.env.get(name)), context.profile);
    seen.push(context.say("status"));
    return Promise.resolve(0);
  };
  await runTable(["--dev", "act", "--no-color", "--log-level", "debug"], look);
  assertEquals(seen, ["dev", "19001", "1", "debug", "dev", "openclaw --dev status"]);
  seen.length = 0;
  await runTable(["act", "--profile", "ops"], look);
  assertEquals(
    seen,
    ["ops", undefined, undefined, undefined, "ops", "openclaw --profile ops status"],
  );
});

Deno.test("runCommandLine() shows each kind of failure with its exit code", async () => {
  const cases: [string[], number, string][] = [
    [["nope"], 64, "Unknown command: openclaw nope\nTry: openclaw --help\n"],
    [
      ["act", "--jsn"],
      64,
      'Unknown option "--jsn" for "openclaw act", did you mean "--json"\n' +
      "Try: openclaw act --help\n",
    ],
    [
      ["--profile", "ops", "act", "--nope"],
      64,
      'Unknown option "--nope" for "openclaw act"\nTry: openclaw --profile ops act --help\n',
    ],
    [["act", "--profile"], 2, "[openclaw] Missing value for --profile\n"],
    [
      ["--dev", "--profile", "x", "act"],
      2,
      "[openclaw] Cannot combine --dev with --profile, --dev is the profile dev\n",
    ],
  ];
  for (const [args, code, err] of cases) {
    const result = await runTable(args);
    assertEquals(result.code, code, args.join(" "));
    assertStringIncludes(result.err, err);
    assertEquals(result.out, "");
  }
  const badName = await runTable(["--profile", "../x", "act"]);
  assertEquals(badName.code, 2);
  assertStringIncludes(badName.err, '[openclaw] Cannot use profile "../x"');
});

Deno.test("runCommandLine() shows an AppError with hint, context and no secret", async () => {
  const { code, err } = await runTable(["act"], () => {
    throw new AppError("GATEWAY_UNREACHABLE", "No answer with Bearer abcdefghijkl", {
      hint: "openclaw gateway run",
      details: { context: ["Source: test"] },
    });
  }, { OPENCLAW_PROFILE: "ops" });
  assertEquals(code, 69);
  assertEquals(
    err,
    "No answer with [redacted]\nSource: test\nFix: openclaw --profile ops gateway run\n",
  );
});

Deno.test("runCommandLine() writes failures as JSON when asked", async () => {
  const { code, out, err } = await runTable(["act", "--json"], () => {
    throw new AppError("CONFIG_INVALID", "It is wrong", { hint: "openclaw config validate" });
  });
  assertEquals([code, err], [78, ""]);
  assertEquals(JSON.parse(out), {
    ok: false,
    error: { code: "CONFIG_INVALID", message: "It is wrong", hint: "openclaw config validate" },
  });
  const usage = await runTable(["act", "--json", "--nope"]);
  assertEquals(usage.code, 64);
  assertEquals(JSON.parse(usage.out).error.code, "USAGE");
});

Deno.test("runCommandLine() shows a stack only when asked", async () => {
  const fail = () => Promise.reject(new Error("surprise"));
  const plain = await runTable(["act"], fail);
  assertEquals(plain.code, 1);
  assertStringIncludes(
    plain.err,
    "[openclaw] Reason: surprise\n[openclaw] Debug: set OPENCLAW_DEBUG=1",
  );
  assert(!plain.err.includes("main_test.ts"));
  const debug = await runTable(["act"], fail, { OPENCLAW_DEBUG: "1" });
  assertStringIncludes(debug.err, "main_test.ts");
});
