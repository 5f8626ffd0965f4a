import { assert, assertEquals } from "@std/assert";
import { envOf } from "../base/mod.ts";
import { serviceNames } from "./names.ts";
import { buildServiceSpec, type SpecFacts } from "./spec.ts";

function facts(over: Partial<SpecFacts> = {}): SpecFacts {
  return {
    os: "linux",
    names: serviceNames(undefined, envOf({})),
    version: "1.2.3",
    program: ["/home/u/.local/bin/openclaw"],
    port: 18790,
    home: "/home/u",
    stateDir: "/home/u/.openclaw",
    env: envOf({ PATH: "/tmp/x", AWS_SECRET: "no" }),
    secrets: {},
    managedKeys: [],
    ...over,
  };
}

Deno.test("buildServiceSpec() records the port in the command and in the variables", () => {
  const spec = buildServiceSpec(facts());
  assertEquals(spec.command, ["/home/u/.local/bin/openclaw", "gateway", "--port", "18790"]);
  assertEquals(spec.environment.OPENCLAW_GATEWAY_PORT, "18790");
  assertEquals(spec.environment.OPENCLAW_SERVICE_VERSION, "1.2.3");
  assertEquals(spec.description, "OpenClaw Gateway (v1.2.3)");
});

Deno.test("buildServiceSpec() takes nothing from the shell but what it names", () => {
  const { environment } = buildServiceSpec(facts());
  assertEquals(
    environment.PATH,
    "/home/u/.local/bin:/home/u/bin:/usr/local/bin:/usr/bin:/bin",
  );
  assert(!("AWS_SECRET" in environment));
});

Deno.test("buildServiceSpec() keeps what people added, secrets apart, and drops what is managed", () => {
  const previous = {
    command: [],
    environment: {
      TZ: "UTC",
      HOME: "/root",
      LD_PRELOAD: "/tmp/x.so",
      OPENCLAW_GATEWAY_TOKEN: "t",
      MY_KEY: "secret",
      FROM_DOTENV: "1",
    },
    environmentSources: {
      TZ: "inline",
      HOME: "inline",
      LD_PRELOAD: "inline",
      OPENCLAW_GATEWAY_TOKEN: "inline",
      MY_KEY: "file",
      FROM_DOTENV: "inline",
    },
    sourcePath: "/x",
    text: "",
  } as const;
  const spec = buildServiceSpec(facts({ previous, managedKeys: ["FROM_DOTENV"] }));
  assertEquals(spec.environment.TZ, "UTC");
  assertEquals(spec.environment.HOME, "/home/u");
  for (const key of ["LD_PRELOAD", "OPENCLAW_GATEWAY_TOKEN", "MY_KEY", "FROM_DOTENV"]) {
    assert(!(key in spec.environment), key);
  }
  assertEquals(spec.privateEnvironment, { MY_KEY: "secret" });
});

Deno.test("buildServiceSpec() puts secrets into the private part only", () => {
  const spec = buildServiceSpec(facts({ secrets: { OPENAI_API_KEY: "k" } }));
  assertEquals(spec.privateEnvironment, { OPENAI_API_KEY: "k" });
  assert(!("OPENAI_API_KEY" in spec.environment));
});
