/**
 * The fields that OpenAI's published schema requires of a response, its items and its events, written
 * down as a table of our own.
 *
 * @module
 */

/** Says what is wrong with a value, or nothing. */
export type Rule = (value: unknown) => string | undefined;

/** Rules by field; each named field must be there. */
export type Shape = Readonly<Record<string, Rule>>;

/** What is wrong with the fields of an object, each as `where.field: problem`. */
export function problemsOf(value: unknown, shape: Shape, where: string): string[] {
  if (!isRecord(value)) return [`${where}: no object`];
  return Object.entries(shape).flatMap(([name, rule]) => {
    if (!Object.hasOwn(value, name)) return [`${where}.${name}: missing`];
    const problem = rule(value[name]);
    return problem === undefined ? [] : [`${where}.${name}: ${problem}`];
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function rule(what: string, fits: (value: unknown) => boolean): Rule {
  return (value) => fits(value) ? undefined : `${JSON.stringify(value)} is not ${what}`;
}

const text = rule("text", (value) => typeof value === "string");
const someText = rule("text that says something", (value) => typeof value === "string" && !!value);
const count = rule("a count", (value) => Number.isInteger(value) && value as number >= 0);
const flag = rule("a flag", (value) => typeof value === "boolean");
const list = rule("a list", Array.isArray);
const record = rule("an object", isRecord);
const time = rule(
  "seconds since the epoch",
  (value) => Number.isInteger(value) && value as number > 1_600_000_000 && value as number < 1e11,
);

function orNull(inner: Rule): Rule {
  return (value) => value === null ? undefined : inner(value);
}

function oneOf(...values: readonly unknown[]): Rule {
  return rule(`one of ${JSON.stringify(values)}`, (value) => values.includes(value));
}

function idOf(...prefixes: string[]): Rule {
  return rule(
    `an id beginning with ${prefixes.join(" or ")}`,
    (value) => typeof value === "string" && prefixes.some((each) => value.startsWith(`${each}_`)),
  );
}

function number(min: number, max: number): Rule {
  return rule(
    `a number from ${min} to ${max}`,
    (value) => typeof value === "number" && value >= min && value <= max,
  );
}

/** A response, whatever its state. */
export const RESPONSE: Shape = {
  id: idOf("resp"),
  object: oneOf("response"),
  created_at: time,
  completed_at: orNull(time),
  status: oneOf("completed", "failed", "in_progress", "cancelled", "queued", "incomplete"),
  background: flag,
  error: orNull(record),
  incomplete_details: orNull(record),
  instructions: orNull(text),
  max_output_tokens: orNull(count),
  max_tool_calls: orNull(count),
  model: someText,
  output: list,
  parallel_tool_calls: flag,
  previous_response_id: orNull(idOf("resp")),
  prompt_cache_key: orNull(text),
  reasoning: record,
  safety_identifier: orNull(text),
  service_tier: orNull(someText),
  store: flag,
  temperature: orNull(number(0, 2)),
  text: record,
  tool_choice: (value) =>
    typeof value === "string" ? oneOf("none", "auto", "required")(value) : record(value),
  tools: list,
  top_logprobs: orNull(count),
  top_p: orNull(number(0, 1)),
  truncation: oneOf("auto", "disabled"),
  usage: orNull(record),
  user: orNull(text),
  metadata: record,
};

/** The counts of a response that has ended well. */
export const USAGE: Shape = {
  input_tokens: count,
  input_tokens_details: (value) =>
    problemsOf(value, { cached_tokens: count, cache_write_tokens: count }, "")[0],
  output_tokens: count,
  output_tokens_details: (value) => problemsOf(value, { reasoning_tokens: count }, "")[0],
  total_tokens: count,
};

/** A failure inside a response. */
export const ERROR: Shape = {
  code: oneOf("server_error", "rate_limit_exceeded", "invalid_prompt"),
  message: someText,
};

const ITEM_STATUS = oneOf("in_progress", "completed", "incomplete");

/** Items of an output by their type. */
export const ITEMS: Readonly<Record<string, Shape>> = {
  message: {
    id: idOf("msg"),
    role: oneOf("assistant"),
    status: ITEM_STATUS,
    content: list,
  },
  function_call: {
    id: idOf("fc"),
    call_id: someText,
    name: someText,
    arguments: text,
    status: ITEM_STATUS,
  },
  reasoning: { id: idOf("rs"), summary: list, status: ITEM_STATUS },
};

/** A part of a message. */
export const TEXT_PART: Shape = {
  type: oneOf("output_text"),
  text,
  annotations: list,
  logprobs: list,
};

/** A part of a summary. */
export const SUMMARY_PART: Shape = { type: oneOf("summary_text"), text };

const ITEM_PLACE: Shape = { output_index: count, item: record };
const TEXT_PLACE: Shape = { item_id: someText, output_index: count, content_index: count };
const SUMMARY_PLACE: Shape = { item_id: someText, output_index: count, summary_index: count };
const CALL_PLACE: Shape = { item_id: someText, output_index: count };

/** Events by their type, without `type` and `sequence_number`, which all have. */
export const EVENTS: Readonly<Record<string, Shape>> = {
  "response.created": { response: record },
  "response.in_progress": { response: record },
  "response.output_item.added": ITEM_PLACE,
  "response.output_item.done": ITEM_PLACE,
  "response.content_part.added": { ...TEXT_PLACE, part: record },
  "response.content_part.done": { ...TEXT_PLACE, part: record },
  "response.output_text.delta": { ...TEXT_PLACE, delta: someText, logprobs: list },
  "response.output_text.done": { ...TEXT_PLACE, text, logprobs: list },
  "response.reasoning_summary_part.added": { ...SUMMARY_PLACE, part: record },
  "response.reasoning_summary_part.done": { ...SUMMARY_PLACE, part: record },
  "response.reasoning_summary_text.delta": { ...SUMMARY_PLACE, delta: someText },
  "response.reasoning_summary_text.done": { ...SUMMARY_PLACE, text },
  "response.function_call_arguments.delta": { ...CALL_PLACE, delta: someText },
  "response.function_call_arguments.done": { ...CALL_PLACE, arguments: text, name: someText },
  "response.completed": { response: record },
  "response.incomplete": { response: record },
  "response.failed": { response: record },
  "response.cancelled": { response: record },
};
