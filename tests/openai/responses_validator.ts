/**
 * A strict reader of `/v1/responses`: shapes, order of events, numbers, and that the parts add up.
 *
 * Written from OpenAI's published schema, without the program's code.
 *
 * @module
 */
import {
  ERROR,
  EVENTS,
  isRecord,
  ITEMS,
  problemsOf,
  RESPONSE,
  SUMMARY_PART,
  TEXT_PART,
  USAGE,
} from "./response_shapes.ts";

type Json = Record<string, unknown>;

/** One frame of an event stream; comments are none. */
interface Frame {
  event: string | undefined;
  data: string;
}

/** Everything that is wrong with a response object that has ended. */
export function validateResponse(response: unknown): string[] {
  const problems = problemsOf(response, RESPONSE, "response");
  if (!isRecord(response)) return problems;
  const { status, error, incomplete_details: details, usage, output } = response;
  if (!["completed", "incomplete", "failed", "cancelled"].includes(String(status))) {
    problems.push(`response.status: "${status}" is not the end`);
  }
  if ((status === "failed") !== (error !== null)) {
    problems.push("response.error: is not about status");
  }
  if (status === "failed") problems.push(...problemsOf(error, ERROR, "response.error"));
  if ((status === "incomplete") !== (details !== null)) {
    problems.push("response.incomplete_details: is not about status");
  }
  if (status === "completed" || status === "incomplete") problems.push(...usageProblems(usage));
  const items = Array.isArray(output) ? output : [];
  if (status === "completed" && items.length === 0) problems.push("response.output: is empty");
  const ids = items.map((item) => isRecord(item) ? item.id : undefined);
  if (new Set(ids).size < ids.length) problems.push("response.output: an id comes twice");
  return [...problems, ...items.flatMap((item, index) => itemProblems(item, `output.${index}`))];
}

/** Everything that is wrong with the text of a stream. */
export function validateStream(text: string): string[] {
  const machine = new StreamMachine();
  const problems: string[] = [];
  if (!text.endsWith("\n\n")) problems.push("stream: ends inside a frame");
  const frames = framesOf(text);
  for (const [index, frame] of frames.entries()) {
    const isLast = index === frames.length - 1;
    if (frame.data === "[DONE]") {
      if (!isLast) problems.push("stream: goes on behind [DONE]");
      if (frame.event !== undefined) problems.push("stream: [DONE] has an event");
      continue;
    }
    if (isLast) problems.push("stream: ends without [DONE]");
    problems.push(...machine.take(frame));
  }
  return [...problems, ...machine.end()];
}

/** Everything that is wrong with a stream that goes on behind event `after` of a whole one. */
export function validateResumed(text: string, whole: string, after: number): string[] {
  const expected = framesOf(whole).filter(({ data }) =>
    data === "[DONE]" || JSON.parse(data).sequence_number > after
  );
  const frames = framesOf(text);
  const problems = text.endsWith("\n\n") ? [] : ["stream: ends inside a frame"];
  if (frames.length !== expected.length) {
    problems.push(`stream: ${frames.length} frames, not ${expected.length}`);
  }
  frames.forEach(({ event, data }, index) => {
    const other = expected[index];
    if (event !== other?.event || data !== other?.data) problems.push(`frame ${index}: ${data}`);
  });
  return problems;
}

/** The events of a stream, parsed; `[DONE]` left out. */
export function eventsOf(text: string): Json[] {
  return framesOf(text).filter(({ data }) => data !== "[DONE]").map(({ data }) => JSON.parse(data));
}

function framesOf(text: string): Frame[] {
  return text.split("\n\n").flatMap((block) => {
    const lines = block.split("\n").filter((line) => line !== "" && !line.startsWith(":"));
    if (lines.length === 0) return [];
    const value = (name: string) =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    return [{ event: value("event"), data: value("data") ?? "" }];
  });
}

