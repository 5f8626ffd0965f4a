import { assert, assertEquals } from "@std/assert";
import * as z from "zod/mini";
import { responsesSchema } from "./schema.ts";

Deno.test("responsesSchema() can be told to programs", () => {
  const schema = z.toJSONSchema(responsesSchema(), { io: "input" }) as Record<string, unknown>;
  assertEquals(schema.required, ["model", "input"]);
  assertEquals(schema.additionalProperties, false);
  const properties = schema.properties as Record<string, { description?: string }>;
  assert(properties.previous_response_id!.description);
});
