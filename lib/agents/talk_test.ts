import { assert, assertEquals } from "@std/assert";
import type {
  AssistantMessage,
  GivenMessage,
  GivenToolResult,
  StoredMessage,
  TranscriptMessage,
  UserMessage,
} from "../sessions/mod.ts";
import { buildConversation, withoutKnown } from "./context.ts";

const NOTHING_WAITS: ReadonlySet<string> = new Set();

function user(text: string, rest: Partial<UserMessage> = {}): UserMessage {
  return { role: "user", content: [{ type: "text", text }], timestamp: 0, ...rest };
}

function assistant(text: string, ...callIds: string[]): AssistantMessage {
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };
  const calls = callIds.map((id) => ({
    type: "toolCall" as const,
    id,
    name: `f_${id}`,
    arguments: {},
  }));
  return {
    role: "assistant",
    content: [...(text ? [{ type: "text" as const, text }] : []), ...calls],
    timestamp: 0,
    api: "fake",
    provider: "fake",
    model: "fake",
    usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0, cost },
    stopReason: "stop",
  };
}

function result(toolCallId: string, text: string, rest = {}): TranscriptMessage {
  return {
    role: "toolResult",
    toolCallId,
    toolName: `f_${toolCallId}`,
    content: [{ type: "text", text }],
    isError: false,
    timestamp: 0,
    ...rest,
  };
}

function pending(id: string): TranscriptMessage {
  return result(id, "pending", { isPending: true });
}

function transcript(...messages: TranscriptMessage[]): StoredMessage[] {
  return messages.map((message, index) => ({ id: `m${index + 1}`, seq: index + 1, message }));
}

const said = (text: string): GivenMessage => ({ role: "user", text });
const replied = (text: string, ...ids: string[]): GivenMessage => ({
  role: "assistant",
  text,
  ...(ids.length > 0
    ? { toolCalls: ids.map((id) => ({ id, name: `f_${id}`, arguments: '{"a":1}' })) }
    : {}),
});
const answered = (id: string, text: string): GivenMessage => ({ role: "tool", id, text });

/** A conversation in short: `u text`, `a text [calls]`, `t id text`. */
function outline(history: StoredMessage[], own: UserMessage): string[] {
  const conversation = buildConversation(history, { id: "own", message: own }, NOTHING_WAITS);
  return conversation.map((message) => {
    if (message.role === "tool") {
      return `t ${message.toolCallId} ${message.isError ? "!" : ""}${message.text}`;
    }
    if (message.role === "user") {
      return `u ${message.content.map((part) => part.type === "text" ? part.text : "").join("\n")}`;
    }
    const ids = message.toolCalls.map(({ id }) => id).join(" ");
    return `a ${message.text}${ids ? `[${ids}]` : ""}`;
  });
}

function lines(...results: GivenToolResult[]): string {
  return results.map(({ id, text }) => `Tool:${id}: ${text}`).join("\n");
}

Deno.test("buildConversation() puts in front what the client tells, calls with their answers", () => {
  const earlier = [
    said("one"),
    replied("let me", "c1", "c2"),
    answered("c2", "second"),
    answered("c1", "first"),
    replied("so"),
  ];
  assertEquals(outline([], user("now", { earlier })), [
    "u one",
    "a let me[c1 c2]",
    "t c1 first",
    "t c2 second",
    "a so",
    "u now",
  ]);
});

Deno.test("buildConversation() puts results in the places of the calls", () => {
  const toolResults = [{ id: "c1", text: "sunny" }, { id: "c2", text: "broken", isError: true }];
  const earlier = [said("one"), replied("", "c1", "c2")];
  const told = user(lines(...toolResults), { earlier, toolResults });
  assertEquals(outline([], told), ["u one", "a [c1 c2]", "t c1 sunny", "t c2 !broken"]);
  const stored = transcript(user("one"), assistant("", "c1", "c2"), pending("c1"), pending("c2"));
  const kept = user(lines(...toolResults), { toolResults });
  assertEquals(outline(stored, kept), ["u one", "a [c1 c2]", "t c1 sunny", "t c2 !broken"]);
  const withText = user("and now?", { toolResults });
  assertEquals(outline(stored, withText).slice(2), [
    "t c1 sunny",
    "t c2 !broken",
    "u and now?",
  ]);
});