function usageProblems(usage: unknown): string[] {
  const problems = problemsOf(usage, USAGE, "usage");
  if (problems.length > 0 || !isRecord(usage)) return problems;
  const sum = Number(usage.input_tokens) + Number(usage.output_tokens);
  if (usage.total_tokens !== sum) problems.push("usage.total_tokens: is not the sum");
  const cached = (usage.input_tokens_details as Json).cached_tokens as number;
  if (cached > Number(usage.input_tokens)) problems.push("usage: more was cached than read");
  return problems;
}

/** What is wrong with an item that is closed. */
function itemProblems(item: unknown, where: string): string[] {
  const shape = ITEMS[isRecord(item) ? String(item.type) : ""];
  if (shape === undefined) return [`${where}.type: unknown`];
  const problems = problemsOf(item, shape, where);
  if (!isRecord(item) || problems.length > 0) return problems;
  if (item.status === "in_progress") problems.push(`${where}.status: is not closed`);
  const parts = (item.content ?? item.summary ?? []) as Json[];
  const partShape = item.type === "message" ? TEXT_PART : SUMMARY_PART;
  problems.push(...parts.flatMap((part, i) => problemsOf(part, partShape, `${where}.${i}`)));
  const isSilent = item.type !== "function_call" && parts.every(({ text }) => text === "");
  if (isSilent) problems.push(`${where}: was opened and says nothing`);
  return problems;
}

/** The item that grows. */
interface OpenItem {
  item: Json;
  index: number;
  /** What the deltas add up to. */
  sum: string;
  /** What is expected next, besides deltas. */
  stage: "added" | "part" | "text done" | "part done";
}

class StreamMachine {
  #sequence = 0;
  #started = 0;
  #id: unknown;
  #open: OpenItem | undefined;
  readonly #closed: Json[] = [];
  #isOver = false;

