/**
 * From what was chosen to what the configuration has to say.
 *
 * @module
 */
import { isObject, type JsonObject } from "../base/mod.ts";
import { lookup } from "../config/mod.ts";
import type { SetupChoices } from "./setup_flow.ts";

/** When and by what the setup was done. */
export interface SetupRun {
  /** ISO time. */
  readonly at: string;
  readonly version: string;
  readonly command: string;
}

/** The configuration with everything that was chosen; all else stays. */
export function applySetup(parsed: JsonObject, choices: SetupChoices, run: SetupRun): JsonObject {
  const { provider, workspace, access } = choices;
  const wanted = structuredClone(parsed);
  put(wanted, ["gateway", "mode"], "local");
  put(wanted, ["gateway", "bind"], access.bind);
  put(wanted, ["gateway", "auth", "mode"], access.mode);
  if (access.secret !== undefined) put(wanted, ["gateway", "auth", access.mode], access.secret);
  put(wanted, ["agents", "defaults", "workspace"], workspace);
  if (provider) putProvider(wanted, provider);
  put(wanted, ["wizard", "lastRunAt"], run.at);
  put(wanted, ["wizard", "lastRunVersion"], run.version);
  put(wanted, ["wizard", "lastRunCommand"], run.command);
  put(wanted, ["wizard", "lastRunMode"], "local");
  return wanted;
}

function putProvider(wanted: JsonObject, provider: NonNullable<SetupChoices["provider"]>): void {
  const { id, baseUrl, apiKey, model } = provider;
  const at = ["models", "providers", id];
  if (baseUrl !== undefined) {
    put(wanted, [...at, "baseUrl"], baseUrl);
    put(wanted, [...at, "api"], "openai-completions");
    if (!Array.isArray(lookup(wanted, [...at, "models"]).value)) put(wanted, [...at, "models"], []);
  }
  if (apiKey !== undefined) put(wanted, [...at, "apiKey"], apiKey);
  const name = `${id}/${model}`;
  const before = lookup(wanted, ["agents", "defaults", "model"]).value;
  const place = ["agents", "defaults", "model", ...(isObject(before) ? ["primary"] : [])];
  put(wanted, place, name);
  // A list of models is a list of what is allowed.
  const allowed = lookup(wanted, ["agents", "defaults", "models"]).value;
  if (isObject(allowed) && !Object.hasOwn(allowed, name)) allowed[name] = {};
}

function put(root: JsonObject, path: readonly string[], value: unknown): void {
  let holder = root;
  for (const key of path.slice(0, -1)) {
    const next = holder[key];
    if (isObject(next)) holder = next;
    else holder = holder[key] = {};
  }
  holder[path.at(-1)!] = value;
}
