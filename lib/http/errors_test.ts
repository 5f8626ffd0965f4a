import { assertEquals } from "@std/assert";
import { errorResponse, hasScope, HttpError, invalidRequest, runError } from "./errors.ts";

Deno.test("hasScope() lets admin cover everything and write cover read", () => {
  assertEquals(hasScope(["operator.admin"], "operator.pairing"), true);
  assertEquals(hasScope(["operator.write"], "operator.read"), true);
  assertEquals(hasScope(["operator.write"], "operator.pairing"), false);
  assertEquals(hasScope(["operator.read"], "operator.write"), false);
  assertEquals(hasScope([], "operator.read"), false);
});

Deno.test("errorResponse() writes the envelope of each family", async () => {
  const error = new HttpError(503, "BUSY", "Busy", { retryAfterMs: 1, hint: "wait" });
  const body = { message: "Busy", type: "api_error", code: "BUSY", hint: "wait" };
  const openai = errorResponse(error, "openai");
  assertEquals([openai.status, openai.headers.get("retry-after")], [503, "1"]);
  assertEquals(await openai.json(), { error: body });
  assertEquals(await errorResponse(error, "gateway").json(), { ok: false, error: body });
  assertEquals(await errorResponse(error, "hooks").json(), { ok: false, error: "Busy" });
});

Deno.test("errorResponse() leaves out what an error does not have", async () => {
  const response = errorResponse(invalidRequest("Bad"), "openai");
  assertEquals(response.headers.has("retry-after"), false);
  assertEquals(await response.json(), {
    error: { message: "Bad", type: "invalid_request_error", code: "INVALID_REQUEST" },
  });
});

Deno.test("runError() never passes a provider's 401 on as the gateway's own", () => {
  const error = runError({ type: "error", code: "MODEL_AUTH", message: "Refused", status: 401 });
  assertEquals([error.status, error.type], [502, "api_error"]);
});

Deno.test("runError() does not say of an ended run that the request was wrong", () => {
  const error = runError({ type: "error", code: "RUN_ABORTED", message: "Ended", status: 499 });
  assertEquals([error.status, error.type], [499, "api_error"]);
});

Deno.test("errorResponse() names what OpenAI's clients act on as they know it", async () => {
  const error = new HttpError(400, "CONTEXT_TOO_LONG", "Too long", { hint: "/new" });
  assertEquals((await errorResponse(error, "openai").json()).error, {
    message: "Too long",
    type: "invalid_request_error",
    code: "context_length_exceeded",
    openclaw_code: "CONTEXT_TOO_LONG",
    hint: "/new",
  });
  const { error: anthropic } = await errorResponse(error, "anthropic", "req-1").json();
  assertEquals([anthropic.message, anthropic.code], [
    "prompt is too long: Too long",
    "CONTEXT_TOO_LONG",
  ]);
});
