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

Deno.test("renderTemplate() survives thousands of random templates", () => {
  const seed = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`FUZZ_SEED=${seed}`);
  let state = seed;
  const next = (below: number) => (state = (state * 1103515245 + 12345) % 2 ** 31) % below;
  const pieces = [
    ...["{{", "}}", "{", "}", "a", ".", "b", "[", "]", "0", "1", "99999999999", " ", "payload."],
    ...["headers.", "query.", "__proto__", "constructor", "prototype", "toString", "x-event", "\n"],
  ];
  for (let index = 0; index < 2000; index++) {
    const template = Array.from({ length: 1 + next(20) }, () => pieces[next(pieces.length)]).join(
      "",
    );
    const filled = renderTemplate(template, SCOPE);
    assertEquals(/native code|\[object|function/.test(filled), false, template);
    if (!template.includes("}}")) assertEquals(filled, template);
  }
});

Deno.test("renderTemplate() takes no longer than its text", () => {
  const long = "{".repeat(200_000) + "}".repeat(200_000) + "{{a.".repeat(50_000);
  const startedAt = performance.now();
  renderTemplate(long, SCOPE);
  assertEquals(performance.now() - startedAt < 2000, true);
});