Deno.test("buildConversation() says so where a call was never answered", () => {
  const stored = transcript(user("one"), assistant("", "c1"), pending("c1"));
  const noResult = "t c1 !(no result: the call was not answered)";
  assertEquals(outline(stored, user("never mind")), ["u one", "a [c1]", noResult, "u never mind"]);
  const earlier = [said("one"), replied("", "c1")];
  assertEquals(outline([], user("never mind", { earlier }))[2], noResult);
});

Deno.test("buildConversation() has results of unknown calls as text", () => {
  const toolResults = [{ id: "gone", text: "late" }, { id: "c1", text: "sunny" }];
  const stored = transcript(user("one"), assistant("", "c1"), pending("c1"));
  assertEquals(outline(stored, user(lines(...toolResults), { toolResults })), [
    "u one",
    "a [c1]",
    "t c1 sunny",
    "u Tool:gone: late",
  ]);
  const told = { earlier: [answered("gone", "late"), said("x")] };
  assertEquals(outline([], user("now", told)), ["u Tool:gone: late", "u x", "u now"]);
  const both = user("now", { toolResults: [{ id: "gone", text: "late" }] });
  assertEquals(outline([], both), ["u Tool:gone: late\nnow"]);
});

Deno.test("buildConversation() has a result once that is told again after a failure", () => {
  const toolResults = [{ id: "c1", text: "sunny" }];
  const told = user(lines(...toolResults), { toolResults });
  const stored = transcript(user("one"), assistant("", "c1"), pending("c1"), told);
  assertEquals(outline(stored, told), ["u one", "a [c1]", "t c1 sunny"]);
  const corrected = [{ id: "c1", text: "rainy" }];
  assertEquals(outline(stored, user(lines(...corrected), { toolResults: corrected })), [
    "u one",
    "a [c1]",
    "t c1 rainy",
  ]);
});

Deno.test("buildConversation() keeps images and events of a message that brings results", () => {
  const toolResults = [{ id: "c1", text: "sunny" }];
  const message = user(lines(...toolResults), { toolResults, systemEvents: ["woke up"] });
  message.content.push({ type: "image", data: "AAAA", mimeType: "image/png" });
  const stored = transcript(assistant("", "c1"), pending("c1"));
  const conversation = buildConversation(stored, { id: "own", message }, NOTHING_WAITS);
  assertEquals(conversation.at(-1), {
    role: "user",
    content: [
      { type: "text", text: "woke up" },
      { type: "image", data: "AAAA", mimeType: "image/png" },
    ],
  });
});

/** What a session holds, what a client sends along, and what is new in it. */
const OVERLAPS: [
  name: string,
  stored: TranscriptMessage[],
  earlier: GivenMessage[],
  news: GivenMessage[],
][] = [
  ["the same", [user("a"), assistant("b")], [said("a"), replied("b")], []],
  ["other white space", [user("a  b"), assistant("c\nd")], [said("a b "), replied("c d")], []],
  ["the newest only", [user("a"), assistant("b"), user("c"), assistant("d")], [
    said("c"),
    replied("d"),
  ], []],
  ["more at the end", [user("a"), assistant("b")], [said("a"), replied("b"), said("c")], [
    said("c"),
  ]],
  [
    "a branch",
    [user("a"), assistant("b"), user("c"), assistant("d")],
    [said("a"), replied("b")],
    [],
  ],
  ["something else", [user("a"), assistant("b")], [said("a"), replied("x")], [
    said("a"),
    replied("x"),
  ]],
  [
    "repetitions",
    [user("a"), assistant("b"), user("a"), assistant("b")],
    [said("a"), replied("b"), said("a"), replied("b")],
    [],
  ],
  ["a try that failed", [user("a"), assistant("b"), user("c"), user("c"), assistant("d")], [
    said("a"),
    replied("b"),
    said("c"),
    replied("d"),
  ], []],
  [
    "a message that was dropped",
    [user("a"), assistant("b"), user("x"), user("c"), assistant("d")],
    [
      said("a"),
      replied("b"),
      said("c"),
      replied("d"),
    ],
    [],
  ],
  ["a last message that was dropped", [user("a"), assistant("b"), user("x")], [
    said("a"),
    replied("b"),
  ], []],
  [
    "all calls, none answered",
    [user("a"), assistant("", "c1", "c2"), pending("c1"), pending("c2")],
    [
      said("a"),
      replied("", "c1", "c2"),
    ],
    [],
  ],
  [
    "a turn with the agent's own tools",
    [user("a"), assistant("look", "own"), result("own", "found"), assistant("there")],
    [said("a"), replied("lookthere")],
    [],
  ],
  [
    "other calls",
    [user("a"), assistant("", "c1"), pending("c1")],
    [said("a"), replied("", "c9")],
    [said("a"), replied("", "c9")],
  ],
  [
    "text and calls apart",
    [user("a"), assistant("let me", "c1"), pending("c1")],
    [said("a"), replied("let me"), replied("", "c1")],
    [],
  ],
];

