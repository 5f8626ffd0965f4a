import { assertEquals } from "@std/assert";
import { parseFrontMatter } from "./front_matter.ts";

function read(...lines: string[]): Record<string, string> {
  return Object.fromEntries(parseFrontMatter(["---", ...lines, "---", "Body"].join("\n")));
}

Deno.test("parseFrontMatter() reads the forms that skills use", () => {
  assertEquals(read("name: a-b", 'description: "Say \\"hi\\": now"', "homepage: 'it''s'"), {
    "name": "a-b",
    "description": 'Say "hi": now',
    "homepage": "it's",
  });
  assertEquals(read("description: >-", "  one", "  two", "name: x # note"), {
    description: "one two",
    name: "x",
  });
  assertEquals(read("description: |", "  one", "  two"), { description: "one\ntwo" });
  assertEquals(read("description: one", "  two"), { description: "one two" });
});

Deno.test("parseFrontMatter() joins JSON that follows on further lines", () => {
  const { metadata, name } = read("metadata:", "  {", '    "a": [1],', "  }", "name: x");
  assertEquals([JSON.parse(metadata!.replace(",", "")), name], [{ a: [1] }, "x"]);
  assertEquals(read("metadata: {", '  "a": "#1"', "}"), { metadata: '{ "a": "#1" }' });
});

Deno.test("parseFrontMatter() finds nothing where there is no head", () => {
  for (const text of ["", "name: x", "---\nname: x", "text\n---\nname: x\n---"]) {
    assertEquals(parseFrontMatter(text).size, 0);
  }
  assertEquals(parseFrontMatter("\uFEFF---\r\nname: x\r\n---\r\n").get("name"), "x");
});

Deno.test("parseFrontMatter() survives anything", () => {
  let seed = 7;
  const random = (below: number) => (seed = seed * 48271 % 2147483647) % below;
  const alphabet = ["---", "\n", ":", " ", "name", "{", "}", '"', "'", "|", ">", "#", "\\", "é"];
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: random(40) }, () => alphabet[random(alphabet.length)]);
    parseFrontMatter(`---\n${text.join("")}`);
  }
});
