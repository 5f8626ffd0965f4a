import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { editConfig, setConfigValue, unsetConfigValue } from "./mod.ts";

const TEXT = `// mine
{
  // where it listens
  gateway: {
    port: 1, // the port
    bind: 'lan' /* all */,
    auth: { token: "abc", mode: 'token' }, // auth
    list: [1, 2, 3],
  },
  agents: {list: [
    { id: "a" }, // A
    { id: "b" } // B
  ]}
  // end
}
`;

Deno.test("setConfigValue() replaces a value and nothing else", async () => {
  const rows: [string, unknown, string, string][] = [
    ["gateway.port", 5, "port: 1,", "port: 5,"],
    ["gateway.bind", "loopback", "'lan'", '"loopback"'],
    ["gateway.auth.mode", null, "'token'", "null"],
    ["gateway.list[1]", true, "[1, 2, 3]", "[1, true, 3]"],
    ["gateway.list.1", true, "[1, 2, 3]", "[1, true, 3]"],
    ["agents.list[1].id", "c", 'id: "b"', 'id: "c"'],
    ['["gateway"].auth', { token: "abc", mode: "none" }, "'token'", '"none"'],
  ];
  for (const [path, value, from, to] of rows) {
    assertEquals(await setConfigValue(TEXT, path, value), TEXT.replace(from, to), path);
  }
});

Deno.test("setConfigValue() adds keys and items in the style around them", async () => {
  const rows: [string, unknown, string, string][] = [
    ["gateway.mode", "local", "list: [1, 2, 3],\n", 'list: [1, 2, 3],\n    mode: "local",\n'],
    ["gateway.auth.password", "x", "mode: 'token' }", `mode: 'token', password: "x" }`],
    ["gateway.list[3]", 4, "[1, 2, 3]", "[1, 2, 3, 4]"],
    [
      "agents.list[2]",
      { id: "c" },
      '{ id: "b" } // B',
      '{ id: "b" }, // B\n    {\n      id: "c"\n    }',
    ],
    ["ui.prefs", {}, "]}\n  // end", "]},\n  ui: {\n    prefs: {}\n  }\n  // end"],
  ];
  for (const [path, value, from, to] of rows) {
    assertEquals(await setConfigValue(TEXT, path, value), TEXT.replace(from, to), path);
  }
});

Deno.test("setConfigValue() keeps JSON strict, line ends and a byte order mark", async () => {
  assertEquals(
    await setConfigValue('\uFEFF{\r\n\t"a": {\r\n\t\t"b": 1\r\n\t}\r\n}', "a.c.d", [1]),
    '\uFEFF{\r\n\t"a": {\r\n\t\t"b": 1,\r\n\t\t"c": {\r\n\t\t\t"d": [\r\n\t\t\t\t1\r\n\t\t\t]\r\n\t\t}\r\n\t}\r\n}',
  );
  assertEquals(
    await setConfigValue("", "gateway.mode", "local"),
    '{\n  "gateway": {\n    "mode": "local"\n  }\n}\n',
  );
  assertEquals(await setConfigValue("{ // c\n}", "a", 1), "{ // c\n  a: 1\n}");
});

Deno.test("setConfigValue() returns the same text when nothing changes", async () => {
  assertEquals(await setConfigValue(TEXT, "gateway.port", 1), TEXT);
});

Deno.test("unsetConfigValue() removes a value with the comment on its line", async () => {
  const rows: [string, string, string][] = [
    ["gateway.port", "    port: 1, // the port\n", ""],
    ["gateway.bind", "    bind: 'lan' /* all */,\n", ""],
    ["gateway.auth.token", 'token: "abc", ', ""],
    ["gateway.auth.mode", ", mode: 'token'", ""],
    ["gateway.list[1]", "2, ", ""],
    ["agents.list[0]", '    { id: "a" }, // A\n', ""],
    ["agents.list[1]", ', // A\n    { id: "b" } // B\n', " // A\n"],
  ];
  for (const [path, from, to] of rows) {
    assertEquals(await unsetConfigValue(TEXT, path), TEXT.replace(from, to), path);
  }
  assertEquals(await unsetConfigValue('{"a":1, "a":2, "b":3}', "a"), '{"b":3}');
});

Deno.test("editConfig() changes many places at once", async () => {
  const text = '{\n  // c\n  "a": [{ "id": 1 }, { "id": 2 }, { "id": 3 }], // d\n  "b": 1\n}\n';
  assertEquals(
    await editConfig(text, { a: [{ id: 1 }, { id: 3 }], c: 2 }),
    '{\n  // c\n  "a": [{ "id": 1 }, { "id": 3 }], // d\n  "c": 2\n}\n',
  );
});

Deno.test("setConfigValue() and unsetConfigValue() refuse with a code", async () => {
  const rows: [() => Promise<string>, string][] = [
    [() => setConfigValue("{a:", "a", 1), "CONFIG_UNREADABLE"],
    [() => setConfigValue("{a: 1}", "a.b", 1), "CONFIG_PATH_INVALID"],
    [() => setConfigValue("{a: [1]}", "a[2]", 1), "CONFIG_PATH_INVALID"],
    [() => setConfigValue("{a: [1]}", "a.x", 1), "CONFIG_PATH_INVALID"],
    [() => setConfigValue("{}", "a", undefined), "CONFIG_PATH_INVALID"],
    [() => setConfigValue("{}", "__proto__.a", 1), "CONFIG_PATH_INVALID"],
    [() => unsetConfigValue("{a: 1}", "b"), "CONFIG_PATH_NOT_FOUND"],
    [() => unsetConfigValue("", "b"), "CONFIG_PATH_NOT_FOUND"],
  ];
  for (const [run, code] of rows) {
    assertEquals((await assertRejects(run, AppError)).code, code);
  }
});

Deno.test("setConfigValue() writes text that needs escapes so that it reads back", async () => {
  const text = await setConfigValue("{a: 1}", "b", "\u2028\u0000\"'\\\n</script>");
  assertStringIncludes(text, "\\u2028");
});

Deno.test("setConfigValue() follows every spelling of keys and values", async () => {
  const text = await setConfigValue(
    "{default: true, class: '\\x41', 'q\\u0061': .5, \\u0062: [+1, -Infinity,], // end\n}",
    "qa",
    2,
  );
  assertEquals(
    text,
    "{default: true, class: '\\x41', 'q\\u0061': 2, \\u0062: [+1, -Infinity,], // end\n}",
  );
});
