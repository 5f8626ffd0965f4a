/**
 * What an installation on Windows writes and runs, in whole, for twelve services.
 *
 * `OPENCLAW_UPDATE_GOLDEN=1` writes the files anew; read the difference before it is committed.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { envOf } from "../../lib/base/mod.ts";
import {
  buildServiceSpec,
  serviceNames,
  type ServiceSpec,
  type SpecFacts,
} from "../../lib/service/mod.ts";
import { parseGatewayCmd } from "../../lib/service/schtasks/gateway_cmd.ts";
import { SchtasksManager } from "../../lib/service/schtasks/manager.ts";
import { encodeUtf16, isTaskEnabled } from "../../lib/service/schtasks/task_xml.ts";
import { simulateBatch } from "../harness/fakes/cmd_simulator.ts";
import { parseXml, type XmlElement } from "../harness/fakes/xml.ts";

const FOLDER = new URL("golden/schtasks/", import.meta.url).pathname;
const USER = { USERNAME: "ann", USERDOMAIN: "OFFICE" };

interface GoldenCase {
  readonly name: string;
  readonly env?: Record<string, string>;
  readonly profile?: string;
  readonly facts?: Partial<SpecFacts>;
  readonly stateDir?: string;
}

const CASES: readonly GoldenCase[] = [
  { name: "plain" },
  { name: "profile", profile: "ops", stateDir: "C:\\Users\\ann\\.openclaw-ops" },
  { name: "spaces", facts: { program: ["C:\\Program Files\\Open Claw\\openclaw.exe"] } },
  { name: "percent", facts: { program: ["C:\\100%\\%PATH%\\openclaw.exe"] } },
  {
    name: "ampersand",
    facts: { program: ["C:\\R&D (new)\\openclaw.exe"] },
    stateDir: "C:\\R&D (new)\\state",
  },
  { name: "caret_and_mark", facts: { program: ["C:\\a^b\\c!d!\\openclaw.exe"] } },
  {
    name: "unicode",
    env: { USERNAME: "Jörg Müller", USERDOMAIN: "BÜRO" },
    facts: { program: ["C:\\Users\\Jörg\\日本\\openclaw.exe"] },
    stateDir: "C:\\Users\\Jörg\\.openclaw",
  },
  {
    name: "wrapper",
    facts: { program: ["D:\\tools\\run it.cmd"], wrapper: "D:\\tools\\run it.cmd" },
  },
  {
    name: "source",
    facts: { program: ["C:\\deno\\deno.exe", "run", "-A", 'C:\\src "x"\\main.ts', ""] },
  },
  {
    name: "secrets",
    facts: { secrets: { OPENAI_API_KEY: 'a="b" & %c% ^ !d!', ANOTHER: "=padded=" } },
  },
  { name: "config_and_port", facts: { configPath: "D:\\My Config\\openclaw.json", port: 19001 } },
  {
    name: "names",
    env: {
      OPENCLAW_WINDOWS_TASK_NAME: "Büro <Gateway>".replace(/[<>]/g, "'"),
      OPENCLAW_TASK_SCRIPT_NAME: "claw.cmd",
      USERDOMAIN: "",
    },
  },
];

function specOf({ env = {}, profile, facts = {}, stateDir }: GoldenCase): {
  spec: ServiceSpec;
  manager: SchtasksManager;
} {
  const variables = envOf({ ...USER, ...env });
  const names = serviceNames(profile, variables);
  const folder = stateDir ?? "C:\\Users\\ann\\.openclaw";
  const home = "C:\\Users\\ann";
  const spec = buildServiceSpec({
    os: "windows",
    names,
    version: "1.2.3",
    program: ["C:\\Users\\ann\\AppData\\Local\\OpenClaw\\openclaw.exe"],
    port: 18789,
    home,
    stateDir: folder,
    env: variables,
    secrets: {},
    managedKeys: [],
    ...facts,
  });
  const manager = new SchtasksManager({
    runCommand: () => Promise.reject(new Error("a plan runs nothing")),
    env: variables,
    home,
    stateDir: folder,
    task: names.windowsTask,
    port: 18789,
  });
  return { spec, manager };
}

/** A tester's system may join paths with the other slash. */
function asOnWindows(text: string): string {
  return text.replaceAll("/gateway", "\\gateway").replaceAll("/claw", "\\claw");
}

