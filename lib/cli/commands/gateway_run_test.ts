import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { COMMANDS } from "../commands.ts";
import { Output } from "../output.ts";
import { parseInvocation } from "../parsing/parse.ts";
import { parseRootFlags } from "../parsing/root_flags.ts";
import type { CommandContext } from "../table.ts";
import { testHost } from "../testing/host_test.ts";
import { gatewayRunOptions } from "./gateway_run.ts";

function optionsOf(...args: string[]) {
  const { flags, rest } = parseRootFlags(args);
  const { spec, options, args: words } = parseInvocation(rest, COMMANDS);
  const host = testHost();
  const context: CommandContext = {
    spec,
    table: COMMANDS,
    args: words,
    options,
    root: flags,
    profile: flags.profile,
    host,
    env: host.env,
    clock: host.clock,
    out: new Output(host),
    say: (command) => `openclaw ${command}`,
  };
  const { env: _env, ...result } = gatewayRunOptions(context);
  return result;
}

const DEFAULTS = {
  allowUnconfigured: false,
  verbose: false,
  force: false,
  dev: false,
  reset: false,
  wsLog: "auto" as const,
  profile: undefined,
};

Deno.test("gatewayRunOptions() leaves absent flags to environment and config", () => {
  assertEquals(optionsOf("gateway"), DEFAULTS);
  assertEquals(optionsOf("gateway", "run"), DEFAULTS);
});

Deno.test("gatewayRunOptions() passes every flag on", () => {
  assertEquals(
    optionsOf(
      ...["--profile", "ops", "--log-level", "debug", "gateway", "--port", "19", "run"],
      ...["--bind", "lan", "--auth", "password", "--password-file", "/p", "--token", "t"],
      ...["--allow-unconfigured", "--force", "--dev", "--reset", "--verbose", "--ws-log", "full"],
    ),
    {
      port: 19,
      bind: "lan",
      auth: "password",
      passwordFile: "/p",
      token: "t",
      logLevel: "debug",
      allowUnconfigured: true,
      verbose: true,
      force: true,
      dev: true,
      reset: true,
      wsLog: "full",
      profile: "ops",
    },
  );
  assertEquals(optionsOf("gateway", "--compact").wsLog, "compact");
});

Deno.test("gatewayRunOptions() refuses flags that do not go together", () => {
  assertThrows(() => optionsOf("gateway", "--reset"), AppError, "--reset without --dev");
  assertThrows(
    () => optionsOf("gateway", "--password", "a", "--password-file", "b"),
    AppError,
    "Cannot combine",
  );
});
