import { assert, assertEquals, assertMatch } from "@std/assert";
import { envOf } from "../../base/mod.ts";
import { loadConfig } from "../load.ts";
import { parseEnvFile } from "./env_file.ts";
import { mayFolderSet } from "./folder_filter.ts";

Deno.test("parseEnvFile() reads what people write", () => {
  const text = `\uFEFF# comment
A=1
export B = two words # said aside
C="line\\nbreak \\"x\\" # no comment" # comment
D='raw \\n # text'
E=
F=a#b
 not a line
G="open
A=2`;
  assertEquals(parseEnvFile(text.replace("A=1", "A=1\r")), {
    A: "2",
    B: "two words",
    C: 'line\nbreak "x" # no comment',
    D: "raw \\n # text",
    E: "",
    F: "a#b",
    G: '"open',
  });
});

Deno.test("mayFolderSet() keeps a folder from redirecting credentials and configuring the gateway", () => {
  const refused = [
    "OPENCLAW_GATEWAY_TOKEN",
    "CLAWHUB_X",
    "OPENAI_API_KEY",
    "OPENAI_API_KEYS",
    "ANTHROPIC_API_KEY",
    "OPENAI_BASE_URL",
    "SLACK_API_HOST",
    "MATRIX_HOMESERVER",
    "PATH",
    "Path",
    "IRC_HOST",
    "https_proxy",
    "LD_PRELOAD",
    "NODE_OPTIONS",
  ];
  assertEquals(refused.filter(mayFolderSet), []);
  for (const name of ["GEMINI_API_KEY", "TELEGRAM_BOT_TOKEN", "MY_PORT"]) {
    assert(mayFolderSet(name), name);
  }
});

Deno.test("variables come from the process, the folder, the state, the service file, the configuration", async () => {
  const home = await Deno.makeTempDir();
  try {
    const stateDir = `${home}/.openclaw`;
    const folder = `${home}/project`;
    for (const dir of [stateDir, folder, `${home}/.config/openclaw`]) {
      await Deno.mkdir(dir, { recursive: true });
    }
    await Deno.writeTextFile(`${folder}/.env`, "A=folder\nB=folder\nOPENCLAW_GATEWAY_PORT=1");
    await Deno.writeTextFile(
      `${stateDir}/.env`,
      "B=state\nC=state\nOPENCLAW_GATEWAY_PORT=2\nF=state",
    );
    await Deno.writeTextFile(`${home}/.config/openclaw/gateway.env`, "C=service\nD=service");
    const configPath = `${stateDir}/openclaw.json`;
    await Deno.writeTextFile(
      configPath,
      '{ env: { D: "config", E: "key", vars: { F: "vars", G: "${C}" } } }',
    );
    const paths = { home, stateDir, configPath, workspaceDir: `${stateDir}/w` };
    const read = (at = paths) =>
      loadConfig({ env: envOf({ A: "process", F: "" }), paths: at, folder });
    const { env, processEnv, fileVariables } = await read();
    const names = ["A", "B", "C", "D", "E", "F", "G", "OPENCLAW_GATEWAY_PORT", "H"];
    assertEquals(names.map((name) => env.get(name)), [
      "process",
      "folder",
      "state",
      "service",
      "key",
      "state",
      "state",
      "2",
      undefined,
    ]);
    assertEquals([processEnv.get("A"), processEnv.get("B")], ["process", undefined]);
    assertEquals(fileVariables.OPENCLAW_GATEWAY_PORT, "2");

    const other = await read({ ...paths, home: `${home}/elsewhere` });
    assertEquals(other.env.get("D"), "config", "the service file is of the default state only");

    await Deno.writeTextFile(`${stateDir}/.env`, " ".repeat(1024 * 1024 + 1));
    const { valid, warnings } = await read();
    assert(valid);
    assertMatch(warnings[0]!.message, /^Cannot read ".*\.env": more than 1048576 bytes$/);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
