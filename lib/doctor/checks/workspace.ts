/**
 * The workspaces of agents: there, and their files not cut off in prompts.
 *
 * @module
 */
import { join } from "@std/path";
import { resolveAgents, type ResolvedAgent } from "../../config/mod.ts";
import { readTextFileIfExists } from "../../platform/mod.ts";
import type { Check, Finding } from "../types.ts";

const ID = "doctor:bootstrap-size";
/** Files that agents read at the start of a turn have names like these. */
const CONTEXT_FILE = /^[A-Z]+\.md$/;
const MAX_AGENTS = 50;

/** What agents see of their files. */
export const workspace: Check = {
  id: ID,
  title: "Workspaces",
  async run({ served, paths }) {
    if (!served.exists) return [];
    const { agents } = resolveAgents(served.config, paths);
    const findings = await Promise.all(agents.slice(0, MAX_AGENTS).map(judge));
    return findings.flat();
  },
};

async function judge(agent: ResolvedAgent): Promise<Finding[]> {
  const { id, workspace: folder, bootstrapMaxChars, bootstrapTotalMaxChars } = agent;
  const names = await contextFiles(folder);
  if (names === undefined) {
    return [{
      id: "doctor:workspace-status.missing",
      severity: "info",
      message: `The workspace of agent ${id}, ${folder}, is not there; its first turn makes it`,
    }];
  }
  if (agent.skipBootstrap) return [];
  const findings: Finding[] = [];
  let total = 0;
  for (const name of names) {
    const text = await readTextFileIfExists(join(folder, name)) ?? "";
    total += Math.min(text.length, bootstrapMaxChars);
    if (text.length <= bootstrapMaxChars) continue;
    findings.push({
      id: `${ID}.file`,
      severity: "warn",
      message: `${join(folder, name)} has ${text.length} characters; agent ${id} sees the first ` +
        `${bootstrapMaxChars}`,
      fix: `openclaw config set agents.defaults.bootstrapMaxChars ${text.length}`,
    });
  }
  if (total > bootstrapTotalMaxChars) {
    findings.push({
      id: `${ID}.total`,
      severity: "warn",
      message: `The files of agent ${id} have ${total} characters together; it sees the first ` +
        `${bootstrapTotalMaxChars}`,
      fix: `openclaw config set agents.defaults.bootstrapTotalMaxChars ${total}`,
    });
  }
  return findings;
}

async function contextFiles(folder: string): Promise<string[] | undefined> {
  const names: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && CONTEXT_FILE.test(name)) names.push(name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return names.sort();
}
