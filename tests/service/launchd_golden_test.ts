/**
 * Definitions for launchd as golden files, read back, and read by parsers that are not ours.
 *
 * `deno test -A … tests/service/launchd_golden_test.ts -- --update` writes the files anew.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { runCommand } from "../../lib/platform/mod.ts";
import { auditDefinition } from "../../lib/service/mod.ts";
import { parseJob } from "../../lib/service/launchd/job.ts";
import { goldenSpecs } from "./launchd_specs.ts";

const FOLDER = fromFileUrl(new URL("golden/launchd", import.meta.url));
const SPECS = await goldenSpecs();

async function golden(name: string, text: string): Promise<void> {
  const path = join(FOLDER, name);
  if (Deno.args.includes("--update")) await Deno.writeTextFile(path, text);
  assertEquals(text, await Deno.readTextFile(path), `golden file ${name}`);
}

for (const { name, manager, spec } of SPECS) {
  Deno.test(`the definition of "${name}" is as it was, private, and reads back`, async () => {
    const { files, commands } = manager.planInstall(spec);
    const [wrapper, environment, plist] = files;
    await golden(`${name}.plist`, plist!.text);
    await golden(`${name}.env`, environment!.text);
    assertEquals([wrapper!.mode, environment!.mode, plist!.mode], [0o700, 0o600, 0o600]);
    assertEquals(plist!.path, manager.definitionPath);
    assertEquals(commands.map(([, verb]) => verb), ["bootout", "enable", "bootstrap"]);

    const read = parseJob(plist!.text, plist!.path, (path) => {
      assertEquals(path, environment!.path);
      return environment!.text;
    });
    assertEquals(read.command, spec.command);
    assertEquals(read.workingDirectory, spec.workingDirectory);
    assertEquals(read.environment, { ...spec.environment, ...spec.privateEnvironment });
    assert(Object.values(read.environmentSources).every((source) => source === "file"));
    const issues = auditDefinition(read, {
      kind: "launchd",
      os: "darwin",
      port: Number(spec.command.at(-1)),
      version: "2026.5.12",
      program: spec.command[0],
      managedKeys: ["OPENAI_API_KEY"],
      exists: () => true,
    });
    assertEquals(issues, []);
  });
}

Deno.test("what is shown of a definition has the names of secrets and none of their values", () => {
  const { manager, spec } = SPECS.find(({ name }) => name === "secrets")!;
  const [, environment] = manager.planInstall(spec).files;
  assert(environment!.text.includes("two"));
  const shown = environment!.shownText!;
  assertEquals(shown.split("\n").filter((line) => /KEY/.test(line)), [
    "export OPENAI_API_KEY='***'",
    "export PRIVATE_KEY='***'",
  ]);
  assert(!/BEGIN|two|END|it's/.test(shown), shown);
});

Deno.test("a shell hands every variable over as it was given", async () => {
  for (const { manager, spec } of SPECS) {
    const [wrapper, environment] = manager.planInstall(spec).files;
    const folder = await Deno.makeTempDir();
    const [script, file] = [join(folder, "a b.sh"), join(folder, "it's.env")];
    await Deno.writeTextFile(script, wrapper!.text, { mode: 0o700 });
    await Deno.writeTextFile(file, environment!.text);
    const program = ["/bin/sh", "-c", 'printf "%s" "$1"; env -0', "sh", "two  words"];
    const { stdout } = await new Deno.Command(script, {
      args: [file, ...program],
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
    }).output();
    await Deno.remove(folder, { recursive: true });
    const text = new TextDecoder().decode(stdout);
    assert(text.startsWith("two  words"), text);
    const seen = new Map(
      text.slice("two  words".length).split("\0").map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );
    for (
      const [key, value] of Object.entries({ ...spec.environment, ...spec.privateEnvironment })
    ) {
      assertEquals(seen.get(key), value, key);
    }
  }
});

Deno.test("a parser of property lists that is not ours reads the same", async () => {
  const script = "import json,plistlib,sys\n" +
    "print(json.dumps([plistlib.load(open(p,'rb')) for p in sys.argv[1:]]))";
  const paths = SPECS.map(({ name }) => join(FOLDER, `${name}.plist`));
  const result = await runCommand("python3", ["-c", script, ...paths]).catch(() => undefined);
  if (result === undefined || result.code !== 0) {
    return console.warn("left out: there is no python3 with plistlib");
  }
  const read = JSON.parse(result.stdout) as Record<string, unknown>[];
  for (const [index, { spec, manager }] of SPECS.entries()) {
    const job = read[index]!;
    assertEquals(Object.keys(job), KEYS);
    assertEquals((job.ProgramArguments as string[]).slice(2), [...spec.command]);
    assertEquals(job.KeepAlive, { SuccessfulExit: false });
    assertEquals([job.RunAtLoad, job.Umask, job.ExitTimeOut, job.ThrottleInterval], [
      true,
      63,
      30,
      10,
    ]);
    assertEquals(manager.definitionPath.endsWith(`/${job.Label}.plist`), true);
    assertEquals(job.WorkingDirectory, spec.stateDir);
  }
});

const KEYS: readonly string[] = [
  ...["Label", "Comment", "RunAtLoad", "KeepAlive", "ExitTimeOut", "ProcessType"],
  ...["ThrottleInterval", "Umask", "ProgramArguments", "WorkingDirectory"],
  ...["StandardOutPath", "StandardErrorPath"],
];

Deno.test("plutil of the Debian library takes the files", async () => {
  for (const { name } of SPECS) {
    const path = join(FOLDER, `${name}.plist`);
    const result = await runCommand("plistutil", ["-i", path]).catch(() => undefined);
    if (result === undefined) return console.warn("left out: there is no plistutil");
    assertEquals(result.code, 0, `${name}: ${result.stderr}`);
  }
});
