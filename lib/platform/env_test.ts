import { assertEquals } from "@std/assert";
import { environmentRecord, systemEnv } from "./env.ts";

const NAME = "OPENCLAW_ENV_TEST_VARIABLE";

Deno.test("systemEnv() sees the live environment, environmentRecord() copies it", () => {
  const env = systemEnv();
  const before = environmentRecord();
  assertEquals(env.get(NAME), undefined);
  Deno.env.set(NAME, "");
  assertEquals(env.get(NAME), "");
  assertEquals(environmentRecord()[NAME], "");
  assertEquals(before[NAME], undefined);
  Deno.env.delete(NAME);
});
