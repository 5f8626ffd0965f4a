/**
 * Walking a schema beside a value, and listing its fields.
 *
 * @module
 */
import { parsePath, type Path } from "../path_syntax.ts";
import { type AnySchema, type FieldMeta, fieldMeta, type ReloadClass } from "./field.ts";
import { isSectionName, SECTION_NAMES, sectionMeta, sectionSchema } from "./sections.ts";

/** The parts of a schema definition that a walk needs. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, AnySchema>>;
  /** Set where an object takes keys that its shape does not name. */
  readonly catchall?: AnySchema;
  readonly innerType?: AnySchema;
  readonly element?: AnySchema;
  readonly valueType?: AnySchema;
  readonly options?: readonly AnySchema[];
}

/** One field of the reference. */
export interface FieldEntry extends FieldMeta {
  /** With `*` for a free name and `[]` for a list item. */
  readonly path: string;
  readonly title: string;
  readonly reload: ReloadClass;
  readonly schema: AnySchema;
}

function definitionOf(schema: AnySchema): Definition {
  const definition = schema._zod.def as Definition;
  return definition.innerType ? definitionOf(definition.innerType) : definition;
}

/** Asked of every value of a configuration, so that a large one is walked in time. */
const branches = new WeakMap<AnySchema, readonly Definition[]>();

/** The definitions a value may follow; more than one only below a choice of types. */
function branchesOf(schema: AnySchema): readonly Definition[] {
  const known = branches.get(schema);
  if (known) return known;
  const definition = definitionOf(schema);
  const found = definition.options ? definition.options.flatMap(branchesOf) : [definition];
  branches.set(schema, found);
  return found;
}

/** The names an object of this schema may have, or `undefined` where every name is fine. */
export function knownKeys(schema: AnySchema): readonly string[] | undefined {
  const branch = branchesOf(schema).find(({ shape }) => shape);
  return branch?.shape && !branch.catchall ? Object.keys(branch.shape) : undefined;
}

/** The schema of what is under `key`, or `undefined` where the schema says nothing. */
export function childSchema(schema: AnySchema, key: string | number): AnySchema | undefined {
  for (const branch of branchesOf(schema)) {
    if (typeof key === "number") {
      if (branch.element) return branch.element;
    } else if (branch.shape) {
      return Object.hasOwn(branch.shape, key) ? branch.shape[key] : branch.catchall;
    } else if (branch.valueType) {
      return branch.valueType;
    }
  }
  return undefined;
}

/**
 * When a change at `path` takes effect: what the nearest described field above it says.
 *
 * A path that no section claims waits for the next start, as nothing is known of it.
 *
 * @throws {AppError} `CONFIG_PATH_INVALID`
 */
export function reloadClassOf(path: string | Path): ReloadClass {
  const [name, ...below] = typeof path === "string" ? parsePath(path) : path;
  if (name === "$schema") return "live";
  if (typeof name !== "string" || !isSectionName(name)) return "restart";
  let reload = sectionMeta(name).reload;
  let schema: AnySchema | undefined = sectionSchema(name);
  for (const part of below) {
    schema = schema && childSchema(schema, part);
    reload = (schema && fieldMeta(schema)?.reload) ?? reload;
  }
  return reload;
}

/** Every section and every field of it, in alphabetical order of sections and that of the schema. */
export function listFields(): FieldEntry[] {
  return SECTION_NAMES.flatMap((name) => {
    const [meta, schema] = [sectionMeta(name), sectionSchema(name)];
    const entry: FieldEntry = { title: titleOf(name), ...meta, path: name, schema };
    return [entry, ...fieldsBelow(schema, name, meta.reload)];
  });
}

function* fieldsBelow(
  schema: AnySchema,
  path: string,
  inherited: ReloadClass,
): Generator<FieldEntry> {
  for (const branch of branchesOf(schema)) {
    for (const [key, child] of Object.entries(branch.shape ?? {})) {
      const meta = fieldMeta(child);
      const reload = meta?.reload ?? inherited;
      const entry = {
        title: titleOf(key),
        description: "",
        ...meta,
        path: `${path}.${key}`,
        reload,
        schema: child,
      };
      yield entry;
      yield* fieldsBelow(child, entry.path, reload);
    }
    if (branch.element) yield* fieldsBelow(branch.element, `${path}[]`, inherited);
    if (branch.valueType) yield* fieldsBelow(branch.valueType, `${path}.*`, inherited);
  }
}

/** `maxBodyBytes` as words: `Max body bytes`. */
export function titleOf(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
