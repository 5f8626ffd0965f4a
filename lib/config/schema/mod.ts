/**
 * The schema of `openclaw.json`. Loaded on demand: it brings the schema library with it.
 *
 * @module
 */
export { type ChangeEffect, effectOf } from "../change/effect.ts";
export { type FieldMeta, fieldMeta, type ReloadClass } from "./field.ts";
export { type ConfigJsonSchema, configJsonSchema } from "./json_schema.ts";
export { isSectionName, SECTION_NAMES, sectionSchema } from "./sections.ts";
export { childSchema, type FieldEntry, listFields, reloadClassOf } from "./tree.ts";
export { typeText } from "./type_text.ts";
export { validateConfig, type ValidationResult } from "./validate.ts";
