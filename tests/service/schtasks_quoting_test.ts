/**
 * Scripts of Windows against a simulator of their readers: what is written is what arrives.
 *
 * `OPENCLAW_TEST_SEED` replays a run.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import {
  buildPrivateValues,
  parseGatewayCmd,
  parsePrivateValues,
} from "../../lib/service/schtasks/gateway_cmd.ts";
import { commandLine, setLine, splitCommandLine } from "../../lib/service/schtasks/quoting.ts";
import { programArguments, simulateBatch, simulateForSet } from "../harness/fakes/cmd_simulator.ts";
import { Dice, seedOf } from "../harness/fakes/dice.ts";

const CASES = 2000;
/** What readers act on, more often than anything else. */
const PIECES = [
  ...[
    "%",
    "&",
    "^",
    "!",
    '"',
    "\\",
    "|",
    "<",
    ">",
    "(",
    ")",
    "=",
    ",",
    ";",
    "@",
    "'",
    "`",
    "~",
    "*",
  ],
  ...[
    " ",
    "\t",
    "  ",
    "%PATH%",
    "%%",
    "%1",
    "%~dp0",
    "\\\\",
    '\\"',
    '""',
    "^^",
    "^!",
    "!x!",
    "rem ",
  ],
  ...["a", "Z", "0", "é", "ß", "日本", "🦞", "C:\\Program Files\\", "--port", "=x", "/c"],
];

function randomText(dice: Dice, least = 0): string {
  return Array.from({ length: least + dice.below(12) }, () => dice.pick(PIECES)).join("");
}

Deno.test("the simulator itself reads documented examples", () => {
  const read = (line: string) => simulateBatch(line).runs[0];
  assertEquals(read('prog "a b" c\\\\"d e"'), ["prog", "a b", "c\\d e"]);
  assertEquals(read('prog "a\\"b" "c\\\\"'), ["prog", 'a"b', "c\\"]);
  assertEquals(read("prog 100%% ^& x"), ["prog", "100%", "&", "x"]);
  assertEquals(simulateBatch('set "A=1&2"').variables.A, "1&2");
  assertEquals(simulateBatch('set "A=a^b"').variables.A, "a^b");
  assertEquals(simulateBatch("set A=%X%b").variables.A, "b");
  assertThrows(() => simulateBatch("prog a & del b"), Error, "an operator");
  assertEquals(programArguments('p "a""b"'), ["p", 'a"b']);
});

Deno.test(`${CASES} random commands arrive as they were`, () => {
  const dice = new Dice(seedOf("quoting"));
  for (let turn = 0; turn < CASES; turn++) {
    const program = `C:\\${randomText(dice).replace(/[<>:"/|?*\\\t]/g, "")}\\openclaw.exe`;
    const args = Array.from({ length: dice.below(5) }, () => randomText(dice));
    const line = commandLine([program, ...args]);
    assertEquals(simulateBatch(line, { PATH: "x" }).runs, [[program, ...args]], dice.told(line));
    const { command } = parseGatewayCmd(`rem ${OWN}\r\n${line}\r\n`, "x", undefined);
    assertEquals(command, [program, ...args], dice.told(line));
  }
});

const OWN = "Started by a script beside it that reads private values and starts it again";

Deno.test(`${CASES} random variables arrive as they were, inline and from the private file`, () => {
  const dice = new Dice(seedOf("variables"));
  for (let turn = 0; turn < CASES; turn++) {
    const value = randomText(dice, 1);
    const line = setLine("NAME", value);
    assertEquals(simulateBatch(line, { PATH: "x" }).variables.NAME, value, dice.told(line));
    const { environment } = parseGatewayCmd(`rem ${OWN}\r\n${line}\r\n`, "x", undefined);
    assertEquals(environment.NAME, value, dice.told(line));
    const file = buildPrivateValues({ NAME: value });
    assertEquals(simulateForSet(file), { NAME: value }, dice.told(file));
    assertEquals(parsePrivateValues(file), { NAME: value }, dice.told(file));
  }
});

Deno.test("random lines never throw and never loop", () => {
  const dice = new Dice(seedOf("lines"));
  for (let turn = 0; turn < CASES; turn++) {
    const text = Array.from({ length: dice.below(6) }, () => randomText(dice)).join("\r\n");
    parseGatewayCmd(text, "x", text);
    splitCommandLine(text);
  }
});
