import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { findGatewayJobs } from "./jobs.ts";
import { buildPlist, type PlistDict } from "./plist.ts";

Deno.test("findGatewayJobs() finds every job that starts a gateway, and no other", async () => {
  const folder = await Deno.makeTempDir();
  const write = (name: string, job: PlistDict | string) =>
    Deno.writeTextFile(join(folder, name), typeof job === "string" ? job : buildPlist(job));
  const command = ["/opt/openclaw", "gateway", "--port", "18800"];
  await write("a.plist", { Label: "ai.openclaw.ops", ProgramArguments: command });
  await write("b.plist", { Label: "org.other", ProgramArguments: ["/bin/other", "gateway"] });
  await write("c.plist", { Label: "org.claw", ProgramArguments: ["/opt/openclaw", "node"] });
  await write("com.clawdbot.plist", "bplist00");
  await write("d.plist", { Label: "own.claw", ProgramArguments: ["/x/OpenClaw", "gateway"] });
  await write("e.txt", { Label: "no", ProgramArguments: command });
  const jobs = await findGatewayJobs([folder, join(folder, "missing")]);
  await Deno.remove(folder, { recursive: true });
  assertEquals(
    jobs.map(({ label, port, isLegacy, isManaged }) => [label, port, isLegacy, isManaged]),
    [
      ["ai.openclaw.ops", 18800, false, true],
      ["com.clawdbot", undefined, true, false],
      ["own.claw", undefined, false, false],
    ],
  );
});
