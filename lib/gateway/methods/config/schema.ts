/**
 * `config.schema` and `config.schema.lookup`: the configuration's schema as JSON Schema, with what
 * forms show beside a field.
 *
 * @module
 */
import { AppError, isObject, type JsonObject, VERSION } from "../../../base/mod.ts";
import type { ConfigJsonSchema } from "../../../config/mod.ts";

/** What `config.schema` answers. */
export function describeSchema(built: ConfigJsonSchema, now: number) {
  return { ...built, version: VERSION, generatedAt: new Date(now).toISOString() };
}

/** A place in the schema, and its path in the form of the hints. */
interface Place {
  readonly schema: JsonObject;
  readonly hintPath: string;
}

/** One place of the schema and what is below it. @throws {AppError} When there is none. */
export function lookUp({ schema, uiHints }: ConfigJsonSchema, path: string) {
  const parts = path === "." ? [] : path.replaceAll("[]", ".*").split(/[.[\]]+/).filter(Boolean);
  let place: Place | undefined = { schema, hintPath: "" };
  for (const part of parts) place = place && step(place, part);
  if (!place) {
    throw new AppError("CONFIG_PATH_NOT_FOUND", "config schema path not found", {
      hint: 'openclaw gateway call config.schema.lookup --params \'{"path":"gateway"}\'',
      details: { path },
    });
  }
  const hint = (at: string) => uiHints[at] === undefined ? {} : { hint: uiHints[at], hintPath: at };
  return {
    path,
    schema: shallow(place.schema),
    ...hint(place.hintPath),
    children: childrenOf(place).map(({ key, required, schema, hintPath }) => ({
      key,
      path: parts.length === 0 ? key : `${path}.${key}`,
      ...(typeOf(schema) === undefined ? {} : { type: typeOf(schema) }),
      required,
      hasChildren: childrenOf({ schema, hintPath }).length > 0,
      ...hint(hintPath),
    })),
  };
}

/** The schema itself and, where it is a choice, those of the choices. */
function branches(schema: JsonObject): JsonObject[] {
  const choices = Array.isArray(schema.anyOf) ? schema.anyOf.filter(isObject) : [];
  return [schema, ...choices.flatMap(branches)];
}

interface Child extends Place {
  readonly key: string;
  readonly required: boolean;
}

function childrenOf({ schema, hintPath }: Place): Child[] {
  return branches(schema).flatMap((branch): Child[] => {
    const required = Array.isArray(branch.required) ? branch.required : [];
    const named = Object.entries(isObject(branch.properties) ? branch.properties : {})
      .map(([key, child]): Child => ({
        key,
        required: required.includes(key),
        schema: isObject(child) ? child : {},
        hintPath: hintPath === "" ? key : `${hintPath}.${key}`,
      }));
    const free: Child[] = [];
    if (isObject(branch.additionalProperties) && hasContent(branch.additionalProperties)) {
      const child = branch.additionalProperties;
      free.push({ key: "*", required: false, schema: child, hintPath: `${hintPath}.*` });
    }
    if (isObject(branch.items)) {
      free.push({ key: "*", required: false, schema: branch.items, hintPath: `${hintPath}[]` });
    }
    return [...named, ...free];
  });
}

function hasContent(schema: JsonObject): boolean {
  return Object.keys(schema).length > 0;
}

function step(place: Place, part: string): Place | undefined {
  const children = childrenOf(place);
  return children.find(({ key }) => key === part) ?? children.find(({ key }) => key === "*");
}

/** The schema of one place without what is below it. */
function shallow(schema: JsonObject): JsonObject {
  const { properties: _p, additionalProperties: _a, items: _i, anyOf, ...own } = schema;
  if (!Array.isArray(anyOf)) return own;
  return { ...own, anyOf: anyOf.filter(isObject).map(shallow) };
}

function typeOf(schema: JsonObject): string | string[] | undefined {
  const types = branches(schema).map(({ type }) => type).filter((type) => typeof type === "string");
  const different = [...new Set(types)];
  return different.length > 1 ? different : different[0];
}
