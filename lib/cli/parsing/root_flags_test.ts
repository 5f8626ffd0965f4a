import { assertEquals, assertThrows } from "@std/assert";
import { parseRootFlags, RootFlagError } from "./root_flags.ts";

Deno.test("parseRootFlags() finds root flags anywhere before --", () => {
  const { flags, rest } = parseRootFlags([
    "status",
    "--profile",
    "ops",
    "--json",
    "--no-color",
    "--log-level=debug",
    "--",
    "--profile",
  ]);
  assertEquals(flags, { isDev: false, profile: "ops", noColor: true, logLevel: "debug" });
  assertEquals(rest, ["status", "--json", "--", "--profile"]);
});

Deno.test("parseRootFlags() leaves --dev to gateway behind the word gateway", () => {
  assertEquals(parseRootFlags(["--dev", "gateway"]).flags.isDev, true);
  assertEquals(parseRootFlags(["status", "--dev"]).flags.isDev, true);
  const behind = parseRootFlags(["gateway", "run", "--dev"]);
  assertEquals(behind.flags.isDev, false);
  assertEquals(behind.rest, ["gateway", "run", "--dev"]);
});

Deno.test("parseRootFlags() takes the version flag only before the first word", () => {
  for (const args of [["--version"], ["-V"], ["-v"], ["--no-color", "--version"]]) {
    assertEquals(parseRootFlags(args).wantsVersion, true, args.join(" "));
  }
  assertEquals(parseRootFlags(["agent", "-m", "--version"]).wantsVersion, false);
  assertEquals(parseRootFlags(["status", "-v"]).wantsVersion, false);
});

Deno.test("parseRootFlags() refuses bad values", () => {
  const refused: [string[], string][] = [
    [["--profile"], "Missing value for --profile"],
    [["--profile", "--json"], "Missing value for --profile"],
    [["--profile="], "Missing value for --profile"],
    [["--dev", "--profile", "ops"], "Cannot combine --dev with --profile"],
    [["--log-level", "loud"], 'Invalid --log-level "loud"'],
    [["--container", "box", "status"], 'Cannot use --container "box": not supported in this build'],
  ];
  for (const [args, message] of refused) {
    assertThrows(() => parseRootFlags(args), RootFlagError, message);
  }
});
