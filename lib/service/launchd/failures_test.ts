import { assertEquals } from "@std/assert";
import { type FailureKind, failureKind, failureText } from "./failures.ts";

const CASES: readonly [code: number, stderr: string, kind: FailureKind][] = [
  [5, "Bootstrap failed: 5: Input/output error", "busy"],
  [36, "Boot-out failed: 36: Operation now in progress", "busy"],
  [37, "Bootstrap failed: 37: Operation already in progress", "busy"],
  [1, "Bootstrap failed: 5: Input/output error", "busy"],
  [17, "Bootstrap failed: 17: File exists", "already"],
  [130, "", "already"],
  [1, "service already bootstrapped", "already"],
  [1, "service already exists in domain: gui", "already"],
  [3, "Boot-out failed: 3: No such process", "not-found"],
  [113, 'Could not find service "x" in domain for user gui: 501', "not-found"],
  [113, "Der Dienst wurde nicht gefunden", "not-found"],
  [1, "x: Could not find specified service", "not-found"],
  [125, "Domain does not support specified action", "no-domain"],
  [5, "Bootstrap failed: 125: Domain does not support specified action", "no-domain"],
  [112, "Could not find domain for: gui 501", "no-domain"],
  [119, "Bootstrap failed: 119: Service is disabled", "disabled"],
  [1, "Boot-out failed: 1: Operation not permitted", "denied"],
  [122, "Path had bad ownership/permissions", "denied"],
  [150, "Operation not permitted while System Integrity Protection is engaged", "denied"],
  [1, "something new", "other"],
];

for (const [code, stderr, kind] of CASES) {
  Deno.test(`failureKind() takes ${code} "${stderr}" for ${kind}`, () => {
    assertEquals(failureKind({ code, stderr, stdout: "" }), kind);
  });
}

Deno.test("failureText() is one line without advice to become root", () => {
  const stderr = "Bootstrap failed: 5: Input/output error\n" +
    "Try re-running the command as root for richer errors.\n";
  assertEquals(
    failureText({ code: 5, stderr, stdout: "" }),
    "Bootstrap failed: 5: Input/output error",
  );
  assertEquals(failureText({ code: 9, stderr: " ", stdout: "a\n\nb" }), "a; b");
  assertEquals(failureText({ code: 9, stderr: "", stdout: "" }), "exit status 9");
});
