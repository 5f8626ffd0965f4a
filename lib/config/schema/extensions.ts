/**
 * The sections about what is added to the gateway: `plugins`, `skills`, `browser`, `mcp`.
 *
 * @module
 */
import * as z from "zod/mini";
import { anything, flag, group, loose, mapOf, open, secret, text, texts, whole } from "./field.ts";

/** Builds the schema of `plugins`. */
export function pluginsSchema() {
  return z.looseObject({
    enabled: flag("Load plugins"),
    allow: texts("Plugins that may be loaded; all when absent"),
    deny: texts("Plugins that may not be loaded"),
    load: loose({ paths: texts("Folders and files plugins are loaded from") }, "Where they are", {
      reload: "restart",
    }),
    installs: open("Plugins that were installed, as their installer noted them", {
      reload: "restart",
    }),
    slots: group({
      memory: text("Plugin that keeps memory, none for no one"),
      contextEngine: text("Plugin that composes the context"),
    }, "Tasks that one plugin alone can have"),
    entries: mapOf(
      z.looseObject({
        enabled: flag("Load the plugin"),
        config: open("Settings of the plugin"),
      }),
      "Settings by plugin",
    ),
    bundledDiscovery: anything("Whether plugins of the installation are looked for"),
  });
}

/** Builds the schema of `skills`. */
export function skillsSchema() {
  return z.object({
    allowBundled: texts("Skills of the installation that may be used; all when absent"),
    load: loose({
      extraDirs: texts("Further folders with skills"),
      watch: flag("Take up changes of skill files"),
      watchDebounceMs: whole("Quiet time before a change is read", { unit: "ms" }),
    }, "Where skills are"),
    install: loose({
      preferBrew: flag("Install programs by Homebrew where it can"),
      nodeManager: text("Program that installs Node packages"),
    }, "Installation of what skills need"),
    limits: open("Limits of what skills add to the prompt"),
    entries: mapOf(
      z.looseObject({
        enabled: flag("Offer the skill"),
        apiKey: secret("Key of the service the skill uses"),
        env: mapOf(z.string(), "Variables for the skill"),
        config: open("Settings of the skill"),
      }),
      "Settings by skill",
    ),
  });
}

/** Builds the schema of `browser`. */
export function browserSchema() {
  return z.looseObject({
    enabled: flag("Offer a browser to agents"),
    evaluateEnabled: flag("Let agents run scripts in pages", {
      danger: "Pages can steer the agent, and the agent their scripts",
    }),
    cdpUrl: text("Address of a browser that runs already"),
    headless: flag("Run the browser without a window"),
    executablePath: text("The browser's program"),
    noSandbox: flag("Run the browser without its sandbox", {
      danger: "A page that breaks out reaches this machine",
    }),
    attachOnly: flag("Never start a browser"),
    color: text("Colour of the browser's frame"),
    defaultProfile: text("Profile that is used where none is named"),
    profiles: mapOf(
      z.looseObject({
        cdpPort: whole("Port of the browser", { min: 1, max: 65535 }),
        cdpUrl: text("Address of a browser that runs already"),
        color: text("Colour of the browser's frame"),
        driver: text("How the browser is steered"),
      }),
      "Browsers by name",
    ),
    ssrfPolicy: open("Addresses the browser may not open", {
      danger: "Private addresses let pages reach other services of this network",
    }),
  });
}

/** Builds the schema of `mcp`. */
export function mcpSchema() {
  return z.looseObject({
    servers: mapOf(
      z.looseObject({
        enabled: flag("Use the server"),
        command: text("Program to start"),
        args: texts("Its arguments"),
        cwd: text("Its working folder"),
        env: mapOf(z.union([z.string(), z.number(), z.boolean()]), "Its environment"),
        url: text("Address of a server that runs already"),
        transport: text("How that server is talked to"),
        headers: mapOf(z.union([z.string(), z.number(), z.boolean()]), "Headers of every request"),
      }),
      "Servers whose tools agents may use, by name",
    ),
    sessionIdleTtlMs: whole("Idle time after which a server is stopped, 0 for never", {
      unit: "ms",
    }),
  });
}
