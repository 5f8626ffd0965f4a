/**
 * The type of a field in a few words, for people.
 *
 * @module
 */
import type { AnySchema } from "./field.ts";

interface Definition {
  readonly type: string;
  readonly innerType?: AnySchema;
  readonly element?: AnySchema;
  readonly valueType?: AnySchema;
  readonly options?: readonly AnySchema[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
}

/** Such as `whole number`, `"a" | "b"` or `list of text`. */
export function typeText(schema: AnySchema): string {
  const definition = schema._zod.def as Definition;
  if (definition.innerType) return typeText(definition.innerType);
  switch (definition.type) {
    case "string":
      return "text";
    case "boolean":
      return "true | false";
    case "int":
      return "whole number";
    case "number":
      return isWhole(schema) ? "whole number" : "number";
    case "enum":
      return Object.values(definition.entries ?? {}).map((word) => JSON.stringify(word)).join(
        " | ",
      );
    case "literal":
      return (definition.values ?? []).map((value) => JSON.stringify(value)).join(" | ");
    case "array":
      return `list of ${definition.element ? grouped(typeText(definition.element)) : "any"}`;
    case "record":
      return `map to ${definition.valueType ? grouped(typeText(definition.valueType)) : "any"}`;
    case "union":
      return [...new Set((definition.options ?? []).map(typeText))].join(" | ");
    case "unknown":
      return "any";
    default:
      return definition.type;
  }
}

function isWhole(schema: AnySchema): boolean {
  return (schema._zod.def as { format?: string }).format === "safeint";
}

function grouped(text: string): string {
  return text.includes(" | ") ? `(${text})` : text;
}
