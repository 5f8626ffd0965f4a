import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as z from "zod/mini";
import { AppError } from "../../base/mod.ts";
import { defineTool, ToolRegistry } from "./registry.ts";
import { dataResult } from "./results.ts";

const CONTEXT = {
  runId: "r",
  sessionKey: "agent:main:main",
  agentId: "main",
  signal: new AbortController().signal,
};

function exampleTool(seen: unknown[] = []) {
  return defineTool({
    name: "example",
    label: "Example",
    summary: "An example",
    description: "Does nothing",
    section: "agents",
    arguments: () =>
      z.object({
        action: z.enum(["go", "stop"]).check(z.describe("What to do")),
        limit: z.optional(z.int().check(z.gte(1), z.lte(5))),
        more: z.optional(z.looseObject({})),
      }),
    execute: (args) => {
      seen.push(args);
      return Promise.resolve(dataResult({ did: args.action }));
    },
  });
}

Deno.test("defineTool() describes its arguments as JSON Schema", () => {
  assertEquals(exampleTool().parameters, {
    type: "object",
    properties: {
      action: { type: "string", enum: ["go", "stop"], description: "What to do" },
      limit: { type: "integer", minimum: 1, maximum: 5 },
      more: { type: "object", properties: {}, additionalProperties: {} },
    },
    required: ["action"],
  });
});

Deno.test("defineTool() hands over what fits, without what it does not know", async () => {
  const seen: unknown[] = [];
  const result = await exampleTool(seen).execute({ action: "go", other: 1 }, CONTEXT);
  assertEquals(seen, [{ action: "go" }]);
  assertEquals(result, {
    content: [{ type: "text", text: '{\n  "did": "go"\n}' }],
    details: { did: "go" },
    isError: false,
  });
});

Deno.test("defineTool() refuses arguments before the tool sees them", async () => {
  const seen: unknown[] = [];
  const tool = exampleTool(seen);
  const cases: [args: Record<string, unknown>, message: string][] = [
    [{}, "action required"],
    [{ action: "go", limit: 6 }, "at /limit: must be <= 5"],
    [{ action: "go", more: 1 }, "at /more: must be object"],
  ];
  for (const [args, message] of cases) {
    const error = assertThrows(() => tool.check(args), AppError, message);
    assertEquals([error.code, error.details], ["TOOL_INPUT_INVALID", { tool: "example" }]);
    await assertRejects(async () => await tool.execute(args, CONTEXT), AppError, message);
  }
  assertEquals(seen, []);
});

Deno.test("ToolRegistry finds a tool in every spelling", () => {
  const registry = new ToolRegistry([exampleTool()]);
  assertEquals(registry.find(" Example ")?.name, "example");
  assertEquals(registry.find("__proto__"), undefined);
  assertEquals(registry.all.map(({ name }) => name), ["example"]);
});
