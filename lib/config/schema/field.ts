/**
 * The building blocks of the configuration schema: a zod type together with its metadata.
 *
 * Every helper makes an optional field and registers what people and programs need to know of it, so
 * that a field cannot exist without a description. Defaults are not part of the schema: they belong
 * to the resolvers, and must never be written back.
 *
 * @module
 */
import * as z from "zod/mini";

/** When a change of a field takes effect. */
export type ReloadClass = "live" | "channel" | "restart";

/** What is known of a field besides its type. */
export interface FieldMeta {
  /** Name for forms; derived from the key when absent. */
  readonly title?: string;
  readonly description: string;
  readonly unit?: string;
  /** Never shown, logged or answered. */
  readonly secret?: boolean;
  /** Overrides the class of the enclosing field or section. */
  readonly reload?: ReloadClass;
  /** What can go wrong when this is set. */
  readonly danger?: string;
  /** Version that brought the field; absent for those that were there from the first. */
  readonly since?: string;
}

/** Metadata besides the description. */
export type FieldOptions = Omit<FieldMeta, "description">;

/** Bounds of a number field. */
export interface NumberOptions extends FieldOptions {
  readonly min?: number;
  readonly max?: number;
}

/** Any zod type. */
export type AnySchema = z.core.$ZodType;

const REGISTRY = z.registry<FieldMeta>();

/** The metadata of a field, or `undefined` for a type that is no field of its own. */
export function fieldMeta(schema: AnySchema): FieldMeta | undefined {
  return REGISTRY.get(schema);
}

/** Attaches metadata to a type. */
export function describe<S extends AnySchema>(
  schema: S,
  description: string,
  options: FieldOptions = {},
): S {
  REGISTRY.add(schema, { ...options, description });
  return schema;
}

/** An optional string. */
export function text(description: string, options?: FieldOptions) {
  return describe(z.optional(z.string()), description, options);
}

/** A string that must be there. */
export function requiredText(description: string, options?: FieldOptions) {
  return describe(z.string().check(z.minLength(1)), description, options);
}

/** An optional switch. */
export function flag(description: string, options?: FieldOptions) {
  return describe(z.optional(z.boolean()), description, options);
}

/** An optional whole number. */
export function whole(description: string, options: NumberOptions = {}) {
  const { min = 0, max = Number.MAX_SAFE_INTEGER, ...meta } = options;
  const schema = z.int().check(z.gte(min), z.lte(max));
  return describe(z.optional(schema), description, meta);
}

/** An optional number that may have a fraction. */
export function decimal(description: string, options: NumberOptions = {}) {
  const { min = 0, max = Number.MAX_VALUE, ...meta } = options;
  return describe(z.optional(z.number().check(z.gte(min), z.lte(max))), description, meta);
}

/** An optional amount with a unit: `30d`, `2mb`, a bare number, or `false` for none. */
export function amount(description: string, options?: FieldOptions) {
  const schema = z.union([z.string(), z.number().check(z.gte(0)), z.literal(false)]);
  return describe(z.optional(schema), description, options);
}

/** One of a few words. */
export function choice<const T extends readonly [string, ...string[]]>(
  values: T,
  description: string,
  options?: FieldOptions,
) {
  return describe(z.optional(z.enum(values)), description, options);
}

/** An optional list of strings. */
export function texts(description: string, options?: FieldOptions) {
  return describe(z.optional(z.array(z.string())), description, options);
}

/** An optional list. */
export function listOf<S extends AnySchema>(
  item: S,
  description: string,
  options?: FieldOptions,
) {
  return describe(z.optional(z.array(item)), description, options);
}

/** An optional object from free names to values of one type. */
export function mapOf<S extends AnySchema>(
  value: S,
  description: string,
  options?: FieldOptions,
) {
  return describe(z.optional(z.record(z.string(), value)), description, options);
}

/** An optional object of known fields; other keys are kept and warned about. */
export function group<S extends z.core.$ZodLooseShape>(
  shape: S,
  description: string,
  options?: FieldOptions,
) {
  return describe(z.optional(z.object(shape)), description, options);
}

/** An optional object of which only some fields are described; the others pass without a word. */
export function loose<S extends z.core.$ZodLooseShape>(
  shape: S,
  description: string,
  options?: FieldOptions,
) {
  return describe(z.optional(z.looseObject(shape)), description, options);
}

/** An optional list of ids; a number is an id that was written without quotes. */
export function ids(description: string, options?: FieldOptions) {
  return listOf(z.union([z.string(), z.number()]), description, options);
}

/** An optional object whose inside is not modelled. */
export function open(description: string, options?: FieldOptions) {
  return mapOf(z.unknown(), description, options);
}

/** An optional value of any type. */
export function anything(description: string, options?: FieldOptions) {
  return describe(z.optional(z.unknown()), description, options);
}

/** A pointer to a secret that is kept elsewhere. */
export function secretRef() {
  return z.object({
    source: describe(z.enum(["env", "file", "exec"]), "Kind of place the secret is kept in"),
    provider: text("Name under secrets.providers; the default of the source when absent"),
    id: requiredText("Variable, pointer or id within the provider"),
  });
}

/** An optional secret: the text itself, `${NAME}`, or a pointer. */
export function secret(description: string, options?: FieldOptions) {
  const schema = z.optional(z.union([z.string(), secretRef()]));
  return describe(schema, description, { ...options, secret: true });
}
