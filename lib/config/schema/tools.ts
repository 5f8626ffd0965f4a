/**
 * The `tools` section: what agents may do.
 *
 * @module
 */
import * as z from "zod/mini";
import {
  anything,
  choice,
  flag,
  group,
  ids,
  loose,
  mapOf,
  open,
  secret,
  text,
  texts,
  whole,
} from "./field.ts";

/** Builds the schema of `tools`. */
export function toolsSchema() {
  return z.object({
    profile: choice(["minimal", "coding", "messaging", "full"], "Base set of tools"),
    allow: texts("Tools that may be used, instead of the profile"),
    alsoAllow: texts("Tools that may be used besides the profile"),
    deny: texts("Tools that may not be used"),
    byProvider: open("Rules by model provider"),
    toolsBySender: open("Rules by sender"),
    exec: execFields(),
    elevated: loose(
      {
        enabled: flag("Allow it"),
        allowFrom: mapOf(ids("Senders"), "Senders that may use it, by channel"),
      },
      "Execution outside of the sandbox",
      { danger: "Chats can run programs on this machine" },
    ),
    fs: group({ workspaceOnly: flag("Keep file tools in the workspace") }, "File tools"),
    sessions: group({
      visibility: choice(["self", "tree", "agent", "all"], "Sessions an agent can see"),
    }, "Session tools"),
    sessions_spawn: open("Starting of sessions"),
    agentToAgent: open("Messages between agents"),
    web: loose({
      search: loose({
        enabled: flag("Offer the search"),
        provider: text("Service that searches"),
        apiKey: secret("Key of the service"),
        maxResults: whole("Most results", { min: 1 }),
        timeoutSeconds: whole("Time a search may take", { min: 1, unit: "seconds" }),
        cacheTtlMinutes: whole("How long results are remembered", { unit: "minutes" }),
      }, "Search in the web"),
      fetch: loose({
        enabled: flag("Offer fetching"),
        maxChars: whole("Longest text of a page", { min: 1, unit: "characters" }),
        timeoutSeconds: whole("Time a fetch may take", { min: 1, unit: "seconds" }),
        cacheTtlMinutes: whole("How long pages are remembered", { unit: "minutes" }),
      }, "Fetching of pages"),
    }, "Search and fetch"),
    media: open("Understanding of media"),
    links: open("Understanding of links"),
    message: open("Sending of messages"),
    loopDetection: open("Detection of repeated calls"),
    subagents: open("Tools of subagents"),
    sandbox: open("Tools in the sandbox"),
    codeMode: anything("Tools as code"),
    toolSearch: anything("Search over tools"),
    experimental: open("Unfinished tools"),
  });
}

function execFields() {
  return group({
    host: choice(["auto", "sandbox", "gateway", "node"], "Where commands run"),
    mode: text("How commands are approved"),
    security: choice(["deny", "allowlist", "full"], "Which commands may run", {
      danger: "full runs everything the agent asks for",
    }),
    ask: choice(["off", "on-miss", "always"], "When a person is asked"),
    node: text("Node that runs commands"),
    timeoutSec: whole("Longest command", { min: 1, unit: "seconds" }),
    backgroundMs: whole("Time before a command goes on in the background", { unit: "ms" }),
    cleanupMs: whole("How long finished commands are remembered", { unit: "ms" }),
    notifyOnExit: flag("Tell the agent when a background command ends"),
    notifyOnExitEmptySuccess: flag("Also when it printed nothing"),
    approvalRunningNoticeMs: whole("Time after which a running command is mentioned", {
      unit: "ms",
    }),
    pathPrepend: texts("Folders put before PATH"),
    safeBins: texts("Programs that need no approval"),
    safeBinTrustedDirs: texts("Folders in which such programs are trusted"),
    safeBinProfiles: open("Arguments such programs may have"),
    strictInlineEval: flag("Ask for every inline script"),
    commandHighlighting: flag("Highlight commands in approvals"),
    applyPatch: open("The patch tool"),
  }, "Running of commands");
}
