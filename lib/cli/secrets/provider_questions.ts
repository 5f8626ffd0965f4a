/**
 * The questions of `openclaw secrets configure` about the places that keep secrets.
 *
 * @module
 */
import { AppError, type JsonObject } from "../../base/mod.ts";
import type { ConfigSnapshot } from "../../config/mod.ts";
import type { CommandContext } from "../table.ts";

/** What becomes of `secrets.providers`. */
export interface ProviderChanges {
  providerUpserts?: Record<string, JsonObject>;
  providerDeletes?: string[];
}

/** Asks for providers to add, change or remove, until there are no more. */
export function askProviders(
  { host, out }: CommandContext,
  { config }: ConfigSnapshot,
): ProviderChanges {
  const ask = (question: string) => host.ask?.(question)?.trim() ?? "";
  const known = Object.entries(config.secrets?.providers ?? {});
  for (const [name, { source }] of known) out.line(`Provider ${name}: ${source}`);
  const upserts: Record<string, JsonObject> = {};
  const deletes: string[] = [];
  while (true) {
    const name = ask("Provider to add, change or remove [name; empty goes on]:");
    if (name === "") break;
    const source = ask(`Source of ${name} [env, file, exec, or remove]:`);
    if (source === "remove") deletes.push(name);
    else upserts[name] = settingsFor(source, ask);
  }
  return {
    ...(Object.keys(upserts).length > 0 ? { providerUpserts: upserts } : {}),
    ...(deletes.length > 0 ? { providerDeletes: deletes } : {}),
  };
}

function settingsFor(source: string, ask: (question: string) => string): JsonObject {
  const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");
  switch (source) {
    case "env": {
      const allowlist = words(ask("Variables that may be read [names; empty for all]:"));
      return { source, ...(allowlist.length > 0 ? { allowlist } : {}) };
    }
    case "file": {
      const path = ask("File [absolute path]:");
      const isSingle = /^y/i.test(ask("Is the whole file one secret? [y/N]:"));
      return { source, path, mode: isSingle ? "singleValue" : "json" };
    }
    case "exec": {
      const command = ask("Program [absolute path]:");
      const args = words(ask("Its arguments [empty for none]:"));
      const passEnv = words(ask("Variables it is given [names; empty for none]:"));
      return {
        source,
        command,
        ...(args.length > 0 ? { args } : {}),
        ...(passEnv.length > 0 ? { passEnv } : {}),
      };
    }
    default:
      throw new AppError("USAGE", `Cannot use source "${source}": expected env, file or exec`, {
        hint: "openclaw secrets configure --providers-only",
      });
  }
}
