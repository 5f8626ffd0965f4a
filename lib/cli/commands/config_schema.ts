/**
 * `openclaw config schema`: what the configuration may contain.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { type FieldEntry, parsePath } from "../../config/mod.ts";
import type { CommandContext } from "../table.ts";

/** Shows the JSON Schema, or the fields at and below one path. */
export async function run({ args, options, out }: CommandContext): Promise<number> {
  const { loadConfigSchema } = await import("../../config/mod.ts");
  const { configJsonSchema, listFields, typeText } = await loadConfigSchema();
  const [path] = args;
  if (path === undefined) {
    out.json(configJsonSchema().schema);
    return 0;
  }
  const fields = fieldsAt(listFields(), path);
  if (options.flag("json")) {
    out.json({
      path,
      fields: fields.map(({ schema, ...field }) => ({ ...field, type: typeText(schema) })),
    });
    return 0;
  }
  for (const field of fields) {
    const { unit, secret, danger, reload, description } = field;
    const notes = [typeText(field.schema), ...(unit ? [unit] : []), ...(secret ? ["secret"] : [])];
    out.line(`${out.paint(field.path, "strong")}  ${notes.join(", ")}; ${reload}`);
    out.line(`  ${description}`);
    if (danger !== undefined) out.line(`  ${out.paint("Danger", "warn")}: ${danger}`);
  }
  return 0;
}

/** @throws {AppError} `CONFIG_PATH_NOT_FOUND` */
function fieldsAt(fields: readonly FieldEntry[], path: string): FieldEntry[] {
  const wanted = segments(path);
  const found = fields.filter((field) => {
    const own = segments(field.path);
    return own.length >= wanted.length &&
      wanted.every((part, index) => own[index] === "*" || own[index] === part);
  });
  if (found.length > 0) return found;
  const [parent] = fields.some((field) => segments(field.path)[0] === wanted[0]) ? wanted : [];
  throw new AppError("CONFIG_PATH_NOT_FOUND", `Cannot describe "${path}": no such key is known`, {
    hint: `openclaw config schema${parent === undefined ? "" : ` ${parent}`}`,
  });
}

/** `agents.list[0].id` and `agents.list[].id` as `agents`, `list`, `*`, `id`. */
function segments(path: string): string[] {
  return parsePath(path.replaceAll("[]", "[0]").replaceAll("*", "0"))
    .map((part) => typeof part === "number" || part === "0" ? "*" : part);
}
