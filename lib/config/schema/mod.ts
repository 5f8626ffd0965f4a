/**
 * The schema of `openclaw.json`. Loaded on demand: it brings the schema library with it.
 *
 * @module
 */
export { type FieldMeta, fieldMeta, type ReloadClass } from "./field.ts";
export { isSectionName, OPEN_SECTIONS, SECTION_NAMES, sectionSchema } from "./sections.ts";
export { childSchema, type FieldEntry, listFields } from "./tree.ts";
export { validateConfig, type ValidationResult } from "./validate.ts";
