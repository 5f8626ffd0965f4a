import { assert, assertEquals } from "@std/assert";
import { envOf } from "../base/mod.ts";
import { loadConfig } from "./mod.ts";

/** What importing `specifier` statically brings with it, as the module graph has it. */
async function staticImports(specifier: URL): Promise<string[]> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", specifier.href],
    stderr: "null",
  }).output();
  const graph = JSON.parse(new TextDecoder().decode(output.stdout)) as {
    roots: string[];
    modules: {
      specifier: string;
      dependencies?: { isDynamic?: boolean; code?: { specifier: string } }[];
    }[];
  };
  const bySpecifier = new Map(graph.modules.map((module) => [module.specifier, module]));
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { isDynamic, code } of bySpecifier.get(name)?.dependencies ?? []) {
      if (!isDynamic && code) visit(code.specifier);
    }
  };
  graph.roots.forEach(visit);
  return [...seen];
}

Deno.test("mod.ts loads neither the schema nor a parser", async () => {
  const imports = await staticImports(new URL("./mod.ts", import.meta.url));
  assert(imports.some((name) => name.endsWith("/config/load.ts")));
  const heavy = imports.filter((name) => /zod|json5|config\/schema\//.test(name));
  assertEquals(heavy, []);
});

Deno.test("loadConfig() reads a file of 5 KB in less than 5 ms once it is warm", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const paths = {
      home: dir,
      stateDir: dir,
      configPath: `${dir}/openclaw.json`,
      workspaceDir: `${dir}/w`,
    };
    const list = Array.from({ length: 40 }, (_, i) => ({
      id: `agent-${i}`,
      name: `Agent ${i}`,
      model: { primary: "p/m", fallbacks: ["p/n"] },
      identity: { name: "Claw" },
    }));
    const config = {
      gateway: { mode: "local", port: 1, auth: { token: "${T}" } },
      agents: { list },
    };
    await Deno.writeTextFile(paths.configPath, JSON.stringify(config, null, 1));
    assert((await Deno.stat(paths.configPath)).size > 5000);
    const options = { env: envOf({ T: "t" }), paths };
    assert((await loadConfig(options)).valid);
    const times: number[] = [];
    for (let i = 0; i < 15; i++) {
      const start = performance.now();
      await loadConfig(options);
      times.push(performance.now() - start);
    }
    const best = Math.min(...times);
    assert(best < 5, `${best.toFixed(2)} ms`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
