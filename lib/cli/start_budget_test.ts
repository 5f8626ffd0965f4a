import { assert, assertEquals } from "@std/assert";

interface Graph {
  roots: string[];
  redirects: Record<string, string>;
  modules: {
    specifier: string;
    dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
  }[];
}

/** Everything that is loaded together with the given modules, dynamic imports left out. */
async function loadedWith(...entries: string[]): Promise<string[]> {
  const loaded = new Set<string>();
  for (const entry of entries) {
    const url = new URL(entry, import.meta.url).href;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", url],
      cwd: new URL("../..", import.meta.url),
      stderr: "null",
    }).output();
    const graph = JSON.parse(new TextDecoder().decode(stdout)) as Graph;
    const byName = new Map(graph.modules.map((module) => [module.specifier, module]));
    const queue = [...graph.roots];
    for (const name of queue) {
      const target = graph.redirects[name] ?? name;
      if (loaded.has(target)) continue;
      loaded.add(target);
      for (const { code, isDynamic } of byName.get(target)?.dependencies ?? []) {
        if (code !== undefined && !isDynamic) queue.push(code.specifier);
      }
    }
  }
  return [...loaded];
}

function rooms(modules: readonly string[]): string[] {
  const names = modules.map((name) => /\/lib\/(\w+)\//.exec(name)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

Deno.test("the entry loads the base room alone", async () => {
  const modules = await loadedWith("../../main.ts");
  assertEquals(rooms(modules), ["base", "cli"]);
  assert(modules.length < 20, `${modules.length} modules`);
});

Deno.test("help and parsing load no other room", async () => {
  const modules = await loadedWith("./main.ts", "./parsing/parse.ts", "./help.ts");
  assertEquals(rooms(modules), ["base", "cli", "std"]);
  assertEquals(modules.filter((name) => name.startsWith("npm:")).length, 1);
});

Deno.test("health loads no schema, no JSON5 and no provider", async () => {
  const modules = await loadedWith(
    "./commands/health.ts",
    "../config/mod.ts",
    "../protocol/mod.ts",
    "../protocol/client/mod.ts",
    "../platform/mod.ts",
  );
  assertEquals(rooms(modules), ["base", "cli", "config", "platform", "protocol", "std"]);
  const packages = modules.filter((name) => /^npm:/.test(name));
  for (const name of packages) assert(/deno-std/.test(name), name);
});
