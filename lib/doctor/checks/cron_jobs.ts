/**
 * Scheduled jobs that cannot do what they are for.
 *
 * @module
 */
import { normalizeAgentId, resolveAgents } from "../../config/mod.ts";
import type { Check, DoctorFacts, Finding, JobLook } from "../types.ts";

const ID = "doctor:cron";
/** Failures in a row from which on a job is named. */
const MANY_FAILURES = 3;

/** Agents and models that are not there, and jobs that keep failing. */
export const cronJobs: Check = {
  id: ID,
  title: "Scheduled jobs",
  async run(facts) {
    const { jobs } = await facts.database();
    const { agents } = resolveAgents(facts.served.config, facts.paths);
    const known = new Set(agents.map(({ id }) => id));
    const findings: Finding[] = [];
    for (const job of jobs) {
      if (job.isEnabled) findings.push(...await judge(facts, job, known));
    }
    return findings;
  },
};

async function judge(
  facts: DoctorFacts,
  { id, name, agentId, model, failures }: JobLook,
  agents: ReadonlySet<string>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (agentId !== undefined && !agents.has(normalizeAgentId(agentId))) {
    findings.push({
      id: `${ID}.agent-unknown`,
      severity: "warn",
      message: `Job "${name}" is for agent "${agentId}", which is not configured`,
      fix: `openclaw cron edit ${id} --agent main`,
    });
  }
  if (model !== undefined && !await facts.isKnownModel(model)) {
    findings.push({
      id: `${ID}.model-unknown`,
      severity: "warn",
      message: `Job "${name}" uses model "${model}", which is not known`,
      fix: "openclaw models list --all",
    });
  }
  if (failures >= MANY_FAILURES) {
    findings.push({
      id: `${ID}.failing`,
      severity: "warn",
      message: `Job "${name}" has failed ${failures} times in a row`,
      fix: `openclaw cron runs --id ${id}`,
    });
  }
  return findings;
}
