import { assertEquals } from "@std/assert";
import plugin from "./lint_plugin.ts";

function lint(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, path, source).map((found) => `${found.id}: ${found.message}`);
}

Deno.test("no-ambient refuses clock, environment and process outside of the platform", () => {
  const source = `Date.now(); new Date(); performance.now(); Deno.env.get("A"); Deno.build.os;
    process.exit(1);`;
  assertEquals(lint("/x/lib/config/a.ts", source), [
    "openclaw/no-ambient: Date.now is read outside of lib/platform",
    "openclaw/no-ambient: new Date() is read outside of lib/platform",
    "openclaw/no-ambient: performance.now is read outside of lib/platform",
    "openclaw/no-ambient: Deno.env is read outside of lib/platform",
    "openclaw/no-ambient: Deno.build is read outside of lib/platform",
    "openclaw/no-ambient: process is read outside of lib/platform",
  ]);
  for (const path of ["lib/platform/a.ts", "lib/config/a_test.ts", "scripts/a.ts", "tests/a.ts"]) {
    assertEquals(lint(`/x/${path}`, source), []);
  }
  assertEquals(lint("/x/lib/config/a.ts", "new Date(5); clock.now(); a.process.b;"), []);
});

Deno.test("documented-export wants a doc comment on what a file declares", () => {
  const source = `/** Said – é🦞. */
// lint directive
export function a(x: string): void;
export function a(x: unknown): void {}
export const b = 1;
// not a doc comment
export interface C {}
export { d } from "./d.ts";
export type { E } from "./e.ts";`;
  assertEquals(lint("/x/lib/base/a.ts", source), [
    'openclaw/documented-export: Export "b" has no doc comment',
    'openclaw/documented-export: Export "C" has no doc comment',
  ]);
  assertEquals(lint("/x/scripts/a.ts", source), []);
});

Deno.test("lazy-schema refuses schemas that are built on import", () => {
  const source = `import * as z from "zod/mini";
const eager = z.object({ a: z.string() });
function lazy() { return z.object({}); }
const arrow = () => z.string();
const registry = z.registry();`;
  assertEquals(lint("/x/lib/config/a.ts", source), [
    "openclaw/lazy-schema: A schema is built when the module is loaded",
    "openclaw/lazy-schema: A schema is built when the module is loaded",
  ]);
  assertEquals(lint("/x/lib/config/a.ts", `import { z } from "./other.ts"; z.a();`), []);
});

Deno.test("error-message refuses a full stop", () => {
  const source = 'new AppError("A", "One."); new AppError("A", `Two "${x}".`);' +
    'new AppError("A", "Three" + " four.");  new Error("Five."); new AppError("A.", "Six");' +
    'new Error("Seven..."); new Error("Eight. Nine.");';
  assertEquals(lint("/x/lib/config/a.ts", source).length, 4);
});

Deno.test("no-using refuses what the bundler of the executable would not close", () => {
  const source = "{ using a = open(); } { await using b = open(); } const c = open();";
  const found = "openclaw/no-using: using is lost in the executable where its value is read once";
  assertEquals(lint("/x/lib/config/a.ts", source), [found, found]);
  for (const path of ["lib/config/a_test.ts", "lib/gateway/_testing.ts", "scripts/a.ts"]) {
    assertEquals(lint(`/x/${path}`, source), []);
  }
});
