/**
 * The smallest value that fits a JSON Schema, with words of a message where it needs text.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import { textFor } from "./pattern_sample.ts";

/** Below this depth a value that may be left out is. */
const MAX_DEPTH = 8;
/** Where not even required parts are followed any more: a schema that has no finite value. */
const MAX_REQUIRED_DEPTH = 32;
/** Schemas looked at for one value; beyond them parts that branch again and again are cut off. */
const MAX_SCHEMAS = 5000;

/** Texts and numbers to fill in, each used once; then the last text, or zero. */
export class Fodder {
  readonly #texts: string[];
  readonly #numbers: number[];

  constructor(texts: readonly string[], numbers: readonly number[]) {
    this.#texts = [...texts];
    this.#numbers = [...numbers];
  }

  /** What a message offers: what is quoted in it, else its names, and its numbers. */
  static of(message: string): Fodder {
    const quoted = [...message.matchAll(/"([^"\n]{1,200})"|“([^”\n]{1,200})”/g)]
      .map((match) => match[1] ?? match[2]!);
    const names = [...message.matchAll(/(?<=[\p{L}\p{N},;:] )\p{Lu}[\p{L}\p{N}-]*/gu)]
      .map(([name]) => name);
    const numbers = [...message.matchAll(/(?<![\w.])-?\d{1,15}(?:\.\d{1,6})?(?!\w)/g)]
      .map(([number]) => Number(number));
    return new Fodder(quoted.length > 0 ? quoted : names, numbers);
  }

  /** The next text. */
  text(): string {
    return (this.#texts.length > 1 ? this.#texts.shift() : this.#texts[0]) ?? "demo";
  }

  /** The next number. */
  number(): number {
    return this.#numbers.shift() ?? 0;
  }
}

/** A value that fits `schema`; the same one each time. */
export function sampleOf(schema: unknown, fodder: Fodder): unknown {
  return new Sampler(isObject(schema) ? schema : {}, fodder).sample(schema, 0);
}

class Sampler {
  readonly #root: JsonObject;
  readonly #fodder: Fodder;
  #schemasLeft = MAX_SCHEMAS;

  constructor(root: JsonObject, fodder: Fodder) {
    this.#root = root;
    this.#fodder = fodder;
  }

