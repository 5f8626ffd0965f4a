/**
 * The top-level sections of the configuration: what each is about, its schema, built on first use,
 * and the class of reload that its fields have unless a field says otherwise.
 *
 * @module
 */
import type * as z from "zod/mini";
import { agentsSchema, bindingsSchema } from "./agents.ts";
import { channelsSchema } from "./channels.ts";
import { browserSchema, mcpSchema, pluginsSchema, skillsSchema } from "./extensions.ts";
import type { AnySchema, FieldMeta, ReloadClass } from "./field.ts";
import { gatewaySchema } from "./gateway.ts";
import { hooksSchema } from "./hooks.ts";
import { modelsSchema } from "./models.ts";
import {
  commandsSchema,
  cronSchema,
  envSchema,
  loggingSchema,
  metaSchema,
  secretsSchema,
  uiSchema,
  updateSchema,
  wizardSchema,
} from "./operations.ts";
import {
  approvalsSchema,
  authSchema,
  broadcastSchema,
  diagnosticsSchema,
  discoverySchema,
  mediaSchema,
  plainSection,
  talkSchema,
  webSchema,
} from "./services.ts";
import { messagesSchema, sessionSchema } from "./session.ts";
import { toolsSchema } from "./tools.ts";

/** What is known of a section. */
export interface SectionMeta extends FieldMeta {
  readonly reload: ReloadClass;
}

function section<S extends AnySchema>(
  build: () => S,
  reload: ReloadClass,
  description: string,
): { readonly build: () => S; readonly meta: SectionMeta } {
  return { build, meta: { description, reload } };
}

const SECTIONS = {
  accessGroups: section(plainSection, "restart", "Named lists of senders"),
  acp: section(plainSection, "restart", "Agents that speak the Agent Client Protocol"),
  agents: section(agentsSchema, "live", "The agents and their settings"),
  approvals: section(approvalsSchema, "restart", "Where questions to people are sent"),
  audio: section(plainSection, "live", "Older place of the settings of transcription"),
  auth: section(authSchema, "restart", "Which credential of a model provider is used when"),
  bindings: section(bindingsSchema, "live", "Which agent answers which conversation"),
  broadcast: section(broadcastSchema, "restart", "Conversations that several agents answer"),
  browser: section(browserSchema, "restart", "The browser that agents may use"),
  channels: section(channelsSchema, "channel", "The chat services the gateway is connected to"),
  cli: section(plainSection, "restart", "The command line"),
  commands: section(commandsSchema, "live", "Commands that are typed into chats"),
  commitments: section(plainSection, "restart", "Promises that agents keep track of"),
  crestodian: section(plainSection, "restart", "The assistant that helps with the setup"),
  cron: section(cronSchema, "live", "Scheduled jobs"),
  diagnostics: section(diagnosticsSchema, "restart", "What is measured and reported"),
  discovery: section(discoverySchema, "restart", "How the gateway is found in networks"),
  env: section(envSchema, "restart", "Variables of the gateway's environment"),
  gateway: section(gatewaySchema, "restart", "The gateway itself: address, access, surfaces"),
  hooks: section(hooksSchema, "live", "Webhooks that wake agents"),
  logging: section(loggingSchema, "restart", "The log"),
  mcp: section(mcpSchema, "live", "Servers of the Model Context Protocol"),
  media: section(mediaSchema, "restart", "Incoming files"),
  memory: section(plainSection, "restart", "The memory of agents"),
  messages: section(messagesSchema, "live", "How messages are taken and answered"),
  meta: section(metaSchema, "live", "Who wrote this file"),
  models: section(modelsSchema, "live", "The places that serve models"),
  nodeHost: section(plainSection, "restart", "This machine as a node of a gateway"),
  plugins: section(pluginsSchema, "live", "Plugins"),
  proxy: section(plainSection, "restart", "The proxy on the way out"),
  secrets: section(secretsSchema, "live", "The places that keep secrets"),
  session: section(sessionSchema, "live", "Which messages share a conversation"),
  skills: section(skillsSchema, "live", "What agents can learn from files"),
  surfaces: section(plainSection, "restart", "Where conversations are shown"),
  talk: section(talkSchema, "live", "Spoken conversations"),
  tools: section(toolsSchema, "live", "What agents may do"),
  ui: section(uiSchema, "live", "The look of the browser interface"),
  update: section(updateSchema, "live", "New releases"),
  web: section(webSchema, "restart", "The channel that lives in a browser session"),
  wizard: section(wizardSchema, "live", "What the setup noted"),
};

/** The name of a section. */
export type SectionName = keyof typeof SECTIONS;

/** The types of all sections. */
export type SectionTypes = {
  [Name in SectionName]?: z.infer<ReturnType<(typeof SECTIONS)[Name]["build"]>>;
};

/** All sections, in alphabetical order. */
export const SECTION_NAMES = Object.keys(SECTIONS) as readonly SectionName[];

/** What is known of a section as a whole. */
export function sectionMeta(name: SectionName): SectionMeta {
  return SECTIONS[name].meta;
}

const built = new Map<SectionName, AnySchema>();

/** Whether `name` is a section. */
export function isSectionName(name: string): name is SectionName {
  return Object.hasOwn(SECTIONS, name);
}

/** The schema of a section; built once. */
export function sectionSchema(name: SectionName): AnySchema {
  const known = built.get(name);
  if (known) return known;
  const schema = SECTIONS[name].build();
  built.set(name, schema);
  return schema;
}
