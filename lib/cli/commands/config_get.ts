/**
 * `openclaw config get`: one value as it is written in the file, secrets hidden.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

/** Shows the value: a scalar as it is, anything else as JSON. */
export async function run(context: CommandContext): Promise<number> {
  const { args, options, out } = context;
  const path = args[0]!;
  const { snapshot } = await readConfigState(context, "ignore");
  const { collectSecrets, lookup, redactConfig } = await import("../../config/mod.ts");
  const { found, value } = lookup(
    redactConfig(snapshot.parsed, collectSecrets(snapshot.config)),
    path,
  );
  if (!found) throw notFound(path, snapshot);
  if (options.flag("json") || typeof value === "object") out.json(value);
  else out.line(String(value));
  return 0;
}

function notFound(
  path: string,
  { path: file, exists, issues }: {
    path: string;
    exists: boolean;
    issues: readonly { path: string; message: string }[];
  },
): AppError {
  const [broken] = issues.filter((issue) => issue.path === "");
  if (broken !== undefined) {
    return new AppError("CONFIG_UNREADABLE", `Cannot read config "${file}": ${broken.message}`, {
      hint: "openclaw config validate",
    });
  }
  const why = exists ? "it is not set in the file, a default may apply" : "there is no config file";
  return new AppError("CONFIG_PATH_NOT_FOUND", `Config path not found: ${path}, ${why}`, {
    hint: exists ? "openclaw config file" : "openclaw setup",
  });
}
