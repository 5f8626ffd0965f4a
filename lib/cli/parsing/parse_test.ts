import { assert, assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { COMMANDS } from "../commands.ts";
import { parseInvocation } from "./parse.ts";
import type { CommandSpec } from "../table.ts";

const load = () => Promise.resolve({ run: () => Promise.resolve(0) });

const TABLE: readonly CommandSpec[] = [
  { path: [], summary: "Test program" },
  {
    path: ["box"],
    summary: "Group",
    options: [{ name: "size", type: "port", description: "Size" }],
    load,
  },
  {
    path: ["box", "open"],
    aliases: ["unlock"],
    summary: "Open",
    args: [
      { name: "key", description: "Key", required: true },
      { name: "side", description: "Side", choices: ["left", "right"] },
    ],
    options: [
      { name: "size", type: "port", description: "Size" },
      { name: "message", short: "m", aliases: ["msg"], type: "text", description: "Text" },
      { name: "which", type: "text", bareValue: "latest", description: "Which" },
      { name: "level", type: "text", choices: ["low", "high"], description: "Level" },
      { name: "count", short: "n", type: "integer", description: "Count" },
      { name: "tag", type: "list", description: "Tags" },
      { name: "dry-run", type: "flag", description: "Dry" },
      { name: "no-probe", type: "flag", description: "No probe" },
    ],
    load,
  },
  {
    path: ["free"],
    summary: "Any words",
    args: [{ name: "word", description: "Words", variadic: true }],
    load,
  },
];

function parse(...tokens: string[]) {
  return parseInvocation(tokens, TABLE);
}

Deno.test("parseInvocation() finds commands, groups and aliases", () => {
  assertEquals(parse().spec.path, []);
  assertEquals(parse("box").spec.path, ["box"]);
  assertEquals(parse("box", "open", "k").spec.path, ["box", "open"]);
  assertEquals(parse("box", "unlock", "k").spec.path, ["box", "open"]);
});

Deno.test("parseInvocation() hands options of a group down to its command", () => {
  const { spec, options } = parse("box", "--size", "80", "open", "k");
  assertEquals(spec.path, ["box", "open"]);
  assertEquals(options.number("size"), 80);
});

Deno.test("parseInvocation() reads values of every kind", () => {
  const { args, options } = parse(
    ...["box", "open", "-m", "- not an option", "--count=3", "--tag", "a", "--tag=b"],
    ...["--dry-run", "true", "--no-probe", "right"],
  );
  assertEquals(args, ["true", "right"]);
  assertEquals(options.text("message"), "- not an option");
  assertEquals(options.number("count"), 3);
  assertEquals(options.list("tag"), ["a", "b"]);
  assert(options.flag("dry-run"));
  assert(options.flag("no-probe"));
  assert(!options.has("level"));
});

Deno.test("parseInvocation() keeps text exactly as it was typed", () => {
  for (const text of ["", "a=b=c", "line\nbreak", "-1.5", "007", "true", "__proto__", "日本 🦞"]) {
    assertEquals(parse("box", "open", "k", `--message=${text}`).options.text("message"), text);
    assertEquals(parse("box", "open", "k", "--msg", text).options.text("message"), text);
    assertEquals(parse("free", "--", text).args, [text]);
  }
  assertEquals(parse("box", "open", "k", "-mhi").options.text("message"), "hi");
  assertEquals(parse("free", "007", "-5", "-").args, ["007", "-5", "-"]);
});

Deno.test("parseInvocation() lets help win over every other mistake", () => {
  for (const tokens of [["box", "open", "--help"], ["box", "open", "--nope", "-h"]]) {
    assert(parse(...tokens).wantsHelp, tokens.join(" "));
  }
  assert(parse("box", "open", "--message", "--help").wantsHelp);
  assert(!parse("free", "--", "--help").wantsHelp);
});

Deno.test("parseInvocation() refuses what the table does not know", () => {
  const refused: [string, string[], string][] = [
    ["UNKNOWN_COMMAND", ["boxx"], 'Unknown command: openclaw boxx, did you mean "box"'],
    ["UNKNOWN_COMMAND", ["zzzzz"], "Unknown command: openclaw zzzzz"],
    [
      "UNKNOWN_COMMAND",
      ["box", "opeen"],
      'Unknown command: openclaw box opeen, did you mean "open"',
    ],
    [
      "USAGE",
      ["box", "open", "k", "--cuont", "3"],
      'Unknown option "--cuont" for "openclaw box open", did you mean "--count"',
    ],
    ["USAGE", ["box", "open", "k", "-x"], 'Unknown option "-x" for "openclaw box open"'],
    ["USAGE", ["box", "open"], 'Missing required argument "key"'],
    [
      "USAGE",
      ["box", "open", "k", "left", "more"],
      'Too many arguments for "openclaw box open": "more"',
    ],
    ["USAGE", ["box", "open", "k", "up"], 'Invalid side "up", use one of: left, right'],
    ["USAGE", ["box", "open", "k", "--message"], "Option --message needs a value"],
    ["USAGE", ["box", "open", "k", "-m", "--count", "1"], "Option --message needs a value"],
    ["USAGE", ["box", "open", "k", "--count", "x"], 'Invalid --count "x"'],
    ["USAGE", ["box", "open", "k", "--count=-1"], 'Invalid --count "-1"'],
    [
      "USAGE",
      ["box", "open", "k", "--level", "mid"],
      'Invalid --level "mid", use one of: low, high',
    ],
    ["USAGE", ["box", "open", "k", "--dry-run=maybe"], "Option --dry-run takes no value"],
    ["PORT_INVALID", ["box", "--size", "0"], "Invalid --size. Use a port number from 1 to 65535"],
    ["PORT_INVALID", ["box", "--size", "65536"], "Invalid --size."],
  ];
  for (const [code, tokens, message] of refused) {
    const error = assertThrows(() => parse(...tokens), AppError, message);
    assertEquals(error.code, code, tokens.join(" "));
    if (code !== "PORT_INVALID") assert(error.hint?.endsWith("--help"), tokens.join(" "));
  }
});

Deno.test("COMMANDS is consistent", () => {
  const names = new Set<string>();
  for (const spec of COMMANDS) {
    const name = spec.path.join(" ");
    assert(!names.has(name), `two commands "${name}"`);
    names.add(name);
    assert(!spec.summary.endsWith(".") || spec.path.length === 0, `summary of "${name}"`);
    const options = (spec.options ?? []).flatMap(({ name, short, aliases = [] }) => [
      ...(short === undefined ? [] : [short]),
      name,
      ...aliases,
    ]);
    assertEquals(new Set(options).size, options.length, `options of "${name}"`);
    for (const option of spec.options ?? []) assert(!option.description.endsWith("."), option.name);
    for (const { command } of spec.examples ?? []) {
      assert(command.includes("openclaw"), command);
    }
  }
});

Deno.test("parseInvocation() ends in a command or an error for random words", () => {
  const words = ["gateway", "run", "call", "--json", "--port", "1", "-m", "--", "x", "config", "="];
  const seed = Number(Deno.env.get("FUZZ_SEED") ?? 7);
  let state = seed;
  const next = (limit: number) => (state = (state * 48271) % 0x7fffffff) % limit;
  for (let round = 0; round < 2000; round++) {
    const tokens = Array.from({ length: next(7) }, () => words[next(words.length)]!);
    try {
      parseInvocation(tokens, COMMANDS);
    } catch (error) {
      assert(error instanceof AppError, `seed ${seed}: ${tokens.join(" ")}: ${error}`);
    }
  }
});

Deno.test("parseInvocation() takes an option without its value where it has one of its own", () => {
  const which = (...words: string[]) =>
    parseInvocation(["box", "open", "k", ...words], TABLE).options.text("which");
  assertEquals(which("--which"), "latest");
  assertEquals(which("--which", "--dry-run"), "latest");
  assertEquals(which("--which", "old"), "old");
  assertEquals(which("--which=old"), "old");
  assertEquals(which(), undefined);
});
