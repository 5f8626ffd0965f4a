/**
 * The questions of the setup of a gateway on this machine: provider, key, model, workspace, access.
 *
 * Reads nothing and writes nothing: it is handed what is configured and hands back what was chosen.
 *
 * @module
 */
import { type Env, isObject, type JsonObject, randomHex } from "../base/mod.ts";
import { lookup } from "../config/mod.ts";
import type { KnownProvider } from "../models/mod.ts";
import type { Choice, Prompter } from "./prompter.ts";

/** What the questions are asked upon. */
export interface SetupFacts {
  /** What the file says now, before substitution. */
  readonly parsed: JsonObject;
  readonly env: Env;
  /** Providers this build can call, in the order in which they are offered. */
  readonly providers: readonly KnownProvider[];
  /** Folder of the default agent's files unless another one is chosen. */
  readonly workspace: string;
}

/** How clients reach the gateway and prove themselves. */
export interface AccessChoice {
  readonly bind: "loopback" | "lan" | "tailnet";
  readonly mode: "token" | "password";
  /** A new secret; absent when the one that is configured stays. */
  readonly secret?: string;
}

/** Which model answers. */
export interface ProviderChoice {
  readonly id: string;
  /** Set for a provider that is not known by its name. */
  readonly baseUrl?: string;
  /** A new key; absent when what there is stays. */
  readonly apiKey?: string | { readonly source: "env"; readonly id: string };
  readonly model: string;
}

/** What was chosen. */
export interface SetupChoices {
  /** Absent when the model stays as it is. */
  readonly provider?: ProviderChoice;
  readonly workspace: string;
  readonly access: AccessChoice;
}

const SKIP = "skip";
const OTHER = "other";
const OTHER_ID = "custom";
const TOKEN_BYTES = 24;
const MIN_PASSWORD_CHARS = 8;

const WELCOME =
  "This sets up a gateway on this machine: a model that answers, a folder for the agent's files, and " +
  "who may connect.\n\nWhoever can connect can talk to your agent and, through it, use what it may " +
  "use. Keep the gateway on this machine unless you need it elsewhere.";

/**
 * Asks everything.
 *
 * @returns `undefined` when the person did not want what was summed up at the end.
 */
export async function askSetup(
  ask: Prompter,
  facts: SetupFacts,
): Promise<SetupChoices | undefined> {
  await ask.note("OpenClaw setup", WELCOME);
  const provider = await askProvider(ask, facts);
  const workspace = await ask.text({
    message: "Workspace folder",
    initialValue: facts.workspace,
    validate: (value) =>
      /^(?:~|\/|[A-Za-z]:[\\/])/.test(value.trim())
        ? undefined
        : 'The folder must be absolute or begin with "~"',
  });
  const access = await askAccess(ask, facts);
  const choices = { ...(provider ? { provider } : {}), workspace: workspace.trim(), access };
  await ask.note("Summary", summaryOf(choices));
  return await ask.confirm("Write these settings?", true) ? choices : undefined;
}

async function askProvider(
  ask: Prompter,
  facts: SetupFacts,
): Promise<ProviderChoice | undefined> {
  const current = currentModel(facts.parsed);
  const id = await ask.select("Model provider", providerChoices(facts), initialProvider(facts));
  if (id === SKIP) return undefined;
  if (id === OTHER) return await askOtherProvider(ask, facts);
  const known = facts.providers.find((provider) => provider.id === id)!;
  const apiKey = known.isLocal ? undefined : await askKey(ask, facts, known);
  const model = await askModel(ask, known, current);
  return { id, ...(apiKey === undefined ? {} : { apiKey }), model };
}

function providerChoices({ providers, env }: SetupFacts): Choice[] {
  const choices = providers.map(({ id, label, keyVariables, isLocal }) => {
    const variable = keyVariables.find((name) => env.get(name));
    const hint = variable ? `key found in ${variable}` : isLocal ? "on this machine" : undefined;
    return { value: id, label, ...(hint === undefined ? {} : { hint }) };
  });
  return [
    ...choices,
    { value: OTHER, label: "Other", hint: "any server that speaks OpenAI's chat format" },
    { value: SKIP, label: "Leave it as it is" },
  ];
}

/** The provider in use, else the first whose key is there. */
function initialProvider({ parsed, providers, env }: SetupFacts): string | undefined {
  const used = currentModel(parsed)?.split("/")[0];
  const found = providers.find(({ id }) => id === used) ??
    providers.find(({ keyVariables }) => keyVariables.some((name) => env.get(name)));
  return found?.id;
}