for (const [name, stored, earlier, news] of OVERLAPS) {
  Deno.test(`withoutKnown() keeps what is new: ${name}`, () => {
    const history = transcript(...stored);
    const kept = withoutKnown(user("now", { earlier }), history);
    assertEquals(kept.earlier ?? [], news);
    // With or without what is known: the model reads the same.
    assertEquals(outline(history, kept), outline(history, user("now", { earlier })));
  });
}

Deno.test("withoutKnown() keeps answers to calls that wait in the session", () => {
  const history = transcript(user("a"), assistant("", "c1"), pending("c1"));
  const earlier = [said("a"), replied("", "c1"), answered("c1", "sunny"), replied("ok")];
  const kept = withoutKnown(user("now", { earlier }), history);
  assertEquals(kept.toolResults, [{ id: "c1", text: "sunny" }]);
  assertEquals(kept.earlier, [replied("ok")]);
  assertEquals(outline(history, user("now", { earlier })), [
    "u a",
    "a [c1]",
    "t c1 sunny",
    "a ok",
    "u now",
  ]);
});

Deno.test("buildConversation() takes what was before the session began, but not what was cut", () => {
  const earlier = [said("old"), replied("older"), said("a"), replied("b")];
  const own = user("now", { earlier });
  const whole = transcript(user("a"), assistant("b"));
  assertEquals(outline(whole, own), ["u old", "a older", "u a", "a b", "u now"]);
  assertEquals(withoutKnown(own, whole).earlier, earlier);
  const cut = whole.map((message) => ({ ...message, seq: message.seq + 2 }));
  assertEquals(outline(cut, own), ["u a", "a b", "u now"]);
  assertEquals(withoutKnown(own, cut).earlier, undefined);
  const summary: TranscriptMessage = {
    role: "compaction",
    content: [{ type: "text", text: "it was long" }],
    timestamp: 0,
    firstKeptSeq: 1,
    tokensBefore: 9,
  };
  assertEquals(outline(transcript(summary, user("a"), assistant("b")), own).slice(1), [
    "u a",
    "a b",
    "u now",
  ]);
});

Deno.test("buildConversation() reads a conversation that was told in each message once", () => {
  // As a client of a keyed session sends it, before anything of it is left out.
  const first = user("one");
  const second = user("two", { earlier: [said("one"), replied("1")] });
  const third = user("three", { earlier: [said("one"), replied("1"), said("two"), replied("2")] });
  const history = transcript(first, assistant("1"), second, assistant("2"));
  assertEquals(outline(history, third), ["u one", "a 1", "u two", "a 2", "u three"]);
});

Deno.test("buildConversation() takes arguments that are no JSON as none", () => {
  const earlier: GivenMessage[] = [{
    role: "assistant",
    text: "",
    toolCalls: [{ id: "c", name: "f", arguments: "{broken" }],
  }];
  const own = { id: "own", message: user("now", { earlier }) };
  const [message] = buildConversation([], own, NOTHING_WAITS);
  assertEquals(message?.role === "assistant" && message.toolCalls, [
    { id: "c", name: "f", arguments: {} },
  ]);
});

// What compares everything with everything would not come to an end here.
Deno.test("buildConversation() reads a made-up history of any size", () => {
  const many = (count: number, text: string): GivenMessage[] =>
    Array.from({ length: count }, () => said(text));
  const stored = transcript(user("x", { earlier: many(100_000, "a") }));
  const earlier = [...many(50_000, "a"), said("b"), ...many(50_000, "a")];
  const calls = Array.from({ length: 50_000 }, (_, index) => replied("x", `c${index % 3}`));
  const unknown = Array.from({ length: 50_000 }, (_, index) => answered(`no${index}`, "x"));
  const said100k = outline(stored, user("now", { earlier: [...earlier, ...calls, ...unknown] }));
  assert(said100k.length > 100_000);
});
