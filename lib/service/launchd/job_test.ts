import { assertEquals } from "@std/assert";
import { parseJob } from "./job.ts";
import { buildPlist, type PlistDict } from "./plist.ts";

function read(job: PlistDict, files: Record<string, string> = {}) {
  return parseJob(buildPlist(job), "/a.plist", (path) => files[path]);
}

Deno.test("parseJob() looks behind the script of an earlier installation", () => {
  const folder = "/Users/ada/.openclaw/service-env";
  const definition = read({
    Label: "ai.openclaw.gateway",
    KeepAlive: true,
    ProgramArguments: [
      `${folder}/ai.openclaw.gateway-env-wrapper.sh`,
      `${folder}/ai.openclaw.gateway.env`,
      ...["/opt/node", "/opt/openclaw/dist/index.js", "gateway", "--port", "18789"],
    ],
    WorkingDirectory: "/Users/ada/.openclaw",
    EnvironmentVariables: { BOTH: "inline", ONLY: "inline", ODD: 7 },
  }, { [`${folder}/ai.openclaw.gateway.env`]: "# c\nexport BOTH='file'\nexport KEY='it'\\''s'\n" });
  assertEquals(definition.command[0], "/opt/node");
  assertEquals(definition.command.length, 5);
  assertEquals(definition.workingDirectory, "/Users/ada/.openclaw");
  // The script runs last, so its file wins.
  assertEquals(definition.environment, { BOTH: "file", ONLY: "inline", KEY: "it's" });
  assertEquals(definition.environmentSources, {
    BOTH: "inline-and-file",
    ONLY: "inline",
    KEY: "file",
  });
});

Deno.test("parseJob() takes definitions that others have written as they are", () => {
  assertEquals(read({ Program: "/bin/x" }).command, ["/bin/x"]);
  assertEquals(read({ ProgramArguments: ["/bin/x", 1, "y"] }).command, ["/bin/x", "y"]);
  assertEquals(read({ ProgramArguments: "no list" }).command, []);
  const gone = read({ ProgramArguments: ["/x-env-wrapper.sh", "/gone.env", "/bin/x"] });
  assertEquals([gone.command, gone.environment], [["/bin/x"], {}]);
  const short = read({ ProgramArguments: ["/x-env-wrapper.sh"] });
  assertEquals(short.command, ["/x-env-wrapper.sh"]);
});
