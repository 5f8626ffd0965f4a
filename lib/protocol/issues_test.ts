import { assertEquals } from "@std/assert";
import * as z from "zod/mini";
import { describeIssues, invalidParamsMessage } from "./issues.ts";
import { integer } from "./methods/fields.ts";

const schema = z.strictObject({
  key: z.string().check(z.minLength(1), z.maxLength(4)),
  limit: z.optional(integer(1, 5)),
  ratio: z.optional(z.number().check(z.gt(0))),
  mode: z.optional(z.enum(["a", "b"])),
  kind: z.optional(z.literal("k")),
  list: z.optional(z.array(z.string()).check(z.maxLength(1))),
  flags: z.optional(z.record(z.string(), z.boolean())),
  either: z.optional(z.union([z.string(), z.number()])),
  slug: z.optional(z.string().check(z.regex(/^[a-z]+$/))),
  inner: z.optional(z.strictObject({ id: z.enum(["x", "y"]), note: z.optional(z.string()) })),
});

function describe(input: unknown): string {
  const result = z.safeParse(schema, input);
  return result.success ? "" : describeIssues(result.error.issues, input);
}

Deno.test("describeIssues() uses the wording of the wire", () => {
  const cases: [input: unknown, text: string][] = [
    [{ key: "k" }, ""],
    [null, "must be object"],
    [[], "must be object"],
    [{}, "must have required property 'key'"],
    [{ key: undefined }, "must have required property 'key'"],
    [{ key: 1 }, "at /key: must be string"],
    [{ key: "" }, "at /key: must NOT have fewer than 1 characters"],
    [{ key: "abcde" }, "at /key: must NOT have more than 4 characters"],
    [{ key: "k", bogus: 1 }, "at root: unexpected property 'bogus'"],
    [{ key: "k", limit: "5" }, "at /limit: must be integer"],
    [{ key: "k", limit: 1.5 }, "at /limit: must be integer"],
    [{ key: "k", limit: null }, "at /limit: must be integer"],
    [{ key: "k", limit: 0 }, "at /limit: must be >= 1"],
    [{ key: "k", limit: 6 }, "at /limit: must be <= 5"],
    [{ key: "k", ratio: 0 }, "at /ratio: must be > 0"],
    [{ key: "k", mode: "c" }, "at /mode: must be equal to one of the allowed values"],
    [{ key: "k", kind: "z" }, "at /kind: must be equal to constant"],
    [{ key: "k", list: [2] }, "at /list/0: must be string"],
    [{ key: "k", list: ["a", "b"] }, "at /list: must NOT have more than 1 items"],
    [{ key: "k", flags: { "a/b~c": 1 } }, "at /flags/a~1b~0c: must be boolean"],
    [{ key: "k", flags: 3 }, "at /flags: must be object"],
    [{ key: "k", either: true }, "at /either: must match a schema in anyOf"],
    [{ key: "k", slug: "A" }, 'at /slug: must match pattern "^[a-z]+$"'],
    [{ key: "k", inner: {} }, "at /inner: must have required property 'id'"],
    [
      { key: "k", inner: { id: "z" } },
      "at /inner/id: must be equal to one of the allowed values",
    ],
    [
      { key: "k", inner: { id: "x", more: 1 } },
      "at /inner: unexpected property 'more'",
    ],
  ];
  for (const [input, text] of cases) assertEquals(describe(input), text, JSON.stringify(input));
});

Deno.test("describeIssues() joins several problems and drops repetitions", () => {
  assertEquals(
    describe({ a: 1, b: 2 }),
    "must have required property 'key'; at root: unexpected property 'a'; " +
      "at root: unexpected property 'b'",
  );
  const issue = { code: "invalid_type", path: ["x"], message: "", expected: "string" };
  assertEquals(describeIssues([issue, issue], { x: 1 }), "at /x: must be string");
});

Deno.test("describeIssues() falls back to the message of an unknown code", () => {
  assertEquals(
    describeIssues([{ code: "custom", path: [], message: "must make sense" }], {}),
    "must make sense",
  );
});

Deno.test("invalidParamsMessage() names the method", () => {
  const result = z.safeParse(schema, {});
  assertEquals(
    result.success ? "" : invalidParamsMessage("chat.send", result.error.issues, {}),
    "invalid chat.send params: must have required property 'key'",
  );
});
