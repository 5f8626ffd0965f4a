/**
 * `openclaw models list`: which models there are, and which of them can be called now.
 *
 * Reads config and environment only; no gateway and no provider is asked.
 *
 * @module
 */
import type { CatalogEntry, ModelsConfig } from "../../models/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

/** Lists the models. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const { snapshot } = await readConfigState(context, "warn");
  const { resolveModelSelection } = await import("../../config/mod.ts");
  const { formatModelRef, ModelCatalog } = await import("../../models/mod.ts");
  const { allowlist, model } = resolveModelSelection(snapshot.config);
  const catalog = new ModelCatalog(withStandIns(snapshot.config.models ?? {}), snapshot.env);
  const view = options.flag("all") ? "all" : "default";
  // A provider that lists no models takes any: those in use are shown all the same.
  const used = model ? [model.primary, ...model.fallbacks] : [];
  const entries = catalog.list({ view, used, ...(allowlist ? { allowlist } : {}) })
    .filter((entry) => isWanted(entry, options.flag("local"), options.text("provider")));
  const names = entries.map((entry) => formatModelRef(entry));
  if (options.flag("json")) {
    out.json({
      count: entries.length,
      models: entries.map((entry, i) => jsonRow(entry, names[i]!)),
    });
    return 0;
  }
  if (options.flag("plain")) {
    for (const name of names) out.line(name);
    return 0;
  }
  const header = ["Model", "Input", "Ctx", "Local", "Auth"];
  out.table(header, entries.map((entry, i) => [names[i]!, ...cells(entry)]));
  if (entries.length > 0 && entries.every(({ api }) => api === "demo")) {
    out.line("");
    out.line("No provider is configured; the demo model answers offline.");
    out.line(`Next: ${context.say("config set models.providers.openai.apiKey <key>")}`);
  }
  return 0;
}

/** Keys that the gateway looks up in files and programs are there, as far as a list is concerned. */
function withStandIns(models: ModelsConfig): ModelsConfig {
  const providers = Object.entries(models.providers ?? {}).map(([id, provider]) => {
    const isElsewhere = typeof provider.apiKey === "object" && provider.apiKey.source !== "env";
    return [id, isElsewhere ? { ...provider, apiKey: "looked up by the gateway" } : provider];
  });
  return { ...models, providers: Object.fromEntries(providers) };
}

function isWanted(
  entry: CatalogEntry,
  isLocalOnly: boolean,
  provider: string | undefined,
): boolean {
  return (!isLocalOnly || entry.local) && (provider === undefined || entry.provider === provider);
}

function cells({ input, contextWindow, local, available }: CatalogEntry): string[] {
  const context = `${Math.round(contextWindow / 1000)}k`;
  return [input.join("+"), context, local ? "yes" : "no", available ? "yes" : "missing"];
}

function jsonRow(entry: CatalogEntry, key: string) {
  const { name, input, contextWindow, local, available, configured } = entry;
  const tags = configured ? ["configured"] : [];
  return {
    key,
    name,
    input: input.join("+"),
    contextWindow,
    local,
    available,
    tags,
    missing: !available,
  };
}