  sample(given: unknown, depth: number): unknown {
    if (depth > MAX_REQUIRED_DEPTH) return null;
    const schema = this.#resolve(given, depth);
    if (this.#schemasLeft < 0) return null;
    if ("const" in schema) return schema.const;
    if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0];
    if ("default" in schema) return schema.default;
    const choice = this.#choose(schema, depth);
    if (choice !== undefined) {
      return this.sample({ ...withoutChoices(schema), ...choice }, depth + 1);
    }
    switch (typeOf(schema, depth)) {
      case "object":
        return this.#object(schema, depth);
      case "array":
        return this.#array(schema, depth);
      case "string":
        return stringFor(schema, this.#fodder);
      case "integer":
        return numberFor(schema, Math.trunc(this.#fodder.number()), 1);
      case "number":
        return numberFor(schema, this.#fodder.number(), 0);
      case "boolean":
        return true;
      case "null":
        return null;
      default:
        return {};
    }
  }

  /** The schema itself: references followed, parts that all hold put together. */
  #resolve(given: unknown, depth: number): JsonObject {
    if (depth > MAX_REQUIRED_DEPTH || --this.#schemasLeft < 0) return {};
    let schema = isObject(given) ? given : {};
    for (let hops = 0; typeof schema.$ref === "string" && hops < MAX_DEPTH; hops++) {
      const { $ref, ...rest } = schema;
      schema = { ...this.#lookUp($ref as string), ...rest };
    }
    if (!Array.isArray(schema.allOf)) return schema;
    const { allOf, ...rest } = schema;
    return (allOf as unknown[]).map((part) => this.#resolve(part, depth + 1)).reduce(merge, rest);
  }

  #lookUp(reference: string): JsonObject {
    let place: unknown = this.#root;
    for (const step of reference.replace(/^#\/?/, "").split("/").filter((part) => part !== "")) {
      const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
      place = isObject(place) || Array.isArray(place)
        ? (place as Record<string, unknown>)[name]
        : undefined;
    }
    return isObject(place) ? place : {};
  }

  /** One of several alternatives: the first, or where it goes deep the one that ends. */
  #choose(schema: JsonObject, depth: number): JsonObject | undefined {
    const list = schema.anyOf ?? schema.oneOf;
    if (!Array.isArray(list) || list.length === 0) return undefined;
    const options = list.map((option) => this.#resolve(option, depth + 1));
    const end = depth < MAX_DEPTH ? undefined : options.find(({ type }) => type === "null");
    return end ?? options[0];
  }

  #object(schema: JsonObject, depth: number): JsonObject {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const required = Array.isArray(schema.required) ? schema.required : [];
    const entries = required.filter((name): name is string => typeof name === "string")
      .map((name) => [name, this.sample(ownValue(properties, name), depth + 1)]);
    return Object.fromEntries(entries);
  }

  #array(schema: JsonObject, depth: number): unknown[] {
    const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
    const least = typeof schema.minItems === "number" ? schema.minItems : 0;
    const wanted = depth < MAX_DEPTH ? Math.max(1, least) : least;
    const most = typeof schema.maxItems === "number" ? schema.maxItems : Infinity;
    const length = Math.min(Math.max(wanted, first.length), most, 100);
    if (schema.items === false && first.length === 0) return [];
    return Array.from(
      { length: schema.items === false ? Math.min(length, first.length) : length },
      (_, index) => this.sample(first[index] ?? schema.items ?? {}, depth + 1),
    );
  }
}

function withoutChoices(schema: JsonObject): JsonObject {
  const { anyOf: _anyOf, oneOf: _oneOf, ...rest } = schema;
  return rest;
}

function ownValue(record: JsonObject, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : {};
}

/** Two schemas that both hold. */
function merge(a: JsonObject, b: JsonObject): JsonObject {
  const record = (value: unknown) => isObject(value) ? value : {};
  const list = (value: unknown) => Array.isArray(value) ? value : [];
  return {
    ...a,
    ...b,
    properties: { ...record(a.properties), ...record(b.properties) },
    required: [...new Set([...list(a.required), ...list(b.required)])],
  };
}

function typeOf(schema: JsonObject, depth: number): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return depth >= MAX_DEPTH && type.includes("null") ? "null" : type[0];
  if (type !== undefined) return type;
  if (typeof schema.pattern === "string") return "string";
  if (isObject(schema.properties) || Array.isArray(schema.required)) return "object";
  return schema.items === undefined && schema.prefixItems === undefined ? undefined : "array";
}

const FORMATS: Readonly<Record<string, string>> = {
  "date-time": "2026-01-01T00:00:00Z",
  date: "2026-01-01",
  time: "00:00:00Z",
  duration: "PT1H",
  email: "demo@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  url: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
};

function stringFor(schema: JsonObject, fodder: Fodder): string {
  const known = typeof schema.format === "string" ? FORMATS[schema.format] : undefined;
  if (known !== undefined) return known;
  const least = typeof schema.minLength === "number" ? schema.minLength : 0;
  const fitting = typeof schema.pattern === "string" ? textFor(schema.pattern, least) : undefined;
  if (fitting !== undefined) return fitting;
  const most = typeof schema.maxLength === "number" ? schema.maxLength : 200;
  return fodder.text().slice(0, Math.max(most, 0)).padEnd(Math.min(least, 10_000), "x");
}

/** The nearest number to `wanted` within the bounds; `grain` 1 for whole numbers. */
function numberFor(schema: JsonObject, wanted: number, grain: 0 | 1): number {
  const bound = (name: string) => typeof schema[name] === "number" ? schema[name] : undefined;
  const step = bound("multipleOf") ?? grain;
  const above = bound("exclusiveMinimum");
  const below = bound("exclusiveMaximum");
  const gap = step || 0.5;
  const least = Math.max(
    bound("minimum") ?? -Infinity,
    above === undefined ? -Infinity : above + gap,
  );
  const most = Math.min(bound("maximum") ?? Infinity, below === undefined ? Infinity : below - gap);
  const value = Math.max(least, Math.min(most, wanted));
  if (step === 0) return value;
  const down = Math.floor(value / step) * step;
  return down >= least ? down : down + step;
}
