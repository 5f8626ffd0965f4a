/**
 * The top-level sections of the configuration: their schemas, built on first use, and the class of
 * reload that their fields have unless a field says otherwise.
 *
 * @module
 */
import type * as z from "zod/mini";
import { agentsSchema, bindingsSchema } from "./agents.ts";
import type { AnySchema, ReloadClass } from "./field.ts";
import { gatewaySchema } from "./gateway.ts";
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
import { messagesSchema, sessionSchema } from "./session.ts";
import { hooksSchema, toolsSchema } from "./tools.ts";

const BUILDERS = {
  agents: agentsSchema,
  bindings: bindingsSchema,
  commands: commandsSchema,
  cron: cronSchema,
  env: envSchema,
  gateway: gatewaySchema,
  hooks: hooksSchema,
  logging: loggingSchema,
  messages: messagesSchema,
  meta: metaSchema,
  models: modelsSchema,
  secrets: secretsSchema,
  session: sessionSchema,
  tools: toolsSchema,
  ui: uiSchema,
  update: updateSchema,
  wizard: wizardSchema,
};

/** A section whose fields are modelled. */
export type SectionName = keyof typeof BUILDERS;

/** The types of all modelled sections. */
export type SectionTypes = {
  [Name in SectionName]?: z.infer<ReturnType<(typeof BUILDERS)[Name]>>;
};

/** The modelled sections. */
export const SECTION_NAMES = Object.keys(BUILDERS) as readonly SectionName[];

/** Sections that are accepted as objects without a look inside. */
export const OPEN_SECTIONS = [
  "accessGroups",
  "acp",
  "approvals",
  "audio",
  "auth",
  "broadcast",
  "browser",
  "channels",
  "cli",
  "commitments",
  "crestodian",
  "diagnostics",
  "discovery",
  "mcp",
  "media",
  "memory",
  "nodeHost",
  "plugins",
  "proxy",
  "skills",
  "surfaces",
  "talk",
  "web",
] as const;

/** A section that is accepted as an object. */
export type OpenSectionName = typeof OPEN_SECTIONS[number];

/** The class of reload of a section's fields. */
export const SECTION_RELOAD: Readonly<Record<SectionName, ReloadClass>> = {
  agents: "live",
  bindings: "live",
  commands: "restart",
  cron: "live",
  env: "restart",
  gateway: "restart",
  hooks: "live",
  logging: "live",
  messages: "live",
  meta: "live",
  models: "live",
  secrets: "live",
  session: "live",
  tools: "live",
  ui: "live",
  update: "restart",
  wizard: "live",
};

const built = new Map<SectionName, AnySchema>();

/** Whether `name` is a modelled section. */
export function isSectionName(name: string): name is SectionName {
  return Object.hasOwn(BUILDERS, name);
}

/** The schema of a section; built once. */
export function sectionSchema(name: SectionName): AnySchema {
  const known = built.get(name);
  if (known) return known;
  const schema = BUILDERS[name]();
  built.set(name, schema);
  return schema;
}
