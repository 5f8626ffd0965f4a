import { assert, assertEquals } from "@std/assert";
import { AppError } from "../base/mod.ts";
import {
  errorFacts,
  ERRORS,
  exitCodeOf,
  publicFailure,
  toErrorShape,
  WIRE_CODES,
} from "./errors.ts";

const THROWN =
  /new (?:AppError|ModelError)\(\s*(?:[\w.]+ \?\s*)?"[A-Z0-9_]+"(?:\s*:\s*"[A-Z0-9_]+")?/g;

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (entry.name.endsWith(".ts") && !entry.name.endsWith("_test.ts")) yield path;
  }
}

Deno.test("ERRORS knows every code that is thrown under lib", async () => {
  const unknown: string[] = [];
  let count = 0;
  for await (const path of sourceFiles(`${import.meta.dirname}/..`)) {
    for (const [thrown] of (await Deno.readTextFile(path)).matchAll(THROWN)) {
      for (const [, code] of thrown.matchAll(/"([A-Z0-9_]+)"/g)) {
        count++;
        if (!Object.hasOwn(ERRORS, code!)) unknown.push(`${code} in ${path}`);
      }
    }
  }
  assertEquals(unknown, []);
  assert(count > 0);
});

Deno.test("ERRORS is well formed", () => {
  for (const [code, facts] of Object.entries(ERRORS)) {
    assert(/^[A-Z][A-Z0-9_]+$/.test(code), code);
    assert(WIRE_CODES.includes(facts.wire), code);
    assert(facts.http >= 400 && facts.http < 600, code);
    assert(/^[A-Zg]/.test(facts.summary) && !facts.summary.endsWith("."), code);
  }
});

Deno.test("errorFacts() reads an unknown code as an internal failure", () => {
  assertEquals(errorFacts("NO_SUCH_CODE"), ERRORS.INTERNAL);
  assertEquals(errorFacts("constructor"), ERRORS.INTERNAL);
  assertEquals(errorFacts("USAGE").exit, 64);
});

Deno.test("exitCodeOf() maps failures to exit statuses", () => {
  const cases: [code: string, exit: number][] = [
    ["USAGE", 64],
    ["PROFILE_INVALID", 2],
    ["PORT_INVALID", 1],
    ["PORT_IN_USE", 75],
    ["GATEWAY_LOCKED", 75],
    ["CONFIG_MODE_MISSING", 78],
    ["AUTH_REQUIRED_FOR_BIND", 78],
    ["GATEWAY_UNREACHABLE", 69],
    ["RPC_FAILED", 1],
    ["NO_SUCH_CODE", 1],
  ];
  for (const [code, exit] of cases) assertEquals(exitCodeOf(new AppError(code, "m")), exit, code);
  assertEquals(exitCodeOf(new Error("m")), 1);
  assertEquals(exitCodeOf("text"), 1);
});

Deno.test("toErrorShape() writes the wire code, the own code and the hint", () => {
  const error = new AppError("CONFIG_CHANGED", "config changed since last load", {
    hint: "openclaw config get",
    retryable: true,
    details: { path: "/x", retryAfterMs: 5 },
  });
  assertEquals(toErrorShape(error), {
    code: "INVALID_REQUEST",
    message: "config changed since last load",
    details: {
      code: "CONFIG_CHANGED",
      path: "/x",
      retryAfterMs: 5,
      hint: "openclaw config get",
    },
    retryable: true,
    retryAfterMs: 5,
  });
  const own = new AppError("INVALID_REQUEST", "m", { details: { code: "NOT_CONNECTED" } });
  assertEquals(toErrorShape(own).details, { code: "NOT_CONNECTED" });
});

Deno.test("toErrorShape() removes credentials from failures that are not ours", () => {
  const shape = toErrorShape(new Error("401 for Bearer abcdefghijkl"));
  assertEquals(shape, { code: "UNAVAILABLE", message: "401 for [redacted]" });
});

Deno.test("publicFailure() says of failures inside only what the table says", () => {
  const inside = new AppError("DISK_FULL", 'Cannot write "/home/me/x"', { hint: "rm /home/me/y" });
  assertEquals(publicFailure(inside), { message: "No space is left", hint: "openclaw logs" });
  const other = new AppError("MODEL_NOT_FOUND", "No model", { hint: "openclaw models list" });
  assertEquals(publicFailure(other), { message: "No model", hint: "openclaw models list" });
});
