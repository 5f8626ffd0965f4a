import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { PrivateFolder, snapshotOf } from "./_testing.ts";
import { resolveRuntime } from "./runtime.ts";

/** The profiles of agents with these files. */
async function resolve(
  folder: PrivateFolder,
  files: Record<string, unknown>,
  config: Record<string, unknown> = {},
  variables: Record<string, string> = {},
  lastGood?: Awaited<ReturnType<typeof resolveRuntime>>["snapshot"],
) {
  const stateDir = folder.path;
  const list = Object.keys(files).map((id) => ({ id }));
  for (const [id, content] of Object.entries(files)) {
    const dir = join(stateDir, "agents", id, "agent");
    await Deno.mkdir(dir, { recursive: true });
    const text = typeof content === "string"
      ? content
      : JSON.stringify({ version: 1, profiles: content });
    await Deno.writeTextFile(join(dir, "auth-profiles.json"), text);
  }
  const snapshot = await snapshotOf({ agents: { list }, ...config }, variables);
  const paths = {
    home: stateDir,
    stateDir,
    configPath: join(stateDir, "c"),
    workspaceDir: stateDir,
  };
  const runtime = await resolveRuntime(snapshot, { paths, lastGood });
  const profiles = runtime.snapshot.resolved!.profiles!;
  return {
    runtime,
    keys: Object.fromEntries(
      [...profiles].map(([id, own]) => [id, Object.fromEntries(own)]),
    ),
    warnings: runtime.warnings.map(({ code, path, message }) => `${code} ${path} ${message}`),
  };
}

Deno.test("resolveRuntime() reads keys, tokens and pointers of every agent", async () => {
  using folder = new PrivateFolder();
  const vault = folder.file("vault.json", '{"b":"file-secret"}');
  const { keys, warnings } = await resolve(
    folder,
    {
      main: {
        "OpenAI:default": { type: "api_key", provider: "OpenAI", key: "plain-key" },
        "groq:default": {
          type: "token",
          provider: "groq",
          tokenRef: { source: "env", provider: "default", id: "GROQ_TOKEN" },
        },
        "x:me": { type: "oauth", provider: "x", access: "a", refresh: "b" },
      },
      ops: {
        "openai:ops": {
          type: "api_key",
          provider: "openai",
          keyRef: { source: "file", provider: "vault", id: "/b" },
        },
      },
    },
    { secrets: { providers: { vault: { source: "file", path: vault } } } },
    { GROQ_TOKEN: "env-secret" },
  );
  assertEquals(warnings, []);
  assertEquals(keys, {
    main: { openai: "plain-key", groq: "env-secret" },
    ops: { openai: "file-secret" },
  });
});

Deno.test("resolveRuntime() takes the profile that auth.order names first, and the next when it is empty", async () => {
  using folder = new PrivateFolder();
  const ref = { source: "env", provider: "default", id: "NOT_THERE" };
  const { keys, warnings } = await resolve(
    folder,
    {
      main: {
        "a:one": { type: "api_key", provider: "a", key: "first" },
        "a:two": { type: "api_key", provider: "a", key: "second" },
        "b:one": { type: "api_key", provider: "b", keyRef: ref },
        "b:two": { type: "api_key", provider: "b", key: "spare" },
      },
    },
    { auth: { order: { a: ["a:two", "a:one"] } } },
  );
  assertEquals(keys, { main: { a: "second", b: "spare" } });
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0]!, 'SECRETS_PROFILE_UNRESOLVED profiles["b:one"].keyRef');
});

Deno.test("resolveRuntime() keeps a profile's last good secret, and survives a broken file", async () => {
  using folder = new PrivateFolder();
  const profile = {
    "a:one": {
      type: "api_key",
      provider: "a",
      keyRef: { source: "env", provider: "default", id: "A_KEY" },
    },
  };
  const first = await resolve(folder, { main: profile }, {}, { A_KEY: "good" });
  const second = await resolve(folder, { main: profile }, {}, {}, first.runtime.snapshot);
  assertEquals(second.keys, { main: { a: "good" } });
  const broken = await resolve(folder, { main: "{nope" });
  assertEquals(broken.keys, {});
  assertStringIncludes(broken.warnings[0]!, "it is not a JSON object");
});