  take({ event, data }: Frame): string[] {
    const parsed: unknown = JSON.parse(data);
    if (!isRecord(parsed)) return ["event: no object"];
    const type = String(parsed.type);
    const where = `${this.#sequence} ${type}`;
    const problems: string[] = [];
    if (event !== type) problems.push(`${where}: event line says "${event}"`);
    if (parsed.sequence_number !== this.#sequence++) problems.push(`${where}: sequence_number`);
    if (this.#isOver) problems.push(`${where}: comes behind the end`);
    const shape = EVENTS[type];
    if (shape === undefined) return [...problems, `${where}: unknown`];
    problems.push(...problemsOf(parsed, shape, where));
    if (problems.length > 0) return problems;
    return this.#step(type, parsed).map((problem) => `${where}: ${problem}`);
  }

  end(): string[] {
    return this.#isOver ? [] : ["stream: ends without an end of its response"];
  }

  #step(type: string, event: Json): string[] {
    if (this.#started < 2) return this.#start(type, event.response as Json);
    switch (type) {
      case "response.output_item.added":
        return this.#added(event);
      case "response.output_item.done":
        return this.#done(event);
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
      case "response.cancelled":
        return this.#finish(type, event.response as Json);
      case "response.created":
      case "response.in_progress":
        return ["comes twice"];
      default:
        return this.#grow(type, event);
    }
  }

  #start(type: string, response: Json): string[] {
    const expected = ["response.created", "response.in_progress"][this.#started++];
    if (type !== expected) return [`expected ${expected}`];
    this.#id ??= response.id;
    const problems = problemsOf(response, RESPONSE, "response");
    if (response.status !== "in_progress") problems.push("status");
    if ((response.output as unknown[]).length > 0) problems.push("has output already");
    if (response.id !== this.#id) problems.push("another id");
    return problems;
  }

  #added({ item, output_index: index }: Json): string[] {
    const added = item as Json;
    const problems: string[] = [];
    if (this.#open) problems.push("another item is open");
    if (index !== this.#closed.length) problems.push("output_index");
    const shape = ITEMS[String(added.type)];
    if (shape === undefined) return ["unknown item"];
    problems.push(...problemsOf(added, shape, "item"));
    if (added.status !== "in_progress") problems.push("item is not in progress");
    const content = added.content ?? added.summary ?? added.arguments;
    if ((content as unknown[]).length !== 0) problems.push("item begins with content");
    if (this.#closed.some(({ id }) => id === added.id)) problems.push("id comes twice");
    this.#open = { item: added, index: index as number, sum: "", stage: "added" };
    return problems;
  }

  /** Events inside an item. */
  #grow(type: string, event: Json): string[] {
    const open = this.#open;
    if (open === undefined) return ["no item is open"];
    const problems: string[] = [];
    if (event.item_id !== open.item.id) problems.push("item_id");
    if (event.output_index !== open.index) problems.push("output_index");
    if ((event.content_index ?? event.summary_index ?? 0) !== 0) problems.push("index of the part");
    const step = STEPS[type]!;
    if (step.item !== open.item.type) problems.push(`in an item of type ${open.item.type}`);
    if (!step.from.includes(open.stage)) problems.push(`out of order, behind "${open.stage}"`);
    open.stage = step.to;
    if (typeof event.delta === "string") open.sum += event.delta;
    const part = event.part as Json | undefined;
    if (part !== undefined) {
      problems.push(
        ...problemsOf(part, open.item.type === "message" ? TEXT_PART : SUMMARY_PART, "part"),
      );
    }
    const whole = event.text ?? event.arguments ?? part?.text;
    const expected = type.endsWith("part.added") ? "" : open.sum;
    if (whole !== undefined && whole !== expected) {
      problems.push("is not what the deltas add up to");
    }
    return problems;
  }

  #done({ item, output_index: index }: Json): string[] {
    const open = this.#open;
    const done = item as Json;
    if (open === undefined) return ["no item is open"];
    this.#open = undefined;
    this.#closed.push(done);
    const problems = itemProblems(done, "item");
    if (index !== open.index) problems.push("output_index");
    if (done.id !== open.item.id || done.type !== open.item.type) problems.push("another item");
    const last = done.type === "function_call" ? "text done" : "part done";
    // Arguments that were cut short are never said to be done.
    const isCut = done.type === "function_call" && done.status === "incomplete";
    if ((open.stage === last) === isCut) problems.push(`closed behind "${open.stage}"`);
    const parts = (done.content ?? done.summary ?? []) as Json[];
    const whole = done.arguments ?? parts.map(({ text }) => text).join("");
    if (whole !== open.sum) problems.push("is not what the deltas add up to");
    for (const name of ["call_id", "name", "role"]) {
      if (done[name] !== open.item[name]) problems.push(`${name} changed`);
    }
    return problems;
  }

  #finish(type: string, response: Json): string[] {
    this.#isOver = true;
    const problems = validateResponse(response);
    if (this.#open) problems.push("an item is open");
    if (type !== `response.${response.status}`) problems.push(`status is ${response.status}`);
    if (response.id !== this.#id) problems.push("another id");
    if (JSON.stringify(response.output) !== JSON.stringify(this.#closed)) {
      problems.push("output is not what the items were");
    }
    return problems;
  }
}

interface Step {
  item: string;
  from: readonly OpenItem["stage"][];
  to: OpenItem["stage"];
}

const STEPS: Readonly<Record<string, Step>> = {
  "response.content_part.added": { item: "message", from: ["added"], to: "part" },
  "response.output_text.delta": { item: "message", from: ["part"], to: "part" },
  "response.output_text.done": { item: "message", from: ["part"], to: "text done" },
  "response.content_part.done": { item: "message", from: ["text done"], to: "part done" },
  "response.reasoning_summary_part.added": { item: "reasoning", from: ["added"], to: "part" },
  "response.reasoning_summary_text.delta": { item: "reasoning", from: ["part"], to: "part" },
  "response.reasoning_summary_text.done": { item: "reasoning", from: ["part"], to: "text done" },
  "response.reasoning_summary_part.done": {
    item: "reasoning",
    from: ["text done"],
    to: "part done",
  },
  "response.function_call_arguments.delta": {
    item: "function_call",
    from: ["added", "part"],
    to: "part",
  },
  "response.function_call_arguments.done": {
    item: "function_call",
    from: ["added", "part"],
    to: "text done",
  },
};
