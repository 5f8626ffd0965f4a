import { assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { checkEdges, findCycles, readEdges, ROOMS } from "./check_layers.ts";

async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(join(root, dirname(path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    return checkEdges(await readEdges(root));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("checkEdges() accepts imports through doors and downwards", async () => {
  assertEquals(
    await problemsOf({
      "main.ts": `import "./lib/cli/mod.ts";`,
      "lib/base/mod.ts": `export * from "./text.ts";`,
      "lib/base/text.ts": `export const a = 1; export type A = number;`,
      "lib/protocol/mod.ts": `export {};`,
      "lib/protocol/client/mod.ts": `export { a } from "../../base/mod.ts";`,
      "lib/cli/mod.ts": `await import("../protocol/client/mod.ts");`,
    }),
    [],
  );
});

Deno.test("checkEdges() refuses upward, type-only and dynamic imports", async () => {
  assertEquals(
    await problemsOf({
      "lib/base/mod.ts": `import type { X } from "../config/mod.ts"; export type Y = X;`,
      "lib/config/mod.ts": `export type X = 1;`,
      "lib/http/mod.ts": `await import("../sessions/mod.ts");`,
      "lib/sessions/mod.ts": `export {};`,
    }),
    [
      "lib/base/mod.ts: lib/base may not import lib/config",
      "lib/http/mod.ts: lib/http may not import lib/sessions",
    ],
  );
});

Deno.test("checkEdges() refuses the inside of another room, also from tests and main", async () => {
  assertEquals(
    await problemsOf({
      "main.ts": `import "./lib/gateway/mod.ts";`,
      "lib/base/mod.ts": `export {};`,
      "lib/base/text.ts": `export {};`,
      "lib/gateway/mod.ts": `export {};`,
      "lib/config/a_test.ts": `import "../base/text.ts"; import "../gateway/mod.ts";`,
      "lib/lost/mod.ts": `import "../base/mod.ts";`,
    }),
    [
      "lib/config/a_test.ts: imports the inside of another room: lib/base/text.ts",
      'lib/lost/mod.ts: room "lost" is not in the table',
      "main.ts: imports lib/gateway, may import lib/cli only",
    ],
  );
});

Deno.test("checkEdges() keeps channels apart and lets the user interface take types only", async () => {
  assertEquals(
    await problemsOf({
      "lib/channels/alpha/a.ts": `import "../beta/b.ts"; import "../channel.ts";`,
      "lib/channels/beta/b.ts": `export {};`,
      "lib/channels/channel.ts": `export {};`,
      "lib/protocol/mod.ts": `export type P = 1;`,
      "lib/ui/a.ts": `import type { P } from "../protocol/mod.ts"; export type Q = P;`,
      "lib/ui/b.ts": `import "../protocol/mod.ts";`,
    }),
    [
      'lib/channels/alpha/a.ts: channel "alpha" imports channel "beta"',
      "lib/ui/b.ts: lib/ui may import types only from lib/protocol",
    ],
  );
});

Deno.test("checkEdges() reports cycles of files, type imports included", async () => {
  assertEquals(
    await problemsOf({
      "lib/base/a.ts": `import type { B } from "./b.ts"; export type A = B;`,
      "lib/base/b.ts": `import type { A } from "./a.ts"; export type B = A | 1;`,
    }),
    ["lib/base/a.ts: cycle of files: lib/base/a.ts -> lib/base/b.ts -> lib/base/a.ts"],
  );
});

Deno.test("checkEdges() wants packages by alias", () => {
  const edge = { from: "lib/base/a.ts", to: "npm:zod", specifier: "npm:zod@4", isTypeOnly: false };
  assertEquals(checkEdges([edge]), [
    'lib/base/a.ts: "npm:zod@4" is not imported by its alias in deno.json',
  ]);
});

Deno.test("findCycles() finds none in a tree", () => {
  assertEquals(findCycles(new Map([["a", new Set(["b", "c"])], ["b", new Set(["c"])]])), []);
});

Deno.test("ROOMS has no cycle itself", () => {
  const graph = Object.entries(ROOMS).map(([room, to]) =>
    [room, new Set(to.map((one) => one.replace("*", "")))] as const
  );
  assertEquals(findCycles(new Map(graph)), []);
});