async function askOtherProvider(ask: Prompter, facts: SetupFacts): Promise<ProviderChoice> {
  const before = lookup(facts.parsed, ["models", "providers", OTHER_ID, "baseUrl"]).value;
  const baseUrl = await ask.text({
    message: "Base URL of the server",
    placeholder: "http://127.0.0.1:8080/v1",
    ...(typeof before === "string" ? { initialValue: before } : {}),
    validate: (value) =>
      isHttpUrl(value.trim()) ? undefined : "The address must begin with http:// or https://",
  });
  const key = await ask.text({
    message: "API key (empty when the server wants none)",
    sensitive: true,
  });
  const model = await ask.text({
    message: "Model id",
    validate: (value) => value.trim() === "" ? "A model id is needed" : undefined,
  });
  return {
    id: OTHER_ID,
    baseUrl: baseUrl.trim(),
    ...(key.trim() === "" ? {} : { apiKey: key.trim() }),
    model: model.trim(),
  };
}

async function askKey(
  ask: Prompter,
  { parsed, env }: SetupFacts,
  { id, label, keyVariables }: KnownProvider,
): Promise<ProviderChoice["apiKey"] | undefined> {
  const variable = keyVariables.find((name) => env.get(name));
  if (variable !== undefined && await ask.confirm(`Use the key in ${variable}?`, true)) {
    return { source: "env", id: variable };
  }
  const hasKey = Boolean(lookup(parsed, ["models", "providers", id, "apiKey"]).value);
  const key = await ask.text({
    message: hasKey ? `${label} API key (empty keeps the one there is)` : `${label} API key`,
    sensitive: true,
    validate: (value) => {
      if (value.trim() === "") return hasKey ? undefined : "A key is needed";
      return /\s/.test(value.trim()) ? "A key has no white space inside" : undefined;
    },
  });
  return key.trim() || undefined;
}

async function askModel(
  ask: Prompter,
  { id, defaultModel, models = [] }: KnownProvider,
  current: string | undefined,
): Promise<string> {
  const used = current?.startsWith(`${id}/`) ? current.slice(id.length + 1) : undefined;
  const initial = used ?? defaultModel ?? models[0]?.id;
  if (models.length > 0) {
    const listed = models.map((model) => ({ value: model.id, label: model.name }));
    const isListed = models.some((model) => model.id === initial);
    const chosen = await ask.select(
      "Model",
      [...listed, { value: OTHER, label: "Another model" }],
      isListed ? initial : OTHER,
    );
    if (chosen !== OTHER) return chosen;
  }
  const typed = await ask.text({
    message: "Model id",
    ...(initial === undefined ? {} : { initialValue: initial }),
    validate: (value) => /^\S+$/.test(value.trim()) ? undefined : "A model id has no white space",
  });
  return typed.trim();
}

async function askAccess(ask: Prompter, { parsed }: SetupFacts): Promise<AccessChoice> {
  const bound = lookup(parsed, ["gateway", "bind"]).value;
  const bind = await ask.select(
    "Who can reach the gateway",
    [
      { value: "loopback", label: "This machine only", hint: "recommended" },
      { value: "lan", label: "The local network" },
      { value: "tailnet", label: "The tailnet" },
    ],
    bound === "lan" || bound === "tailnet" ? bound : "loopback",
  );
  const auth = lookup(parsed, ["gateway", "auth"]).value;
  const before: JsonObject = isObject(auth) ? auth : {};
  const mode = await ask.select(
    "How clients prove themselves",
    [
      { value: "token", label: "Token", hint: "made for you; recommended" },
      { value: "password", label: "Password", hint: "chosen by you" },
    ],
    before.mode === "password" ? "password" : "token",
  );
  const secret = await askSecret(ask, mode, Boolean(before[mode]));
  return { bind, mode, ...(secret === undefined ? {} : { secret }) };
}

async function askSecret(
  ask: Prompter,
  mode: AccessChoice["mode"],
  isThere: boolean,
): Promise<string | undefined> {
  if (isThere && await ask.confirm(`Keep the ${mode} there is?`, true)) return undefined;
  if (mode === "token") return randomHex(TOKEN_BYTES);
  return await ask.text({
    message: "Password",
    sensitive: true,
    validate: (value) =>
      value.length < MIN_PASSWORD_CHARS
        ? `A password has at least ${MIN_PASSWORD_CHARS} characters`
        : undefined,
  });
}

function summaryOf({ provider, workspace, access }: SetupChoices): string {
  const isNew = access.secret === undefined ? "as it is" : "new";
  return [
    `Model: ${provider ? `${provider.id}/${provider.model}` : "as it is"}`,
    ...(provider?.baseUrl ? [`Server: ${provider.baseUrl}`] : []),
    `Workspace: ${workspace}`,
    `Reachable from: ${access.bind}`,
    `Access: ${access.mode} (${isNew})`,
  ].join("\n");
}

/** The model that answers where none is named, as `provider/model`. */
function currentModel(parsed: JsonObject): string | undefined {
  const model = lookup(parsed, ["agents", "defaults", "model"]).value;
  const name = isObject(model) ? model.primary : model;
  return typeof name === "string" ? name : undefined;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
