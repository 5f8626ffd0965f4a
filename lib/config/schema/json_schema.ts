/**
 * The configuration's schema as JSON Schema, with what forms show beside a field.
 *
 * @module
 */
import * as z from "zod/mini";
import type { JsonObject } from "../../base/mod.ts";
import { fieldMeta } from "./field.ts";
import { SECTION_NAMES, sectionMeta, sectionSchema } from "./sections.ts";
import { type FieldEntry, listFields, titleOf } from "./tree.ts";

/** The schema of the whole configuration with what forms show beside its fields. */
export interface ConfigJsonSchema {
  readonly schema: JsonObject;
  /** By path, with `*` for a free name and `[]` for a list item. */
  readonly uiHints: Readonly<Record<string, JsonObject>>;
}

/** Builds both; takes some ten milliseconds. */
export function configJsonSchema(): ConfigJsonSchema {
  const properties: JsonObject = {
    $schema: { type: "string", description: "Where editors find this schema" },
  };
  for (const name of SECTION_NAMES) properties[name] = sectionJson(name);
  return {
    schema: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "OpenClaw configuration",
      type: "object",
      properties,
    },
    uiHints: Object.fromEntries(listFields().map((field) => [field.path, hintOf(field)])),
  };
}

function sectionJson(name: (typeof SECTION_NAMES)[number]): JsonObject {
  const { $schema: _dialect, ...json } = z.toJSONSchema(sectionSchema(name), {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const meta = fieldMeta(zodSchema);
      if (!meta) return;
      if (meta.title !== undefined) jsonSchema.title = meta.title;
      jsonSchema.description = meta.description;
      if (meta.secret) jsonSchema.writeOnly = true;
    },
  });
  return { title: titleOf(name), description: sectionMeta(name).description, ...json };
}

function hintOf({ title, description, unit, secret, reload, danger, since }: FieldEntry) {
  return {
    label: title,
    help: unit === undefined ? description : `${description} (${unit})`,
    reload,
    ...(unit === undefined ? {} : { unit }),
    ...(secret ? { sensitive: true } : {}),
    ...(danger === undefined ? {} : { warning: danger }),
    ...(since === undefined ? {} : { since }),
  };
}
