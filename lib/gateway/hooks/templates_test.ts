import { assertEquals } from "@std/assert";
import { renderTemplate, type TemplateScope } from "./templates.ts";

const SCOPE: TemplateScope = {
  payload: JSON.parse(
    '{"a":{"b":["zero",{"c":1}],"t":true,"n":null},"path":"mine","x y":"blank","__proto__":{"p":1},' +
      '"constructor":"own","list":[[1,2],[3]],"{{a}}":"no"}',
  ),
  headers: { "x-event": "push" },
  url: new URL("http://gateway.test/hooks/x?k=v&k=w&b="),
  path: "x",
  now: "2025-06-15T15:06:40.000Z",
};

const CASES: [template: string, expected: string][] = [
  ["plain", "plain"],
  ["{{payload.a.b[0]}}", "zero"],
  ["{{a.b[0]}} {{ a.b[1].c }}", "zero 1"],
  ["{{a.b}}", '["zero",{"c":1}]'],
  ["{{a.t}}|{{a.n}}|{{a.none}}|{{a.b[9]}}|{{none.deep[0]}}", "true||||"],
  ["{{list[0][1]}}{{list[1][0]}}", "23"],
  ["{{a.b.0}}", "zero"],
  ["{{x y}}", "blank"],
  ["{{headers.X-Event}}|{{headers.none}}", "push|"],
  ["{{query.k}}|{{query.b}}|{{query.none}}", "v||"],
  ["{{path}} {{payload.path}}", "x mine"],
  ["{{now}}", SCOPE.now],
  ["{{payload}}", ""],
  ["{{}}{{ }}{{.}}{{[}}", ""],
  ["{{__proto__}}{{__proto__.p}}{{constructor}}{{a.constructor.name}}{{toString}}", ""],
  ["{{headers.__proto__}}{{headers.constructor}}{{a.b.length}}", ""],
  ["{{a.b[-1]}}{{a.b[00]}}", "zero"],
  ["{ {a.t}} {{a.t} }", "{ {a.t}} {{a.t} }"],
];

for (const [template, expected] of CASES) {
  Deno.test(`renderTemplate() fills in ${template}`, () => {
    assertEquals(renderTemplate(template, SCOPE), expected);
  });
}
