import { assertEquals } from "@std/assert";
import { REDACTED, RedactionSet, redactShapes } from "./redact.ts";

Deno.test("redactShapes() removes what looks like a credential", () => {
  const cases: [string, string][] = [
    ["key sk-abcdefgh12345678 end", `key ${REDACTED} end`],
    ["token: abcdefgh", `token: ${REDACTED}`],
    ["password: abcdefgh\n    at here", `password: ${REDACTED}\n    at here`],
    ['{"apiKey":"abcd"}', `{"apiKey":${REDACTED}}`],
    ["OPENCLAW_GATEWAY_TOKEN=x1y2z3w4", `OPENCLAW_GATEWAY_TOKEN=${REDACTED}`],
    ["password = 'correct horse'", `password = ${REDACTED}`],
    ['password: abcdefgh "quoted"', `password: ${REDACTED} "quoted"`],
    ["token: abc1 and more", `token: ${REDACTED} and more`],
  ];
  for (const [given, expected] of cases) assertEquals(redactShapes(given), expected);
  assertEquals(redactShapes("Authorization: Bearer abcdefgh1234").includes("abcdefgh"), false);
});

Deno.test("redactShapes() leaves sentences about credentials alone", () => {
  for (
    const text of [
      '"gateway.auth.token": environment variable GATEWAY_TOKEN is not set',
      "unauthorized: gateway token mismatch (set OPENCLAW_GATEWAY_TOKEN)",
      "auth token was missing. Generated a new one",
      "the password is wrong",
      'gateway.auth.token: Provider "vault" ended with exit code 3',
      'channels.irc.password: Provider "vault": Cannot start "/opt/vault"',
    ]
  ) assertEquals(redactShapes(text), text);
});

Deno.test("RedactionSet removes registered values wherever they stand", () => {
  const set = new RedactionSet();
  set.add("planted-value");
  set.add(undefined);
  set.add("abc");
  assertEquals(set.redact("x=planted-value; abc"), `x=${REDACTED}; abc`);
});

Deno.test("RedactionSet.redactAnswer() leaves names and ordinary words alone", () => {
  const set = new RedactionSet();
  for (
    const secret of ["operator", "abc", 'quote"and\\123456', "long-secret-1", "long-secret-12"]
  ) {
    set.add(secret);
  }
  const answer = {
    role: "operator",
    "long-secret-1": ["a long-secret-12 b", 7, null],
    text: 'x quote"and\\123456 y',
  };
  assertEquals(set.isIn(JSON.stringify({ role: "operator" })), false);
  assertEquals(set.isIn(JSON.stringify(answer.text)), true);
  assertEquals(set.redactAnswer(answer), {
    role: "operator",
    "long-secret-1": ["a [redacted] b", 7, null],
    text: "x [redacted] y",
  });
  assertEquals(set.redact(JSON.stringify(answer.text)), '"x [redacted] y"');
});
