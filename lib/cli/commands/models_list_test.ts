import { assertEquals, assertStringIncludes } from "@std/assert";
import { createHome } from "../testing/run_test.ts";

Deno.test("models list shows the demo model until a provider is configured", async () => {
  await using home = await createHome();
  const { code, out } = await home.run("models", "list");
  assertEquals(code, 0);
  assertStringIncludes(out, "demo/echo");
  assertStringIncludes(out, "Next: openclaw config set models.providers.openai.apiKey <key>");
});

Deno.test("models list shows configured models, and with --all those without a key", async () => {
  const config = JSON.stringify({
    gateway: { mode: "local" },
    models: {
      providers: {
        near: {
          baseUrl: "http://127.0.0.1:1234/v1",
          apiKey: "local-key",
          models: [{ id: "small", name: "Small" }],
        },
      },
    },
  });
  await using home = await createHome({ config });
  assertEquals((await home.run("models", "list", "--plain")).out, "near/small\n");
  const { models } = JSON.parse((await home.run("models", "list", "--all", "--json")).out);
  const rows = models.map((
    { key, available }: { key: string; available: boolean },
  ) => [key, available]);
  assertEquals(
    rows.some(([key, available]: [string, boolean]) => key === "near/small" && available),
    true,
  );
  assertEquals(
    rows.some(([key, available]: [string, boolean]) => key.startsWith("openai/") && !available),
    true,
  );
});

Deno.test("models list counts a key that is in a file or with a program as there", async () => {
  const near = {
    baseUrl: "http://127.0.0.1:1234/v1",
    apiKey: { source: "exec", provider: "helper", id: "near" },
    models: [{ id: "small" }],
  };
  const config = JSON.stringify({ gateway: { mode: "local" }, models: { providers: { near } } });
  await using home = await createHome({ config });
  assertEquals((await home.run("models", "list", "--plain")).out, "near/small\n");
});
