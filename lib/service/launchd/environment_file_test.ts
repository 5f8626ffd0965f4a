import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { buildJobEnvironment, parseJobEnvironment } from "./environment_file.ts";

Deno.test("parseJobEnvironment() reads what buildJobEnvironment() writes", () => {
  const values = {
    PLAIN: "a",
    EMPTY: "",
    HOSTILE: `it's "x" $HOME \`id\` \\ # ; \r 状態`,
    LINES: "one\nexport FAKE='1'\ntwo\n",
    __proto__x: "p",
  };
  assertEquals(parseJobEnvironment(buildJobEnvironment(values)), values);
});

Deno.test("parseJobEnvironment() reads other quotes, and no more than assignments", () => {
  const text = `# export NO='1'
A=b # c
  export B="x \\"y\\" \\$Z"
C=a\\ b'c d'"e"
echo hi
D=
`;
  assertEquals(parseJobEnvironment(text), { A: "b", B: 'x "y" $Z', C: "a bc de", D: "" });
});

Deno.test("buildJobEnvironment() refuses what a shell cannot take", () => {
  const refused: readonly Record<string, string>[] = [{ "A B": "x" }, { "A;id": "x" }, { A: "\0" }];
  for (const values of refused) {
    assertThrows(() => buildJobEnvironment(values), AppError, "Cannot hand");
  }
});
