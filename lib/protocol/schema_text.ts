/**
 * A JSON Schema as a person reads it, close to how TypeScript would say it.
 *
 * @module
 */

/** The part of JSON Schema that the parameters of this protocol need. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/**
 * The parameters of a method, one text each.
 *
 * @returns For instance `["key: string 1..", "limit?: integer 1..200", "…"]`; one text for several
 * shapes; none when no parameters are taken.
 */
export function renderParams(schema: JsonSchema): string[] {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return [variants.map(renderType).join(" | ")];
  return schema.type === "object" ? renderProperties(schema) : [renderType(schema)];
}

function renderProperties(schema: JsonSchema): string[] {
  const required = new Set(schema.required);
  const texts = Object.entries(schema.properties ?? {})
    .map(([name, field]) => `${name}${required.has(name) ? "" : "?"}: ${renderType(field)}`);
  return schema.additionalProperties === false ? texts : [...texts, "…"];
}

function renderType(schema: JsonSchema): string {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return variants.map(renderType).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  }
  if (typeof schema.type !== "string") {
    return schema.type === undefined ? "any" : schema.type.join(" | ");
  }
  return renderNamedType(schema.type, schema);
}

function renderNamedType(type: string, schema: JsonSchema): string {
  switch (type) {
    case "object":
      return renderObject(schema);
    case "array":
      return withBounds(`${grouped(renderType(schema.items ?? {}))}[]`, [
        schema.minItems,
        schema.maxItems,
      ]);
    case "string":
      return schema.pattern === undefined
        ? withBounds("string", [schema.minLength, schema.maxLength])
        : `string /${schema.pattern}/`;
    default:
      return withBounds(type, [schema.minimum, schema.maximum]);
  }
}

function renderObject(schema: JsonSchema): string {
  const { additionalProperties: rest } = schema;
  if (schema.properties === undefined && typeof rest === "object") {
    const value = renderType(rest);
    return value === "any" ? "object" : `{ [name]: ${value} }`;
  }
  return `{ ${renderProperties(schema).join(", ")} }`;
}

function grouped(text: string): string {
  return text.includes(" ") && !text.startsWith("{") ? `(${text})` : text;
}

/** Bounds that every whole number or every text has are not worth saying. */
function withBounds(
  text: string,
  [min, max]: readonly [min: number | undefined, max: number | undefined],
): string {
  const low = min === undefined || min <= Number.MIN_SAFE_INTEGER ? "" : String(min);
  const high = max === undefined || max >= Number.MAX_SAFE_INTEGER ? "" : String(max);
  return low === "" && high === "" ? text : `${text} ${low}..${high}`;
}
