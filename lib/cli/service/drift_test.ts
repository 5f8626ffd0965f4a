import { assertEquals } from "@std/assert";
import { VERSION } from "../../base/mod.ts";
import { driftOf } from "./drift.ts";

const FACTS = {
  port: 18789,
  exists: (path: string) => path.startsWith("/usr/"),
  isTemporary: (path: string) => path.startsWith("/tmp/"),
};

function drift(command: string[], environment: Record<string, string> = {}): string[] {
  const rest = { environmentSources: {}, sourcePath: "/unit", text: "" };
  return driftOf({ command, environment, ...rest }, FACTS);
}

Deno.test("driftOf() finds what a definition cannot do any more", () => {
  const rows: [string[], Record<string, string>, string[]][] = [
    [["/usr/bin/openclaw", "gateway", "--port", "18789"], {}, []],
    [["/usr/bin/openclaw", "gateway"], { OPENCLAW_SERVICE_VERSION: VERSION }, []],
    [["/usr/bin/openclaw", "gateway"], { OPENCLAW_SERVICE_VERSION: "2020.1.1" }, [
      `service was installed by OpenClaw 2020.1.1, current CLI is ${VERSION}`,
    ]],
    [["/usr/bin/node", "/tmp/x/index.js", "gateway"], {}, [
      "service command points at a temporary path: /tmp/x/index.js",
    ]],
    [["/opt/gone", "gateway", "/opt/never-looked-at"], {}, [
      "service command points at a missing path: /opt/gone",
    ]],
    [["/tmp/wrapper", "gateway"], { OPENCLAW_WRAPPER: "/tmp/wrapper" }, [
      "service command points at a missing path: /tmp/wrapper",
    ]],
    [["/usr/bin/openclaw", "gateway", "--port", "1"], {}, [
      "service was installed for port 1, now it is 18789",
    ]],
    [[], {}, ["service definition names no command"]],
  ];
  for (const [command, environment, issues] of rows) {
    assertEquals(drift(command, environment), issues);
  }
});
