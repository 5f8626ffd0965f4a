import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { checkVariables, childEnvironment } from "./environment.ts";

Deno.test("checkVariables() names every variable that it refuses, sorted", () => {
  const error = assertThrows(
    () => checkVariables({ FOO: "1", PATH: "/x", ld_preload: "x", NODE_OPTIONS: "x", "A B": "1" }),
    AppError,
  );
  assertEquals(error.code, "INVALID_REQUEST");
  assertEquals(
    error.message,
    "SYSTEM_RUN_DENIED: environment override rejected (blocked override keys: LD_PRELOAD, " +
      "NODE_OPTIONS, PATH; invalid non-portable override keys: A B)",
  );
  checkVariables({ FOO: "1", LANG: "C" });
});

Deno.test("childEnvironment() hands on no credential and nothing that steers the host", () => {
  const own = {
    HOME: "/h",
    PATH: "/bin",
    LANG: "C",
    OPENCLAW_GATEWAY_TOKEN: "1",
    OPENCLAW_STATE_DIR: "1",
    OPENAI_API_KEY: "1",
    GITHUB_TOKEN: "1",
    AWS_SECRET_ACCESS_KEY: "1",
    AWS_ACCESS_KEY_ID: "1",
    DB_PASSWORD: "1",
    my_secret: "1",
    SSH_AUTH_SOCK: "/s",
    KEYBOARD: "de",
    TOKENIZERS_PARALLELISM: "1",
  };
  assertEquals(childEnvironment(own, { LANG: "de", API_TOKEN: "asked for" }), {
    HOME: "/h",
    PATH: "/bin",
    LANG: "de",
    SSH_AUTH_SOCK: "/s",
    KEYBOARD: "de",
    TOKENIZERS_PARALLELISM: "1",
    API_TOKEN: "asked for",
    OPENCLAW_SHELL: "exec",
  });
});
