import { assert, assertEquals } from "@std/assert";

const IMPORT = /^(?:import|export)\s+(?!type\b)[^;]*?from\s+"([^"]+)";/gms;

/** All modules that `entry` loads at run time; type-only imports load nothing. */
async function loadedModules(entry: string): Promise<Set<string>> {
  const seen = new Set<string>();
  const open = [new URL(entry, import.meta.url).href];
  for (let url = open.pop(); url !== undefined; url = open.pop()) {
    if (seen.has(url)) continue;
    seen.add(url);
    if (!url.startsWith("file:")) continue;
    for (const [, specifier] of (await Deno.readTextFile(new URL(url))).matchAll(IMPORT)) {
      open.push(specifier!.startsWith(".") ? new URL(specifier!, url).href : specifier!);
    }
  }
  return seen;
}

Deno.test("mod.ts and client/mod.ts load no package", async () => {
  for (const entry of ["./mod.ts", "./client/mod.ts"]) {
    const modules = await loadedModules(entry);
    assertEquals([...modules].filter((url) => !url.startsWith("file:")), [], entry);
  }
  assert((await loadedModules("./methods/mod.ts")).has("zod/mini"));
});

Deno.test("mod.ts does not load the client", async () => {
  const modules = [...await loadedModules("./mod.ts")];
  assertEquals(modules.filter((url) => url.includes("/client/")), []);
});

Deno.test("methods/mod.ts does not load what only the reference page needs", async () => {
  const modules = [...await loadedModules("./methods/mod.ts")];
  const docs = /\/(?:summaries|reference|schema_text|limit_rows)\.ts$/;
  assertEquals(modules.filter((url) => docs.test(url)), []);
});