for (const each of CASES) {
  Deno.test(`planInstall() for ${each.name}`, async () => {
    const { spec, manager } = specOf(each);
    const { files, commands } = manager.planInstall(spec);
    for (const { path, text } of files) {
      assert(!/[^\r]\n/.test(text) && text.endsWith("\r\n"), `${path} ends its lines otherwise`);
    }
    const text = [
      ...files.map(({ path, text }) => `== ${asOnWindows(path)} ==\r\n${text}`),
      ...commands.map((command) => `$ ${JSON.stringify(command.map(asOnWindows))}\r\n`),
    ].join("\r\n");
    await assertGolden(each.name, text.replaceAll("\r\n", "\n"));

    const script = files.find(({ path }) => path === manager.definitionPath)!.text;
    const secrets = files.find(({ path }) => path.endsWith(".env"))?.text;
    const { variables, runs } = simulateBatch(script, { PATH: "x" });
    assertEquals(runs, [[...spec.command]], "what is started");
    assertEquals({ ...variables, PATH: undefined }, { ...spec.environment, PATH: undefined });
    const definition = parseGatewayCmd(script, manager.definitionPath, secrets);
    assertEquals(definition.command, spec.command);
    assertEquals(definition.environment, { ...spec.environment, ...spec.privateEnvironment });
    assertTask(files.find(({ path }) => path.endsWith(".xml"))!.text, spec);
  });
}

async function assertGolden(name: string, text: string): Promise<void> {
  const path = join(FOLDER, `${name}.txt`);
  if (Deno.env.get("OPENCLAW_UPDATE_GOLDEN") === "1") await Deno.writeTextFile(path, text);
  assertEquals(text, await Deno.readTextFile(path));
}

/** Children in the order of the schema, which some readers insist on. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  Task: ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"],
  RegistrationInfo: ["Author", "Description"],
  LogonTrigger: ["Enabled", "UserId"],
  Principal: ["UserId", "LogonType", "RunLevel"],
  Settings: [
    ...["MultipleInstancesPolicy", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries"],
    ...["AllowHardTerminate", "StartWhenAvailable", "RunOnlyIfNetworkAvailable", "IdleSettings"],
    ...["AllowStartOnDemand", "Enabled", "Hidden", "RunOnlyIfIdle", "WakeToRun"],
    ...["ExecutionTimeLimit", "Priority", "RestartOnFailure"],
  ],
  RestartOnFailure: ["Interval", "Count"],
  Exec: ["Command", "Arguments", "WorkingDirectory"],
};

function assertTask(text: string, { description }: ServiceSpec): void {
  const task = parseXml(text);
  const visit = (element: XmlElement) => {
    const order = ORDER[element.name];
    if (order !== undefined) assertEquals(element.children.map(({ name }) => name), order);
    element.children.forEach(visit);
  };
  visit(task);
  const at = (...path: string[]) =>
    path.reduce((found, name) => found.children.find((each) => each.name === name)!, task);
  assertEquals(task.attributes.xmlns, "http://schemas.microsoft.com/windows/2004/02/mit/task");
  assertEquals(at("RegistrationInfo", "Description").text, description);
  assertEquals(at("Settings", "ExecutionTimeLimit").text, "PT0S");
  assert(Number(at("Settings", "RestartOnFailure", "Count").text) <= 255);
  const user = at("Triggers", "LogonTrigger", "UserId").text;
  assertEquals(at("Principals", "Principal", "UserId").text, user);
  assertEquals(at("Actions").attributes.Context, at("Principals", "Principal").attributes.id);
  assertEquals(isTaskEnabled(text), true);
  const bytes = encodeUtf16(text);
  assertEquals([bytes[0], bytes[1]], [0xff, 0xfe]);
  assertEquals(new TextDecoder("utf-16le").decode(bytes), text);
}

Deno.test({
  name: "xmllint takes the definitions for well-formed",
  ignore: !await hasXmllint(),
  async fn() {
    for (const each of CASES) {
      const { spec, manager } = specOf(each);
      const { text } = manager.planInstall(spec).files.find(({ path }) => path.endsWith(".xml"))!;
      const child = new Deno.Command("xmllint", { args: ["--noout", "-"], stdin: "piped" }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(encodeUtf16(text));
      await writer.close();
      assertEquals((await child.status).code, 0, each.name);
    }
  },
});

async function hasXmllint(): Promise<boolean> {
  try {
    return (await new Deno.Command("xmllint", { args: ["--version"], stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}
