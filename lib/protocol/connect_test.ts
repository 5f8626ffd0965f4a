import { assertEquals } from "@std/assert";
import { closeReason, describeClose } from "./close_codes.ts";
import { AUTH_FAILURES, authFailure, FINAL_CONNECT_CODES } from "./connect.ts";

Deno.test("authFailure() gives code, reason and advice", () => {
  assertEquals(authFailure("token_missing", "unauthorized: gateway token missing"), {
    code: "INVALID_REQUEST",
    message: "unauthorized: gateway token missing",
    details: {
      code: "AUTH_TOKEN_MISSING",
      authReason: "token_missing",
      canRetryWithDeviceToken: false,
      recommendedNextStep: "update_auth_configuration",
    },
  });
  assertEquals(authFailure("token_mismatch", "m", true).details, {
    code: "AUTH_TOKEN_MISMATCH",
    authReason: "token_mismatch",
    canRetryWithDeviceToken: true,
    recommendedNextStep: "retry_with_device_token",
  });
  assertEquals(authFailure("password_mismatch", "m", true).details.canRetryWithDeviceToken, false);
});

Deno.test("authFailure() has an answer to no reason and to an unknown one", () => {
  assertEquals(authFailure(undefined, "m").details, {
    code: "AUTH_REQUIRED",
    canRetryWithDeviceToken: false,
    recommendedNextStep: "review_auth_configuration",
  });
  assertEquals(authFailure("toString", "m").details.code, "AUTH_UNAUTHORIZED");
});

Deno.test("FINAL_CONNECT_CODES names only codes that exist", () => {
  const known = Object.values(AUTH_FAILURES).map(([code]) => code as string);
  for (const code of FINAL_CONNECT_CODES.filter((name) => name.startsWith("AUTH_"))) {
    assertEquals(known.includes(code), true, code);
  }
});

Deno.test("describeClose() reads as the CLI prints it", () => {
  const abnormal = "gateway closed (1006 abnormal closure (no close frame)): no close reason";
  assertEquals(describeClose(1006, ""), abnormal);
  assertEquals(describeClose(0, ""), abnormal);
  assertEquals(describeClose(1012, "service restart"), "gateway closed (1012): service restart");
});

Deno.test("closeReason() cuts to 120 bytes without splitting a character", () => {
  assertEquals(closeReason("short"), "short");
  assertEquals(closeReason("a".repeat(200)).length, 120);
  assertEquals(closeReason("€".repeat(50)), "€".repeat(40));
  assertEquals(closeReason("a" + "€".repeat(50)), "a" + "€".repeat(39));
});
