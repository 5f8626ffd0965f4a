import { assertEquals } from "@std/assert";
import { RedactionSet } from "../../base/mod.ts";
import { sanitizeLogLine, type Sanitizer, sanitizeValue } from "./sanitize.ts";

function sanitizer(): Sanitizer {
  const redaction = new RedactionSet();
  redaction.add("canary-secret-1");
  return { redaction, stateDir: "/home/box/.openclaw", home: "/home/box" };
}

Deno.test("sanitizeValue() keeps settings and hides secrets, people and what they say", () => {
  const value = {
    gateway: {
      mode: "local",
      port: 18789,
      auth: { mode: "token", token: "__OPENCLAW_REDACTED__" },
    },
    agents: { list: [{ id: "main", systemPrompt: "You are kind", workspace: "/home/box/w" }] },
    channels: { telegram: { allowFrom: ["4711"], groups: { "-1001234567": { enabled: true } } } },
    models: { providers: { "canary-secret-1": { baseUrl: "https://box.example.com:8443/v1" } } },
    path: "/home/box/.openclaw/openclaw.json",
    dialled: "+491701234567",
    when: "2026-11-22T15:03:23.213Z",
    sentence: "what, me?",
    empty: "",
  };
  assertEquals(sanitizeValue(value, sanitizer()), {
    gateway: { mode: "local", port: 18789, auth: { mode: "token", token: "<redacted>" } },
    agents: { list: [{ id: "main", systemPrompt: "<redacted>", workspace: "~/w" }] },
    channels: { telegram: { allowFrom: ["<redacted>"], groups: { "<id-1>": { enabled: true } } } },
    models: { providers: { "<id-1>": { baseUrl: "https://box.example.com:8443/v1" } } },
    path: "$OPENCLAW_STATE_DIR/openclaw.json",
    dialled: "<redacted>",
    when: "2026-11-22T15:03:23.213Z",
    sentence: "<redacted>",
    empty: "",
  });
});

Deno.test("sanitizeLogLine() tells what kind of thing happened, not what was said", () => {
  const line = (subsystem: string, message: string, fields?: Record<string, unknown>) =>
    JSON.parse(sanitizeLogLine(
      JSON.stringify({
        "0": JSON.stringify({ subsystem }),
        "2": fields,
        _meta: { logLevelName: "WARN" },
        time: "t",
        message,
      }),
      sanitizer(),
    ));
  assertEquals(
    line("gateway", "http server listening on http://127.0.0.1:1 (bind auto)").msg,
    [
      "http server listening on http://127.0.0.1:1 (bind auto)",
    ][0],
  );
  assertEquals(line("gateway", 'session "my dog is ill" gone').msg, "session …");
  assertEquals(line("gateway/runs", "provider refused: my dog is ill canary-secret-1"), {
    time: "t",
    level: "warn",
    subsystem: "gateway/runs",
    msg: "provider refused …",
  });
  assertEquals(line("gateway/ws", "closed", { code: 1008, reason: "bad word, that", text: "x" }), {
    time: "t",
    level: "warn",
    subsystem: "gateway/ws",
    msg: "closed",
    fields: { code: 1008, reason: "<redacted>", text: "<redacted>" },
  });
  assertEquals(sanitizeLogLine("my dog is ill", sanitizer()), '{"omitted":"unparsed"}');
});
