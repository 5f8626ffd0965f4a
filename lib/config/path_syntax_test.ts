import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { formatPath, parsePath, type Path } from "./path_syntax.ts";

Deno.test("parsePath() reads keys, positions and quoted keys", () => {
  const rows: [string, Path][] = [
    ["gateway.port", ["gateway", "port"]],
    ["agents.list[0].id", ["agents", "list", 0, "id"]],
    ['models.providers["x.y"].baseUrl', ["models", "providers", "x.y", "baseUrl"]],
    ["a['it\\'s']", ["a", "it's"]],
    ["agents.list.0.id", ["agents", "list", "0", "id"]],
    ['a["\\u0041\\n"]', ["a", "A\n"]],
    ['[""]', [""]],
    ["agents.defaults.models.a/b-c", ["agents", "defaults", "models", "a/b-c"]],
  ];
  for (const [text, path] of rows) assertEquals(parsePath(text), path);
});

Deno.test("parsePath() undoes formatPath()", () => {
  for (
    const path of [["a", 3, "b.c", ""], ["ü"], ["a-b", "$c"], ["a", "x\n\"y'"], ["constructor"]]
  ) {
    assertEquals(parsePath(formatPath(path)), path);
  }
});

Deno.test("parsePath() refuses everything else with CONFIG_PATH_INVALID", () => {
  for (
    const text of [
      "",
      ".",
      "a.",
      ".a",
      "a..b",
      "a[",
      "a[x]",
      "a.[0]",
      'a["x',
      "a[0]b",
      "a.__proto__",
    ]
  ) {
    assertEquals(assertThrows(() => parsePath(text), AppError).code, "CONFIG_PATH_INVALID", text);
  }
});
