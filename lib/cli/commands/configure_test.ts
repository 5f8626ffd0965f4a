import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createHome } from "../testing/run_test.ts";

/** Provider "Other", a local server, then the suggestions. */
const ANSWERS = (providerNumber: string) => [
  providerNumber,
  "not an address",
  "http://127.0.0.1:8080/v1",
  "server-key-1234",
  "small-model",
  "",
  "",
  "",
  "n",
  "",
];

async function numberOfOther(): Promise<string> {
  await using home = await createHome();
  const { out } = await home.answer(["x"], "configure");
  const number = /(\d+)\. Other/.exec(out)?.[1];
  assert(number !== undefined, out);
  return number;
}

Deno.test("configure asks, asks again for what it cannot take, and keeps comments", async () => {
  const config = '{\n  // mine\n  gateway: { mode: "local", auth: { token: "test-token" } },\n}\n';
  await using home = await createHome({ config });
  const { code, out, err } = await home.answer(ANSWERS(await numberOfOther()), "configure");
  assertEquals(code, 0, out + err);
  assertStringIncludes(out, "The address must begin with http:// or https://");
  assertStringIncludes(out, "Model: custom/small-model");
  const text = await Deno.readTextFile(home.configPath);
  assertStringIncludes(text, "// mine");
  const get = async (path: string) => (await home.run("config", "get", path)).out.trim();
  assertEquals(await get("models.providers.custom.baseUrl"), "http://127.0.0.1:8080/v1");
  assertEquals(await get("agents.defaults.model"), "custom/small-model");
  assertStringIncludes(text, "server-key-1234");
  assert(!out.includes("server-key-1234"));
});

Deno.test("configure changes nothing without a yes, or when the answers end", async () => {
  await using home = await createHome();
  const before = await Deno.readTextFile(home.configPath);
  const answers = ANSWERS(await numberOfOther());
  const declined = await home.answer([...answers.slice(0, -1), "n"], "config");
  assertEquals(declined.code, 0);
  assertStringIncludes(declined.out, "Nothing was changed");
  const ended = await home.answer(answers.slice(0, 3), "config");
  assertEquals(ended.code, 1);
  assertEquals(await Deno.readTextFile(home.configPath), before);
});

Deno.test("configure needs a terminal", async () => {
  await using home = await createHome();
  const { code, err } = await home.run("configure");
  assertEquals(code, 64);
  assertStringIncludes(err, "this is no terminal");
});
