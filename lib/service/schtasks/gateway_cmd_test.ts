import { assertEquals } from "@std/assert";
import { parseGatewayCmd, parsePrivateValues } from "./gateway_cmd.ts";

/** In the form of the original, which escapes within quotes. */
const FOREIGN = [
  "@echo off",
  "rem OpenClaw Gateway (v2026.5.12)",
  'cd /d "C:\\Open Claw"',
  'set "HOME=C:\\Users\\ann"',
  'set "A=1^^2^!3%%4^"5"',
  "set B=plain",
  'set "OPENCLAW_SERVICE_MARKER=openclaw"',
  '"C:\\Program Files\\nodejs\\node.exe" C:\\openclaw\\dist\\index.js gateway --port 18790 "a^!b"',
  "",
].join("\r\n");

Deno.test("parseGatewayCmd() reads what the original has written", () => {
  const definition = parseGatewayCmd(FOREIGN, "C:\\x.cmd", undefined);
  assertEquals(definition.command, [
    "C:\\Program Files\\nodejs\\node.exe",
    "C:\\openclaw\\dist\\index.js",
    "gateway",
    "--port",
    "18790",
    "a!b",
  ]);
  assertEquals(definition.workingDirectory, "C:\\Open Claw");
  assertEquals(definition.environment, {
    HOME: "C:\\Users\\ann",
    A: '1^2!3%4"5',
    B: "plain",
    OPENCLAW_SERVICE_MARKER: "openclaw",
  });
  assertEquals(new Set(Object.values(definition.environmentSources)), new Set(["inline"]));
});

Deno.test("parseGatewayCmd() takes lines that end otherwise, and a file of nothing", () => {
  const read = (text: string) => parseGatewayCmd(text, "x", undefined).command;
  assertEquals(read("\uFEFF@echo off\nREM x\nopenclaw gateway\n"), ["openclaw", "gateway"]);
  assertEquals(read(""), []);
});

Deno.test("parseGatewayCmd() lets a value of the script win over one of the private file", () => {
  const { environment, environmentSources } = parseGatewayCmd(
    'set "A=script"\r\nx gateway\r\n',
    "x",
    'A="file"\r\nB="file"\r\n',
  );
  assertEquals(environment, { A: "script", B: "file" });
  assertEquals(environmentSources, { A: "inline-and-file", B: "file" });
});

Deno.test("parsePrivateValues() passes over what is no value", () => {
  assertEquals(parsePrivateValues('A="1"\nnothing\n=x\nB=2\n'), { A: "1" });
});
