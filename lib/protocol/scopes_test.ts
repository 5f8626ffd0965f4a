import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  checkAccess,
  hasScope,
  METHOD_ACCESS,
  OPERATOR_SCOPES,
  type OperatorScope,
  requiredScope,
} from "./scopes.ts";

Deno.test("requiredScope() gives the least scope of a method", () => {
  const cases: [method: string, scope: OperatorScope | undefined][] = [
    ["health", undefined],
    ["status", "operator.read"],
    ["config.get", "operator.read"],
    ["config.schema.lookup", "operator.read"],
    ["config.schema", "operator.admin"],
    ["config.set", "operator.admin"],
    ["chat.history", "operator.read"],
    ["chat.send", "operator.write"],
    ["chat.inject", "operator.admin"],
    ["agent", "operator.write"],
    ["agent.wait", "operator.write"],
    ["sessions.list", "operator.read"],
    ["sessions.patch", "operator.admin"],
    ["device.pair.list", "operator.pairing"],
    ["exec.approval.resolve", "operator.approvals"],
    ["exec.approvals.get", "operator.admin"],
    ["plugins.sessionAction", "operator.write"],
    ["talk.session.cancelOutput", "operator.write"],
    ["node.invoke", "operator.write"],
  ];
  for (const [method, scope] of cases) assertEquals(requiredScope(method), scope, method);
});

Deno.test("requiredScope() fails closed for what it does not know", () => {
  for (
    const method of ["", "no.such", "update.later", "config.anything", "constructor", "__proto__"]
  ) {
    assertEquals(requiredScope(method), "operator.admin", method);
  }
  assertEquals(requiredScope("node.event"), "operator.admin");
});

Deno.test("METHOD_ACCESS lists each method once", () => {
  const all = Object.values(METHOD_ACCESS).flat();
  assertEquals(new Set(all).size, all.length);
});

Deno.test("hasScope() lets admin do all and write read, and nothing else", () => {
  for (const scope of OPERATOR_SCOPES) assert(hasScope(["operator.admin"], scope), scope);
  assert(hasScope(["operator.write"], "operator.read"));
  assertFalse(hasScope(["operator.read"], "operator.write"));
  assertFalse(hasScope(["operator.write"], "operator.pairing"));
  assertFalse(hasScope(["operator.pairing"], "operator.read"));
  assertFalse(hasScope([], "operator.read"));
  assertFalse(hasScope(["operator.*"], "operator.read"));
  assertFalse(hasScope(["operator.admin"], "node.anything"));
});

Deno.test("checkAccess() checks the role before the scope", () => {
  const reader = { role: "operator", scopes: ["operator.read"] } as const;
  const node = { role: "node", scopes: [] } as const;
  assertEquals(checkAccess(reader, "health"), undefined);
  assertEquals(checkAccess(node, "health"), undefined);
  assertEquals(checkAccess(reader, "status"), undefined);
  assertEquals(checkAccess(node, "node.event"), undefined);
  assertEquals(checkAccess(reader, "chat.send"), {
    error: { code: "INVALID_REQUEST", message: "missing scope: operator.write" },
    isRoleViolation: false,
  });
  assertEquals(checkAccess(reader, "no.such")?.error.message, "missing scope: operator.admin");
  assertEquals(checkAccess(reader, "node.event"), {
    error: { code: "INVALID_REQUEST", message: "unauthorized role: operator" },
    isRoleViolation: true,
  });
  assertEquals(checkAccess(node, "status")?.error.message, "unauthorized role: node");
  assertEquals(
    checkAccess({ role: "node", scopes: ["operator.admin"] }, "status")?.isRoleViolation,
    true,
  );
});
